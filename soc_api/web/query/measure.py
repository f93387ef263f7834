"""What holds now: blocks and sinkholes with their points, suppressions, and indicators."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Indicator, Measure, MeasurePoint, StepRun, Suppression
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.scope import within
from soc_api.web.term import DETECTORS, named
from soc_api.web.text import Text

KINDS = ("block_address", "sinkhole_domain")
HOLDING = ("wanted", "in_force", "lifting")
"""States of a measure that is not over."""
UNSETTLED = ("wanted", "lifting")
"""States of a point that has still to do something."""
SHOWN = 500
"""Measures of a kind, and suppressions, that are listed."""
PAST_SHOWN = 50
PATIENCE = dt.timedelta(minutes=5)
"""Time that a point has before it is told of: a firewall polls its list every few minutes."""
WAITS = ("due", "running", "approval", "waiting", "unsure")
"""States of an undoing that is not at its end."""

Standing = Literal["wanted", "in_force", "lifting", "lifted", "lift_failed", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A measure with what its points say; `undoing` is the step that takes it back, if any."""

    row: Measure
    points: list[MeasurePoint]
    undoing: StepRun | None
    now: dt.datetime

    @property
    def standing(self) -> Standing:
        """How it stands, as the page says it."""
        return _standing(self.row.state, self.row.until, self.undoing, self.now)

    @property
    def amiss(self) -> list[MeasurePoint]:
        """The points that could not be brought into line in time."""
        return [point for point in self.points if self.is_late(point)]

    def is_late(self, point: MeasurePoint) -> bool:
        """Tell whether a point had its time and is still not in line."""
        waits = point.error and point.state in UNSETTLED
        return bool(waits) and point.changed_at < self.now - PATIENCE

    @property
    def can_lift(self) -> bool:
        """Whether somebody may lift it now."""
        return self.standing in ("wanted", "in_force", "lift_failed", "overdue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A suppression, and the step that takes it back, if any."""

    row: Suppression
    undoing: StepRun | None
    now: dt.datetime

    @property
    def detector(self) -> Text:
        """Name of the detector; empty where it is any."""
        return named(DETECTORS, self.row.detector)

    @property
    def standing(self) -> Standing:
        """How it stands, as the page says it."""
        state = "lifted" if self.row.ended_at else "in_force"
        return _standing(state, self.row.until, self.undoing, self.now)

    @property
    def can_lift(self) -> bool:
        """Whether somebody may end it now."""
        return self.standing in ("in_force", "lift_failed", "overdue")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """The indicators of one feed: how many by kind, how many of them hold, and when it was read."""

    source: str
    kinds: Mapping[str, int]
    valid: int
    read_at: dt.datetime

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresView:
    """What the page shows; `counts` are all that hold by kind, also those not listed."""

    held: Mapping[str, list[Held]]
    counts: Mapping[str, int]
    muted: list[Muted]
    muted_count: int
    past: list[Held]
    past_muted: list[Muted]
    feeds: list[FeedLine]
    people: Mapping[str, str]

    @property
    def away(self) -> dict[str, list[MeasurePoint]]:
        """Points that cannot be brought into line, by name, with what they do not hold."""
        found: defaultdict[str, list[MeasurePoint]] = defaultdict(list)
        for held in (each for rows in self.held.values() for each in rows):
            for point in held.amiss:
                found[point.point].append(point)
        return dict(sorted(found.items()))


def measures_view(session: Session, now: dt.datetime, drill_id: str | None) -> MeasuresView:
    """Read what holds in the city, or in one drill, and what was lifted last."""
    mine = within(Measure.drill_id, drill_id)
    held = {kind: _held(session, [mine, Measure.kind == kind], now) for kind in KINDS}
    muted = within(Suppression.drill_id, drill_id)
    past = _past(session, mine, now)
    past_muted = _muted(session, [muted, Suppression.ended_at.is_not(None)], now, PAST_SHOWN)
    current = [muted, Suppression.ended_at.is_(None)]
    return MeasuresView(
        held=held,
        counts=_counts(session, mine),
        muted=_muted(session, current, now, SHOWN),
        muted_count=_count(session, current),
        past=past,
        past_muted=past_muted,
        feeds=_feeds(session, now),
        people=names_of(
            session,
            {each.row.lifted_by for each in past if each.row.lifted_by}
            | {each.row.ended_by for each in past_muted if each.row.ended_by},
        ),
    )


def _standing(
    state: str, until: dt.datetime | None, undoing: StepRun | None, now: dt.datetime
) -> Standing:
    if state == "lifted":
        return "lifted"
    if undoing is not None and undoing.state == "failed":
        return "lift_failed"
    asked = undoing is not None and undoing.state in WAITS and undoing.due_at <= now
    if state == "lifting" or asked:
        return "lifting"
    if until is not None and until <= now:
        return "overdue"
    return "wanted" if state == "wanted" else "in_force"


def _held(
    session: Session, conditions: Collection[sa.ColumnElement[bool]], now: dt.datetime
) -> list[Held]:
    rows = session.scalars(
        sa.select(Measure)
        .where(Measure.state.in_(HOLDING), *conditions)
        .order_by(Measure.wanted_at.desc(), Measure.id)
        .limit(SHOWN)
    ).all()
    lines = _lines(session, rows, now)
    return sorted(lines, key=lambda each: not each.amiss)


def _past(session: Session, mine: sa.ColumnElement[bool], now: dt.datetime) -> list[Held]:
    rows = session.scalars(
        sa.select(Measure)
        .where(mine, Measure.state == "lifted")
        .order_by(Measure.lifted_at.desc(), Measure.id)
        .limit(PAST_SHOWN)
    ).all()
    return _lines(session, rows, now)


def _lines(session: Session, rows: Sequence[Measure], now: dt.datetime) -> list[Held]:
    ids = [row.id for row in rows]
    undoings = _undoings(session, ids)
    points: defaultdict[str, list[MeasurePoint]] = defaultdict(list)
    wanted = sa.select(MeasurePoint).where(MeasurePoint.measure_id.in_(ids))
    for point in session.scalars(wanted.order_by(MeasurePoint.point)):
        points[point.measure_id].append(point)
    return [
        Held(row=row, points=points[row.id], undoing=undoings.get(row.id), now=now) for row in rows
    ]


def _muted(
    session: Session,
    conditions: Collection[sa.ColumnElement[bool]],
    now: dt.datetime,
    limit: int,
) -> list[Muted]:
    rows = session.scalars(
        sa.select(Suppression)
        .where(*conditions)
        .order_by(Suppression.ended_at.desc(), Suppression.until, Suppression.id)
        .limit(limit)
    ).all()
    undoings = _undoings(session, [row.id for row in rows])
    return [Muted(row=row, undoing=undoings.get(row.id), now=now) for row in rows]


def _undoings(session: Session, ids: Sequence[str]) -> dict[str, StepRun]:
    wanted = sa.select(StepRun).where(StepRun.undoes.in_(ids), StepRun.purpose == "undo")
    return {row.undoes: row for row in session.scalars(wanted) if row.undoes}


def _counts(session: Session, mine: sa.ColumnElement[bool]) -> dict[str, int]:
    query = sa.select(Measure.kind, sa.func.count()).where(mine, Measure.state.in_(HOLDING))
    return dict.fromkeys(KINDS, 0) | dict(session.execute(query.group_by(Measure.kind)).all())


def _count(session: Session, conditions: Collection[sa.ColumnElement[bool]]) -> int:
    query = sa.select(sa.func.count()).select_from(Suppression).where(*conditions)
    return session.scalar(query) or 0


def _feeds(session: Session, now: dt.datetime) -> list[FeedLine]:
    holds = sa.or_(Indicator.valid_until.is_(None), Indicator.valid_until > now)
    rows = session.execute(
        sa.select(
            Indicator.source,
            Indicator.kind,
            sa.func.count(),
            sa.func.sum(sa.case((holds, 1), else_=0)),
            sa.func.max(Indicator.read_at),
        )
        .group_by(Indicator.source, Indicator.kind)
        .order_by(Indicator.source, Indicator.kind)
    ).all()
    found: defaultdict[str, list[tuple[str, int, int, dt.datetime]]] = defaultdict(list)
    for source, kind, amount, valid, read_at in rows:
        found[source].append((kind, amount, valid, read_at))
    return [
        FeedLine(
            source=source,
            kinds={kind: amount for kind, amount, _, _ in lines},
            valid=sum(valid for _, _, valid, _ in lines),
            read_at=max(read_at for *_, read_at in lines),
        )
        for source, lines in found.items()
    ]
