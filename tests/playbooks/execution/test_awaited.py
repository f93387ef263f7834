"""What a step may wait for says by its id how it stands."""

import pytest

from playbooks.execution.awaited import AWAITED, INNER
from playbooks.incident.tasks import drop_task, finish_task, open_task
from situation.state.tables import Measure
from tests.playbooks.execution.book import book, part
from tests.playbooks.execution.ground import LEAD, Ground


@pytest.mark.parametrize("kind", sorted(set(AWAITED) - {"step_run"}))
def test_what_is_not_there_is_waited_for_no_longer(ground: Ground, kind: str) -> None:
    with ground.state.reading() as session:
        assert AWAITED[kind](session, "nothing").state == "failed"


@pytest.mark.parametrize(("end", "state"), [(finish_task, "done"), (drop_task, "failed")])
def test_a_task_is_done_by_somebody_or_dropped(ground: Ground, end: object, state: str) -> None:
    now = ground.clock.now()
    with ground.state.transaction() as session:
        task = open_task(
            session,
            kind="playbook_step",
            object_kind="playbook_run",
            object_id="R",
            title_zh="核实",
            title_en="check",
            due_at=None,
            drill_id=None,
            now=now,
        )
        assert AWAITED["task"](session, task.id).state == "open"
        end(session, task.id, by=LEAD, now=now)  # type: ignore[operator]
        found = AWAITED["task"](session, task.id)
    assert found.state == state
    assert found.outputs.get("done_by") == (LEAD.name if state == "done" else None)


@pytest.mark.parametrize(("goes", "state"), [("well", "done"), ("refused", "failed")])
def test_a_run_gives_its_variables_when_it_succeeded(ground: Ground, goes: str, state: str) -> None:
    written = book(part("mark", "a", goes=goes), variables={"who": ("string", "li")})
    run = ground.start(written)
    with ground.state.reading() as session:
        assert AWAITED["playbook_run"](session, run.id).state == "open"
    ground.turn()
    with ground.state.reading() as session:
        found = AWAITED["playbook_run"](session, run.id)
    assert found.state == state
    assert found.outputs == ({"__who__": "li"} if state == "done" else {})


@pytest.mark.parametrize(
    ("state", "found"),
    [("wanted", "open"), ("in_force", "done"), ("lifting", "open"), ("lifted", "done")],
)
def test_a_measure_is_waited_for_until_its_points_have_followed(
    ground: Ground, state: str, found: str
) -> None:
    with ground.state.transaction() as session:
        measure = Measure(
            id="m",
            run_id="R",
            kind="block_address",
            target="198.51.100.23/32",
            points=[],
            reason="",
            state=state,
            wanted_at=ground.clock.now(),
        )
        session.add(measure)
        session.flush()
        assert AWAITED["measure"](session, "m").state == found


def test_what_a_run_moves_itself_is_known() -> None:
    assert set(INNER) <= set(AWAITED)
