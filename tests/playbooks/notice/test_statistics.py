"""Figures per department and month, reckoned by hand."""

import datetime as dt
from collections.abc import Mapping

from playbooks.notice.statistics import DepartmentFigures, Figures, by_department, by_month
from situation.state.store import StateStore
from situation.state.tables import Feedback, Notice

START = dt.datetime(2026, 2, 28, 17, 0, tzinfo=dt.UTC)
"""One o'clock on the first of March in the city."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
UNTIL = START + 200 * DAY


def notice(  # noqa: PLR0913 - each is a figure
    number: int,
    department: str,
    issued_at: dt.datetime,
    *,
    signed: float | None = None,
    answered: float | None = None,
    closed: float | None = None,
    returns: int = 0,
    late: bool = False,
    status: str = "issued",
    fields: Mapping[str, str] | None = None,
    drill_id: str | None = None,
    kind: str = "hazard",
) -> list[Notice | Feedback]:
    """A notice with 4 hours to sign and 24 to answer; times are hours since its issue."""
    moments = {
        name: None if hours is None else issued_at + hours * HOUR
        for name, hours in (("signed_at", signed), ("closed_at", closed))
    }
    key = f"n{number}"
    row = Notice(
        id=key,
        number=key,
        drill_id=drill_id,
        kind=kind,
        department=department,
        contact="",
        level=3,
        title_zh=key,
        title_en=key,
        fields={name: {"value": {"zh": text}} for name, text in (fields or {}).items()},
        receipt_due=issued_at + 4 * HOUR,
        feedback_due=issued_at + 24 * HOUR,
        status=status,
        issued_at=issued_at,
        returns=returns,
        overdue_at=issued_at if late else None,
        created_at=issued_at,
        updated_at=issued_at,
        **moments,
    )
    if answered is None:
        return [row]
    text = dict.fromkeys(("cause", "measures", "result", "residual", "responsible", "phone"), "x")
    answer = Feedback(
        id=f"f{number}",
        notice_id=key,
        round=1,
        truth="true",
        submitted_by="w",
        submitted_at=issued_at + answered * HOUR,
        due_at=issued_at + 24 * HOUR,
        **text,
    )
    return [row, answer]


def put(state: StateStore, *rows: list[Notice | Feedback]) -> None:
    with state.transaction() as session:
        for each in rows:
            session.add(each[0])
            session.flush()
            session.add_all(each[1:])


def departments(state: StateStore, drill_id: str | None = None) -> list[DepartmentFigures]:
    with state.reading() as session:
        return by_department(session, since=START, until=UNTIL, drill_id=drill_id)


def test_the_figures_of_two_departments_are_those_reckoned_by_hand(
    either_state: StateStore,
) -> None:
    put(
        either_state,
        notice(1, "甲", START, signed=1, answered=10, closed=30),
        notice(2, "甲", START + DAY, signed=4, answered=24, closed=48, returns=1),
        notice(3, "甲", START + 2 * DAY, signed=6, answered=25, returns=2),
        notice(4, "乙", START, signed=2, answered=20, closed=22),
        notice(5, "乙", START + 40 * DAY, late=True),
    )
    first, second = departments(either_state)
    assert (first.department, first.rank) == ("甲", 1)
    assert (first.issued, first.signed, first.signed_in_time) == (3, 3, 2)
    assert (first.answered, first.answered_in_time, first.closed) == (3, 2, 2)
    assert (first.minutes_to_sign, first.minutes_to_answer) == (240.0, 1440.0)
    assert first.minutes_to_close == 39 * 60.0
    assert (first.returns, first.overdue_now, first.repeats) == (3, 0, 0)
    assert (second.department, second.rank) == ("乙", 2)
    assert (second.issued, second.signed, second.answered_in_time) == (2, 1, 1)
    assert (second.overdue_now, second.minutes_to_sign) == (1, 120.0)
    assert (second.signed_share, second.answered_share) == (0.5, 0.5)


def test_equals_share_a_rank(either_state: StateStore) -> None:
    put(
        either_state,
        notice(1, "乙", START, signed=1, answered=2),
        notice(2, "甲", START, signed=1, answered=2),
        notice(3, "丙", START),
    )
    ranked = [(row.department, row.rank) for row in departments(either_state)]
    assert ranked == [("乙", 1), ("甲", 1), ("丙", 3)]


def test_months_are_those_of_the_citys_calendar(either_state: StateStore) -> None:
    put(
        either_state,
        notice(1, "甲", START),
        notice(2, "甲", START + 30 * DAY + 22 * HOUR),
        notice(3, "乙", START + 30 * DAY + 23 * HOUR, signed=1),
    )
    with either_state.reading() as session:
        months = by_month(session, since=START, until=UNTIL, drill_id=None)
        only = by_month(session, since=START, until=UNTIL, drill_id=None, department="乙")
    assert [(row.month, row.issued) for row in months] == [("2026-03", 2), ("2026-04", 1)]
    assert [(row.month, row.issued, row.signed) for row in only] == [("2026-04", 1, 1)]


def test_the_same_hazard_or_asset_within_90_days_is_a_repeat(either_state: StateStore) -> None:
    put(
        either_state,
        notice(1, "甲", START - DAY, fields={"hazard_name": "弱口令"}),
        notice(2, "甲", START + DAY, fields={"hazard_name": "弱口令"}),
        notice(3, "甲", START + 92 * DAY, fields={"hazard_name": "弱口令"}),
        notice(4, "乙", START + DAY, fields={"hazard_name": "弱口令", "asset": "网关"}),
        notice(5, "乙", START + 2 * DAY, fields={"asset": "网关"}),
        notice(6, "乙", START + 3 * DAY, fields={"asset": "unknown"}),
        notice(7, "乙", START + 4 * DAY, fields={"asset": "unknown"}),
    )
    repeats = {row.department: (row.issued, row.repeats) for row in departments(either_state)}
    assert repeats == {"甲": (2, 1), "乙": (4, 1)}


def test_what_was_taken_back_or_passed_on_counts_for_nobody(either_state: StateStore) -> None:
    put(
        either_state,
        notice(1, "甲", START, status="revoked"),
        notice(2, "甲", START, status="reassigned"),
        notice(3, "乙", START),
    )
    assert [(row.department, row.issued) for row in departments(either_state)] == [("乙", 1)]


def test_drills_and_real_notices_are_counted_apart(either_state: StateStore) -> None:
    put(either_state, notice(1, "甲", START), notice(2, "乙", START, drill_id="drill-1"))
    assert [row.department for row in departments(either_state)] == ["甲"]
    assert [row.department for row in departments(either_state, "drill-1")] == ["乙"]


def test_what_was_issued_at_the_end_is_not_in_the_time(either_state: StateStore) -> None:
    put(either_state, notice(1, "甲", UNTIL), notice(2, "甲", START - HOUR))
    assert departments(either_state) == []


def test_no_notices_have_no_shares() -> None:
    assert (Figures().signed_share, Figures().answered_share) == (0.0, 0.0)
