import httpx
import pytest

from situation.state.tables import Approval, AuditLine, PlaybookRun, StepRun
from tests.soc_api.web.playbook_world import (
    DONE_RUN,
    FAILED_RUN,
    UNSURE_RUN,
    WAITING_RUN,
)
from tests.soc_api.web.theatre import Theatre, send


def _run(theatre: Theatre, run_id: str) -> PlaybookRun:
    with theatre.served.state.reading() as session:
        return session.get_one(PlaybookRun, run_id)


def _step(theatre: Theatre, run_id: str, state: str) -> StepRun:
    with theatre.served.state.reading() as session:
        found = session.query(StepRun).filter_by(run_id=run_id, state=state, purpose="do")
        return found.order_by(StepRun.opened_at.desc()).first() or pytest.fail(state)


def _actors(theatre: Theatre, action: str) -> list[str]:
    with theatre.served.state.reading() as session:
        return [line.actor for line in session.query(AuditLine).filter_by(action=action)]


def test_one_button_stops_a_run(theatre: Theatre, lead: httpx.Client) -> None:
    path = f"/playbooks/runs/{WAITING_RUN}"
    assert "停止执行" in lead.get(path).text
    version = _run(theatre, WAITING_RUN).version
    answer = send(lead, f"{path}/stop", version=version, reason="误报")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert _run(theatre, WAITING_RUN).state == "stopped"
    with theatre.served.state.reading() as session:
        assert session.get_one(Approval, theatre.approvals["pending"]).state == "void"
    page = lead.get(path).text
    assert "已停止" in page
    assert "停止执行" not in page


def test_a_stop_that_was_overtaken_stops_nothing(theatre: Theatre, lead: httpx.Client) -> None:
    answer = send(lead, f"/playbooks/runs/{WAITING_RUN}/stop", version=99, reason="误报")
    assert answer.status_code == 409
    assert "别人刚改过它" in answer.text
    assert _run(theatre, WAITING_RUN).state == "running"


def test_a_stop_without_a_reason_is_refused(theatre: Theatre, lead: httpx.Client) -> None:
    version = _run(theatre, WAITING_RUN).version
    answer = send(lead, f"/playbooks/runs/{WAITING_RUN}/stop", version=version)
    assert answer.status_code == 409
    assert _run(theatre, WAITING_RUN).state == "running"


def test_a_containing_step_is_taken_back_before_its_time(
    theatre: Theatre, lead: httpx.Client
) -> None:
    with theatre.served.state.reading() as session:
        step = next(row for row in session.query(StepRun).filter_by(run_id=DONE_RUN) if row.undo)
    path = f"/playbooks/runs/{DONE_RUN}/steps/{step.id}/undo"
    answer = send(lead, path, reason="已恢复业务")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"?step={step.id}")
    with theatre.served.state.reading() as session:
        undoing = session.query(StepRun).filter_by(undoes=step.id).one()
    assert undoing.due_at == theatre.served.clock.now()
    assert send(lead, path).status_code == 409


def test_all_that_a_run_contained_is_taken_back_at_once(
    theatre: Theatre, lead: httpx.Client
) -> None:
    answer = send(lead, f"/playbooks/runs/{DONE_RUN}/undo", reason="误封")
    assert answer.status_code == 303
    assert _actors(theatre, "run.undo") == ["zhou"]
    refused = send(lead, f"/playbooks/runs/{WAITING_RUN}/undo", reason="误封")
    assert refused.status_code == 409
    assert "它没有做过可以撤销的事" in refused.text


def test_a_person_says_whether_an_unsure_step_happened(
    theatre: Theatre, lead: httpx.Client
) -> None:
    step = _step(theatre, UNSURE_RUN, "unsure")
    path = f"/playbooks/runs/{UNSURE_RUN}/steps/{step.id}/resolve"
    assert send(lead, path, happened="yes", remark="值守机已收到").status_code == 303
    assert _step(theatre, UNSURE_RUN, "done").id == step.id
    again = send(lead, path, happened="yes", remark="值守机已收到")
    assert again.status_code == 409


def test_a_failed_step_is_tried_again_and_the_run_goes_on(
    theatre: Theatre, lead: httpx.Client
) -> None:
    step = _step(theatre, FAILED_RUN, "failed")
    answer = send(lead, f"/playbooks/runs/{FAILED_RUN}/steps/{step.id}/retry")
    assert answer.status_code == 303
    assert _run(theatre, FAILED_RUN).state == "running"
    assert _step(theatre, FAILED_RUN, "due").id == step.id


def test_a_step_is_touched_through_its_own_run_alone(theatre: Theatre, lead: httpx.Client) -> None:
    step = _step(theatre, FAILED_RUN, "failed")
    answer = send(lead, f"/playbooks/runs/{WAITING_RUN}/steps/{step.id}/retry")
    assert answer.status_code == 404
    assert send(lead, "/playbooks/runs/none/stop", version=1).status_code == 404


def test_an_analyst_may_stop_what_runs(theatre: Theatre) -> None:
    with theatre.visit("ma") as client:
        version = _run(theatre, WAITING_RUN).version
        path = f"/playbooks/runs/{WAITING_RUN}/stop"
        assert send(client, path, version=version, reason="误报").status_code == 303
