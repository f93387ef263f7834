"""Random histories through the database: scans, people and a notice, never beside the machine."""

import random
from collections.abc import Callable

import sqlalchemy as sa

from playbooks.finding import deciding
from playbooks.finding.machine import FINDING
from playbooks.finding.sending import send
from playbooks.machine import Refusal
from playbooks.notice import acts
from playbooks.notice.feedback import answer
from situation.state.store import StateStore
from situation.state.tables import AuditLine, DataFinding, Notice
from tests.playbooks.finding.scene import (
    CLEAN,
    CLERK,
    EXPOSED,
    FOUND,
    HOUR,
    LEAD,
    LOCKED,
    NOW,
    OFFICER,
    PLAN,
    UNREAD,
    end,
    finding,
    furnish,
    scan,
)
from tests.playbooks.finding.test_machine import ALLOWED
from tests.playbooks.notice.desk import ANSWER

HISTORIES, STEPS = 12, 25
Move = Callable[[StateStore, str, int], None]


def _scan(verdict: str) -> Move:
    said = {"found": (FOUND, EXPOSED), "clean": (CLEAN,), "locked": (LOCKED, UNREAD)}[verdict]

    def move(state: StateStore, path: str, step: int) -> None:
        at = NOW + step * HOUR
        scan(state, path, *said, run_id=f"run-{path}-{step}", now=at)  # type: ignore[arg-type]
        end(state, f"run-{path}-{step}", at)

    return move


def _decide(decision: deciding.Decision) -> Move:
    def move(state: StateStore, path: str, step: int) -> None:
        row, at = finding(state, path), NOW + step * HOUR
        with state.transaction() as session:
            decision(
                session,
                row.id,
                reason="已核实",
                by=OFFICER,
                expected_version=row.version,
                now=at,
            )

    return move


def _send(state: StateStore, path: str, step: int) -> None:
    with state.transaction() as session:
        send(session, PLAN, [finding(state, path).id], by=OFFICER, now=NOW + step * HOUR)


def _act(name: str, **more: object) -> Move:
    by = CLERK if name == "sign" else LEAD

    def move(state: StateStore, path: str, step: int) -> None:
        at = NOW + step * HOUR
        with state.transaction() as session:
            notice = session.get(Notice, finding(state, path).notice_id or "")
            if notice is not None:
                seen = notice.version
                getattr(acts, name)(
                    session, PLAN, notice.id, by=by, expected_version=seen, now=at, **more
                )

    return move


def _answer(state: StateStore, path: str, step: int) -> None:
    at = NOW + step * HOUR
    with state.transaction() as session:
        notice = session.get(Notice, finding(state, path).notice_id or "")
        if notice is not None:
            seen = notice.version
            answer(session, PLAN, notice.id, ANSWER, by=CLERK, expected_version=seen, now=at)


MOVES: tuple[Move, ...] = (
    _scan("found"),
    _scan("found"),
    _scan("clean"),
    _scan("locked"),
    _decide(deciding.false_alarm),
    _decide(deciding.accept),
    _decide(deciding.reopen),
    _decide(deciding.confirm_mark),
    _send,
    _send,
    _act("issue"),
    _act("issue"),
    _act("sign"),
    _act("sign"),
    _answer,
    _answer,
    _act("dismiss", reason="重复"),
    _act("revoke", reason="发错"),
)


COURSE: tuple[Move, ...] = (
    _send,
    _act("issue"),
    _act("sign"),
    _answer,
    _scan("found"),
    _answer,
    _scan("clean"),
)
"""The way that most go, of which a history walks some before chance takes over."""


def test_random_histories_keep_to_the_machine_and_the_audit_tells_them(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    chance = random.Random(45574)  # noqa: S311 - the same histories each time
    refused, reached = 0, set()
    for number in range(HISTORIES):
        path = f"f{number}"
        scan(either_state, path, FOUND, EXPOSED)
        onward = [*COURSE[: chance.randrange(len(COURSE) + 1)]]
        moves = onward + chance.choices(MOVES, k=STEPS - len(onward))
        for step, move in enumerate(moves, 1):
            before = finding(either_state, path)
            try:
                move(either_state, path, step)
            except Refusal:
                refused += 1
                assert finding(either_state, path).version == before.version
            reached.add(finding(either_state, path).state)
    assert refused
    assert reached >= {"open", "notified", "answered", "returned", "closed", "false_alarm"}
    _assert_told(either_state)


def _assert_told(state: StateStore) -> None:
    with state.reading() as session:
        lines = session.scalars(
            sa.select(AuditLine)
            .where(AuditLine.object_kind == "data_finding")
            .order_by(AuditLine.number)
        ).all()
        states = {row.id: row.state for row in session.scalars(sa.select(DataFinding))}
    at: dict[str, str] = {}
    for line in lines:
        act = line.action.removeprefix("finding.")
        before = at.setdefault(line.object_id, FINDING.initial)
        if "after" not in line.detail or act == "grow":
            continue
        assert line.detail["before"] == before
        assert ALLOWED[before, act] == line.detail["after"]
        at[line.object_id] = str(line.detail["after"])
    assert at == states
