"""Alerts: the queue with its filter, counts and facets; one alert with all that explains it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from situation.state.tables import Alert, AuditLine, Incident
from soc_api.web.query.reason import ReasonBar, reason_bar
from soc_api.web.query.scope import within
from soc_api.web.term import DETECTORS, TECHNIQUES, UNKNOWN, named
from soc_api.web.text import Text

PAGE_ROWS = 50
COUNT_LIMIT = 10_000
"""A total is counted up to here; beyond it a page says `10,000+`."""
FACET_VALUES = 6
ALIKE_SHOWN = 6
SEVERE = (4, 3)

_QUEUE = (Alert.drill_id, Alert.severity, Alert.last_seen, Alert.id)
"""The order of the queue. The drill is the same in all rows; PostgreSQL reads the index in its
order only where it is named."""

Status = Literal["open", "closed", "suppressed", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Which alerts; an empty tuple or text asks for all."""

    drill_id: str | None = None
    status: Status = "open"
    severities: tuple[int, ...] = ()
    detectors: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One row of the queue."""

    id: str
    row: Alert

    @property
    def sentence(self) -> Text:
        """What the detector says."""
        return Text(self.row.sentence_zh, self.row.sentence_en)

    @property
    def host(self) -> str:
        """The asset by its name if it is known, else its address or the subject."""
        known = self.row.asset and self.row.asset != UNKNOWN
        return self.row.asset if known else self.row.host_ip or self.row.subject

    @property
    def detector(self) -> Text:
        """Name of the detector."""
        return named(DETECTORS, self.row.detector)

    @property
    def technique(self) -> Text:
        """ATT&CK technique by id and name."""
        name = TECHNIQUES.get(self.row.technique)
        both = (
            f"{self.row.technique} {each}" if name else self.row.technique
            for each in name or ("", "")
        )
        return Text(*both)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values of one field with their counts; `rest` counts what is not listed."""

    field: str
    values: list[tuple[str, int]]
    rest_values: int = 0
    rest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """One page of the queue. `total` stops at `COUNT_LIMIT`; pages count from 1."""

    lines: list[AlertLine]
    total: int
    page: int
    facets: list[Facet]

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.total > COUNT_LIMIT

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-min(self.total, COUNT_LIMIT) // PAGE_ROWS))

    @property
    def first(self) -> int:
        """Number of the first row of the page."""
        return (self.page - 1) * PAGE_ROWS + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert with what explains it."""

    line: AlertLine
    row: Alert
    reasons: list[ReasonBar]
    incident: Incident | None
    alike: list[AlertLine] = field(default_factory=list)
    course: list[AuditLine] = field(default_factory=list)
    before: str | None = None
    after: str | None = None


def alert_page(session: Session, wanted: AlertFilter, *, page: int) -> AlertPage:
    """Return page number `page` of the queue, or the last; the gravest and newest first."""
    total = count(session, wanted)
    page = max(1, min(page, -(-total // PAGE_ROWS)))
    return AlertPage(
        lines=gravest(session, wanted, PAGE_ROWS, after=(page - 1) * PAGE_ROWS),
        total=total,
        page=page,
        facets=_facets(session, wanted),
    )


def gravest(
    session: Session, wanted: AlertFilter, limit: int, *, after: int = 0
) -> list[AlertLine]:
    """Return the alerts that are wanted, the gravest and newest first, past the first `after`."""
    query = (
        sa.select(Alert)
        .where(*conditions(wanted))
        .order_by(*(column.desc() for column in _QUEUE))
        .limit(limit)
        .offset(after)
    )
    return lines(session.scalars(query))


def count(session: Session, wanted: AlertFilter) -> int:
    """Count the alerts that are wanted, up to one more than `COUNT_LIMIT`."""
    some = sa.select(Alert.id).where(*conditions(wanted)).limit(COUNT_LIMIT + 1).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def by_severity(session: Session, wanted: AlertFilter) -> dict[int, int]:
    """Count the alerts that are wanted by severity, 4 to 1."""
    query = (
        sa.select(Alert.severity, sa.func.count())
        .where(*conditions(wanted))
        .group_by(Alert.severity)
    )
    found = dict(session.execute(query).all())
    return {severity: found.get(severity, 0) for severity in (4, 3, 2, 1)}


def by_value(
    session: Session, wanted: AlertFilter, column: InstrumentedAttribute[str]
) -> list[tuple[str, int]]:
    """Count the alerts that are wanted by a column, the most frequent value first."""
    amount = sa.func.count().label("amount")
    query = (
        sa.select(column, amount)
        .where(*conditions(wanted))
        .group_by(column)
        .order_by(amount.desc(), column)
    )
    return [(value, number) for value, number in session.execute(query).all()]


def alert_view(session: Session, alert_id: str) -> AlertView | None:
    """Return one alert with its reasons, incident, neighbours and course; None if unknown."""
    row = session.get(Alert, alert_id)
    if row is None:
        return None
    course = session.scalars(
        sa.select(AuditLine)
        .where(AuditLine.object_kind == "alert", AuditLine.object_id == row.id)
        .order_by(AuditLine.number.desc())
    )
    return AlertView(
        line=AlertLine(row.id, row),
        row=row,
        reasons=reasons_of(row),
        incident=session.get(Incident, row.incident_id) if row.incident_id else None,
        alike=_alike(session, row),
        course=list(course),
        before=_neighbour(session, row, before=True),
        after=_neighbour(session, row, before=False),
    )


def reasons_of(row: Alert) -> list[ReasonBar]:
    """Return the reasons of an alert, placed on their axes."""
    return [reason_bar(reason) for reason in row.reasons if isinstance(reason, dict)]


def lines(rows: Iterable[Alert]) -> list[AlertLine]:
    """Return rows of the queue."""
    return [AlertLine(row.id, row) for row in rows]


def _alike(session: Session, row: Alert) -> list[AlertLine]:
    same = Alert.host_ip == row.host_ip if row.host_ip else Alert.subject == row.subject
    query = (
        sa.select(Alert)
        .where(within(Alert.drill_id, row.drill_id), same, Alert.id != row.id)
        .order_by(Alert.last_seen.desc(), Alert.id)
        .limit(ALIKE_SHOWN)
    )
    return lines(session.scalars(query))


def _neighbour(session: Session, row: Alert, *, before: bool) -> str | None:
    place = sa.tuple_(Alert.severity, Alert.last_seen, Alert.id)
    here = sa.tuple_(
        sa.literal(row.severity),
        sa.literal(row.last_seen, Alert.last_seen.type),
        sa.literal(row.id),
    )
    query = (
        sa.select(Alert.id)
        .where(
            within(Alert.drill_id, row.drill_id),
            Alert.status == row.status,
            place > here if before else place < here,
        )
        .order_by(*(column.asc() if before else column.desc() for column in _QUEUE))
        .limit(1)
    )
    return session.scalar(query)


def _facets(session: Session, wanted: AlertFilter) -> list[Facet]:
    severities = by_severity(session, replace(wanted, severities=()))
    departments = by_value(session, replace(wanted, departments=()), Alert.department)
    detectors = by_value(session, replace(wanted, detectors=()), Alert.detector)
    return [
        Facet(field="severity", values=[(str(key), value) for key, value in severities.items()]),
        _facet("department", departments, wanted.departments),
        _facet("detector", detectors, wanted.detectors),
    ]


def _facet(name: str, counted: list[tuple[str, int]], chosen: tuple[str, ...]) -> Facet:
    shown = [pair for rank, pair in enumerate(counted) if rank < FACET_VALUES or pair[0] in chosen]
    rest = [pair for pair in counted if pair not in shown]
    return Facet(
        field=name, values=shown, rest_values=len(rest), rest=sum(amount for _, amount in rest)
    )


def conditions(wanted: AlertFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of the filter."""
    found = [within(Alert.drill_id, wanted.drill_id)]
    if wanted.status != "all":
        found.append(Alert.status == wanted.status)
    for column, values in (
        (Alert.severity, wanted.severities),
        (Alert.detector, wanted.detectors),
        (Alert.department, wanted.departments),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.text:
        searched = (
            Alert.sentence_zh, Alert.sentence_en, Alert.subject, Alert.host_ip, Alert.asset,
            Alert.department, Alert.technique, Alert.id,
        )  # fmt: skip
        found.append(
            sa.or_(*(column.icontains(wanted.text, autoescape=True) for column in searched))
        )
    return found
