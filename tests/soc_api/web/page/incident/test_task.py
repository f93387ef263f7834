import httpx
import pytest

from playbooks.incident.tasks import task_id_of
from situation.state.tables import Task
from tests.soc_api.web.busy_incident import HOSTILE, work_on
from tests.soc_api.web.city import INCIDENT, settle
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

ZERO_REPORT = task_id_of("zero_report", "incident", INCIDENT)


@pytest.fixture
def served(desk: Served) -> Served:
    settle(desk.state, desk.events, alerts=5)
    with desk.state.transaction() as session:
        work_on(session)
    return desk


def _finish(client: httpx.Client, task_id: str, to: str = "/") -> httpx.Response:
    token = form_token(client.get("/").text)
    return client.post(f"/tasks/{task_id}/finish", data={"form_token": token, "next": to})


def test_a_task_is_done_where_it_stands(served: Served) -> None:
    back = f"/incidents/{INCIDENT}"
    with served.logged_in() as client:
        before = client.get(back).text
        answer = _finish(client, ZERO_REPORT, back)
        after = client.get(back).text
    assert answer.headers["location"] == back
    assert f'action="/tasks/{ZERO_REPORT}/finish"' in before
    assert f'action="/tasks/{ZERO_REPORT}/finish"' not in after
    assert "完成任务 今日零报告，值班长 周" in after
    with served.state.reading() as session:
        assert session.get_one(Task, ZERO_REPORT).done_by == NAME


def test_a_step_of_a_playbook_is_answered_where_its_task_stands(served: Served) -> None:
    back = f"/incidents/{INCIDENT}"
    with served.state.transaction() as session:
        step = session.get_one(Task, ZERO_REPORT)
        step.kind, step.role = "playbook_step", "analyst"
    with served.logged_in() as client:
        for path in ("/", back):
            page = client.get(path).text
            assert page.count('name="answer"') == 1
            assert "值班分析员" in page
        form = {"form_token": form_token(page), "next": back, "answer": "12 人"}
        client.post(f"/tasks/{ZERO_REPORT}/finish", data=form)
        assert 'name="answer"' not in client.get(back).text
    with served.state.reading() as session:
        assert session.get_one(Task, ZERO_REPORT).answer == "12 人"


def test_a_task_is_done_once(served: Served) -> None:
    with served.logged_in() as client:
        _finish(client, ZERO_REPORT)
        again = _finish(client, ZERO_REPORT)
    assert again.status_code == 409
    assert "它已不在可以这样做的状态" in again.text


def test_a_task_leads_to_no_other_site(served: Served) -> None:
    with served.logged_in() as client:
        answer = _finish(client, ZERO_REPORT, "//elsewhere.example/")
    assert answer.headers["location"] == "/"


def test_an_unknown_task_has_no_page(served: Served) -> None:
    with served.logged_in() as client:
        assert _finish(client, "none").status_code == 404


def test_who_may_only_look_finishes_no_task(served: Served) -> None:
    with logged_in_as(served, "viewer") as client:
        assert "/finish" not in client.get("/").text
        assert _finish(client, ZERO_REPORT).status_code == 403


def test_the_overview_lists_tasks_by_what_is_left(served: Served) -> None:
    with served.logged_in() as client:
        page = client.get("/").text
    places = [
        page.index(words) for words in ("今日零报告", "补报首次报告缺的 4 项", "核实涉及人数")
    ]
    assert places == sorted(places)
    assert "已超 12:00" in page
    assert HOSTILE not in page
