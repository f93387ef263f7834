"""A mark of secrecy from the scan to the officer's word, through the playbook that it starts."""

import pathlib

import pytest
import sqlalchemy as sa

from playbooks.execution.following import start_due
from playbooks.finding import deciding
from playbooks.finding.deciding import Decision
from playbooks.service import fold
from situation.state.store import StateStore
from situation.state.tables import Notice, Task
from tests.playbooks.finding.scene import MARKED, NOW, PLAN, SECRECY, SECRET, finding, scan_all
from tests.playbooks.intrusion import ASSETS
from tests.playbooks.library.stage import Stage

A, B = "一.docx", "二.docx"


def staged(state: StateStore, folder: pathlib.Path) -> Stage:
    """Let two marks be found and the playbook come to the officer's task."""
    stage = Stage(state, folder)
    scan_all(state, [(A, MARKED, (SECRET,)), (B, MARKED, (SECRET,))], now=NOW)
    fold(state, PLAN, ASSETS, stage.clock, drill_id=None)
    start_due(state, stage.house, stage.clock)
    stage.engine.turn()
    return stage


def decide(state: StateStore, path: str, decision: Decision) -> None:
    row = finding(state, path, "V01")
    with state.transaction() as session:
        decision(
            session,
            row.id,
            reason="现场看过",
            by=SECRECY,
            expected_version=row.version,
            now=NOW,
        )


def tasks(state: StateStore, task_state: str = "open") -> list[Task]:
    wanted = sa.select(Task).where(Task.kind == "playbook_step", Task.state == task_state)
    with state.reading() as session:
        return list(session.scalars(wanted.order_by(Task.opened_at)))


def test_the_playbook_of_marks_waits_for_the_officer_alone(
    either_state: StateStore, tmp_path: pathlib.Path
) -> None:
    staged(either_state, tmp_path)
    (task,) = tasks(either_state)
    assert (task.role, "到场核实" in task.title_zh) == ("secrecy_officer", True)


@pytest.mark.parametrize(
    ("second", "answer", "follows"),
    [
        (deciding.confirm_mark, "属实", "断开"),
        (deciding.declassified, "已解密", "限期整改"),
        (deciding.false_mark, "误报", "登记误报理由"),
    ],
)
def test_once_all_marks_are_decided_about_the_gravest_word_answers_it(
    either_state: StateStore,
    tmp_path: pathlib.Path,
    second: Decision,
    answer: str,
    follows: str,
) -> None:
    stage = staged(either_state, tmp_path)
    decide(either_state, A, deciding.false_mark)
    assert len(tasks(either_state)) == 1
    decide(either_state, B, second)
    (task,) = tasks(either_state, "done")
    assert (task.answer, task.done_by) == (answer, "sun")
    for _ in range(4):
        stage.engine.turn()
    with either_state.reading() as session:
        titles = [*session.scalars(sa.select(Notice.title_zh))]
    assert any(
        follows in said for said in [*titles, *(one.title_zh for one in tasks(either_state))]
    )
