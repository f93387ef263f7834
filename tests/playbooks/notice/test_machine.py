"""The machine of notices: 10,000 random histories, and some hundred through the database."""

import functools
import random
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice import acts
from playbooks.notice.feedback import answer, give_back, review
from playbooks.notice.guard import refusal_of, refuse_illegal
from playbooks.notice.machine import EXTENSION, ITEM, MARKS, NOTICE
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Notice
from tests.playbooks.notice.desk import (
    ANALYST,
    ANSWER,
    CLERK,
    DAY,
    DEPARTMENT,
    LEAD,
    MINUTE,
    NOW,
    OTHER,
    PLAN,
    hand_drafted,
)

HISTORIES, IN_DATABASE, STEPS = 10_000, 120, 80
ACTS = tuple(dict.fromkeys(row.act for row in NOTICE.transitions))
ALLOWED = {
    ("draft", "submit"): "triage",
    ("triage", "judge"): "graded",
    ("graded", "propose"): "sign_off",
    ("triage", "send_back"): "draft",
    ("graded", "send_back"): "draft",
    ("sign_off", "send_back"): "draft",
    ("sign_off", "issue"): "issued",
    ("issued", "sign"): "signed",
    ("signed", "start"): "handling",
    ("signed", "answer"): "answered",
    ("handling", "answer"): "answered",
    ("answered", "recheck"): "rechecking",
    ("rechecking", "pass"): "passed",
    ("rechecking", "return"): "handling",
    ("answered", "give_back"): "handling",
    ("rechecking", "give_back"): "handling",
    ("passed", "archive"): "archived",
    **{(state, "dismiss"): "dismissed" for state in ("draft", "triage", "graded", "sign_off")},
    **{(state, "reassign"): "reassigned" for state in ("issued", "signed", "handling")},
    **{(state, "revoke"): "revoked" for state in ("issued", "signed", "handling")},
}
"""What may follow what, written down a second time by hand."""

SIDEWAYS = ("send_back", "dismiss", "reassign", "revoke")
TERMINAL = {"archived", "dismissed", "reassigned", "revoked"}
PEOPLE = (ANALYST, LEAD, CLERK, Person("zhao", "department", OTHER))


def test_the_table_says_what_was_asked_for() -> None:
    said = {(state, row.act): row.target for row in NOTICE.transitions for state in row.sources}
    assert said == ALLOWED
    assert NOTICE.terminal == TERMINAL
    assert all(set(states) <= NOTICE.states - TERMINAL for states in MARKS.values())


def test_no_illegal_act_passes_in_10000_random_histories() -> None:
    chance = random.Random(20986)  # noqa: S311 - the same histories each time
    for _ in range(HISTORIES):
        state = NOTICE.initial
        for _ in range(STEPS):
            act = chance.choice(ACTS)
            expected = ALLOWED.get((state, act))
            try:
                after = NOTICE.after(state, act)
            except Refusal:
                assert expected is None
            else:
                assert after == expected
                state = after
        assert (state in TERMINAL) == (NOTICE.acts(state) == ())


def test_every_notice_can_be_driven_to_one_end() -> None:
    chance = random.Random(20987)  # noqa: S311 - the same histories each time
    ends = set()
    for _ in range(HISTORIES):
        state, path = NOTICE.initial, 0
        while state not in TERMINAL:
            state = NOTICE.after(state, chance.choice(NOTICE.acts(state)))
            path += 1
        assert NOTICE.acts(state) == ()
        ends.add(state)
    assert ends == TERMINAL


def test_items_and_extensions_end_too() -> None:
    assert ITEM.terminal == {"fixed"}
    assert ITEM.after("not_fixed", "start") == "doing"
    assert {EXTENSION.after("asked", act) for act in ("grant", "refuse", "lapse")} == (
        EXTENSION.terminal
    )


def test_the_guards_know_every_act() -> None:
    for act in (*ACTS, *MARKS):
        notice = Notice(number="1", status="archived", department=DEPARTMENT)
        with pytest.raises(Refusal) as refused:
            refuse_illegal(notice, act, ANALYST)
        assert refused.value.code == "terminal"


def test_random_histories_through_the_database_keep_to_the_machine(
    either_state: StateStore,
) -> None:
    chance = random.Random(20988)  # noqa: S311 - the same histories each time
    refused: dict[str, int] = {}
    for number in range(IN_DATABASE):
        with either_state.transaction() as session:
            notice_id = hand_drafted(session, now=NOW + number * MINUTE).id
        for _ in range(STEPS):
            if _try_one(either_state, notice_id, chance, refused) in TERMINAL:
                break
    assert set(refused) >= {"illegal", "terminal", "not_department", "city_only", "same_person"}
    with either_state.reading() as session:
        _assert_lawful(session.scalars(sa.select(AuditLine).order_by(AuditLine.number)).all())
        rows = session.scalars(sa.select(Notice)).all()
    driven = [row.status for row in rows if row.parent_id is None]
    assert len(driven) == IN_DATABASE
    assert set(driven) == TERMINAL
    assert all((row.closed_at is not None) == (row.status in TERMINAL) for row in rows)


def _try_one(
    state: StateStore, notice_id: str, chance: random.Random, refused: dict[str, int]
) -> str:
    with state.reading() as session:
        notice = session.scalars(sa.select(Notice).where(Notice.id == notice_id)).one()
    version, status = notice.version, notice.status
    anything = [(act, by) for act in ACTS for by in PEOPLE]
    fitting = [one for one in anything if refusal_of(notice, *one) is None]
    onward = [one for one in fitting if one[0] not in SIDEWAYS]
    wanted = chance.choices((onward, fitting, anything), weights=(8, 1, 2))[0]
    act, by = chance.choice(wanted or anything)
    try:
        with state.transaction() as session:
            DOERS[act](session, PLAN, notice_id, by=by, expected_version=version, now=NOW)
    except Refusal as refusal:
        refused[refusal.code] = refused.get(refusal.code, 0) + 1
        with state.reading() as session:
            again = session.scalars(sa.select(Notice).where(Notice.id == notice_id)).one()
        assert (again.status, again.version) == (status, version)
    return status


def _assert_lawful(lines: object) -> None:
    assert isinstance(lines, list)
    at: dict[str, str] = {}
    for line in lines:
        after = line.detail.get("after")
        if after is None or line.object_kind != "notice":
            continue
        before = at.get(line.object_id, "draft")
        assert line.detail["before"] == before
        assert ALLOWED[before, line.action.removeprefix("notice.")] == after
        at[line.object_id] = after


def _with(act: str, **more: object) -> Callable[..., object]:
    return functools.partial(getattr(acts, act), **more)


def _review(verdict: str) -> Callable[..., object]:
    return functools.partial(
        review, verdict=verdict, method="papers", opinion="缺截图", feedback_due=NOW + DAY
    )


DOERS: dict[str, Callable[..., object]] = {
    **{act: _with(act) for act in ("submit", "propose", "issue", "sign", "start")},
    "judge": _with("judge", level=3, hazard_level="high"),
    "send_back": _with("send_back", reason="重写"),
    "dismiss": _with("dismiss", reason="误报"),
    "answer": functools.partial(answer, given=ANSWER),
    "recheck": _with("recheck"),
    "pass": _review("passed"),
    "return": _review("partly"),
    "give_back": lambda session, plan, notice_id, **_: give_back(
        session, plan, notice_id, points="复扫仍在", feedback_due=NOW + DAY, now=NOW
    ),
    "archive": _with("archive"),
    "reassign": _with("reassign", department=OTHER, reason="移交"),
    "revoke": _with("revoke", reason="发错"),
}
