"""How departments keep to their notices: figures per department and per month, and a ranking.

Counted are notices that were issued in the time asked for. Those that were reassigned or revoked
count for nobody: the department had nothing to answer for.
"""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.assets import UNKNOWN
from situation.clock import CITY_ZONE
from situation.state.tables import Feedback, Notice

REPEATED_WITHIN = dt.timedelta(days=90)
"""The same hazard, or trouble of the same asset, so soon again is a repeated problem."""

PROBLEM_FIELDS = ("hazard_name", "asset", "system")
"""Fields of the form that name the problem or where it is."""

_COLUMNS = (
    *("id", "kind", "department", "issued_at", "receipt_due", "feedback_due"),
    *("signed_at", "closed_at", "returns", "overdue_at"),
)
_LEFT_OUT = ("reassigned", "revoked")
_NOT_A_PROBLEM = "supervision"
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of some notices. Medians are minutes since the issue, None where there are none.

    `repeats` counts notices about a problem that came again within 90 days.
    """

    issued: int = 0
    signed: int = 0
    signed_in_time: int = 0
    answered: int = 0
    answered_in_time: int = 0
    closed: int = 0
    returns: int = 0
    repeats: int = 0
    overdue_now: int = 0
    minutes_to_sign: float | None = None
    minutes_to_answer: float | None = None
    minutes_to_close: float | None = None

    @property
    def signed_share(self) -> float:
        """Share of the notices that were signed for in time."""
        return self.signed_in_time / self.issued if self.issued else 0.0

    @property
    def answered_share(self) -> float:
        """Share of the notices that were answered in time."""
        return self.answered_in_time / self.issued if self.issued else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentFigures(Figures):
    """Figures of one department. `rank` 1 keeps best to its notices; equals share a rank."""

    department: str
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures(Figures):
    """Figures of the notices that were issued in one month, `2026-03`, of the city's calendar."""

    month: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What counts of one notice."""

    department: str
    issued_at: dt.datetime
    receipt_due: dt.datetime
    signed_at: dt.datetime | None
    closed_at: dt.datetime | None
    returns: int
    is_late: bool
    problems: frozenset[tuple[str, str]]
    answered_at: dt.datetime | None
    answer_due: dt.datetime
    is_repeat: bool = False


def by_department(
    session: Session, *, since: dt.datetime, until: dt.datetime, drill_id: str | None
) -> list[DepartmentFigures]:
    """Return the figures of each department for notices issued from `since` until `until`.

    The best comes first: by the share answered in time, then signed in time, then fewer returns
    and fewer repeated problems for each notice.
    """
    groups = _grouped(_cases(session, since, until, drill_id), lambda case: case.department)
    rows = [
        DepartmentFigures(department=name, **asdict(_figures(each)))
        for name, each in groups.items()
    ]
    rows.sort(key=lambda row: (_standing(row), row.department))
    standings = [_standing(row) for row in rows]
    return [
        replace(row, rank=standings.index(standing) + 1)
        for row, standing in zip(rows, standings, strict=True)
    ]


def by_month(
    session: Session,
    *,
    since: dt.datetime,
    until: dt.datetime,
    drill_id: str | None,
    department: str | None = None,
) -> list[MonthFigures]:
    """Return the figures of each month in its order, of all departments or of one."""
    cases = _cases(session, since, until, drill_id)
    mine = [case for case in cases if department in (None, case.department)]
    groups = _grouped(mine, lambda case: f"{case.issued_at.astimezone(CITY_ZONE):%Y-%m}")
    return [
        MonthFigures(month=month, **asdict(_figures(each)))
        for month, each in sorted(groups.items())
    ]


def _cases(
    session: Session, since: dt.datetime, until: dt.datetime, drill_id: str | None
) -> list[_Case]:
    answers = _first_answers(session, since)
    seen: dict[tuple[str, str, str], dt.datetime] = {}
    cases = []
    for row in session.execute(_wanted(since, until, drill_id)):
        case = _case(row, answers.get(row.id))
        if case.issued_at >= since:
            cases.append(replace(case, is_repeat=_repeats(case, seen)))
        seen |= {(case.department, *problem): case.issued_at for problem in case.problems}
    return cases


def _wanted(
    since: dt.datetime, until: dt.datetime, drill_id: str | None
) -> sa.Select[tuple[object, ...]]:
    # What was issued before is read too: a problem may repeat an earlier one.
    problems = (Notice.fields[key, "value", "zh"].as_string().label(key) for key in PROBLEM_FIELDS)
    columns = (getattr(Notice, name) for name in _COLUMNS)
    return (
        sa.select(*columns, *problems)
        .where(
            Notice.issued_at >= since - REPEATED_WITHIN,
            Notice.issued_at < until,
            Notice.status.not_in(_LEFT_OUT),
            Notice.drill_id.is_(None) if drill_id is None else Notice.drill_id == drill_id,
        )
        .order_by(Notice.issued_at, Notice.number)
    )


def _first_answers(
    session: Session, since: dt.datetime
) -> dict[str, tuple[dt.datetime, dt.datetime | None]]:
    first = sa.select(Feedback.notice_id, Feedback.submitted_at, Feedback.due_at).where(
        Feedback.round == 1, Feedback.submitted_at >= since
    )
    return {notice_id: (at, due_at) for notice_id, at, due_at in session.execute(first)}


def _case(
    row: sa.Row[tuple[object, ...]], answer: tuple[dt.datetime, dt.datetime | None] | None
) -> _Case:
    answered_at, asked_until = answer or (None, None)
    return _Case(
        department=row.department,
        issued_at=row.issued_at,
        receipt_due=row.receipt_due,
        signed_at=row.signed_at,
        closed_at=row.closed_at,
        returns=row.returns,
        is_late=row.overdue_at is not None,
        problems=frozenset(_problems(row)),
        answered_at=answered_at,
        answer_due=asked_until or row.feedback_due,
    )


def _problems(row: sa.Row[tuple[object, ...]]) -> Iterator[tuple[str, str]]:
    if row.kind == _NOT_A_PROBLEM:
        return
    for key in PROBLEM_FIELDS:
        text = getattr(row, key)
        if text and text != UNKNOWN:
            yield key, text


def _repeats(case: _Case, seen: dict[tuple[str, str, str], dt.datetime]) -> bool:
    before = [seen.get((case.department, *problem)) for problem in case.problems]
    return any(at is not None and case.issued_at - at <= REPEATED_WITHIN for at in before)


def _grouped(cases: Iterable[_Case], key: Callable[[_Case], str]) -> dict[str, list[_Case]]:
    groups: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return groups


def _figures(cases: Sequence[_Case]) -> Figures:
    return Figures(
        issued=len(cases),
        signed=sum(case.signed_at is not None for case in cases),
        signed_in_time=sum(_in_time(case.signed_at, case.receipt_due) for case in cases),
        answered=sum(case.answered_at is not None for case in cases),
        answered_in_time=sum(_in_time(case.answered_at, case.answer_due) for case in cases),
        closed=sum(case.closed_at is not None for case in cases),
        returns=sum(case.returns for case in cases),
        repeats=sum(case.is_repeat for case in cases),
        overdue_now=sum(case.is_late for case in cases),
        minutes_to_sign=_median((case.issued_at, case.signed_at) for case in cases),
        minutes_to_answer=_median((case.issued_at, case.answered_at) for case in cases),
        minutes_to_close=_median((case.issued_at, case.closed_at) for case in cases),
    )


def _in_time(at: dt.datetime | None, until: dt.datetime) -> bool:
    return at is not None and at <= until


def _median(spans: Iterable[tuple[dt.datetime, dt.datetime | None]]) -> float | None:
    minutes = [(end - start) / _MINUTE for start, end in spans if end is not None]
    return statistics.median(minutes) if minutes else None


def _standing(row: Figures) -> tuple[float, float, float, float]:
    number = row.issued or 1
    return (
        -row.answered_share,
        -row.signed_share,
        row.returns / number,
        row.repeats / number,
    )
