"""Warnings: what holds now, what waits, what was lifted; and one of them whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.plan.warning import WarningColour, WarningDuty
from situation.state.tables import AuditLine, CityWarning, Incident
from soc_api.web.query.notice.record import people_of
from soc_api.web.query.scope import Scope, within
from soc_api.web.term import ACTORS, named
from soc_api.web.text import Text

PAST_SHOWN = 100
WAITING = ("draft", "proposed")
ENDED = ("lifted", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningField:
    """One field as it was filled in."""

    key: str
    name: Text
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """A warning with its colour's words and duties, and what happened to it."""

    row: CityWarning
    colour: WarningColour
    fields: list[WarningField]
    duties: tuple[WarningDuty, ...]
    incident: Incident | None
    course: list[AuditLine]
    people: Mapping[str, str]
    """Shown names by the names of accounts."""

    def who(self, account: str) -> Text:
        """Return the shown name of an account, or what the platform itself is called."""
        shown = self.people.get(account)
        return Text(shown, shown) if shown else named(ACTORS, account)

    @property
    def title(self) -> Text:
        """Title in both languages."""
        return Text(self.row.title_zh, self.row.title_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All warnings of the city, or of one drill; those that hold, the gravest first."""

    holding: list[WarningView]
    waiting: list[WarningView]
    past: list[WarningView]


def board(session: Session, plan: Plan, drill_id: str | None) -> Board:
    """Return the board."""
    rows = session.scalars(
        sa.select(CityWarning)
        .where(within(CityWarning.drill_id, drill_id))
        .order_by(CityWarning.updated_at.desc())
    ).all()
    views = [_view(session, plan, row, []) for row in rows]
    holding = [view for view in views if view.row.state == "issued"]
    return Board(
        holding=sorted(holding, key=lambda view: view.colour.level),
        waiting=[view for view in views if view.row.state in WAITING],
        past=[view for view in views if view.row.state in ENDED][:PAST_SHOWN],
    )


def warning_view(session: Session, plan: Plan, warning_id: str) -> WarningView | None:
    """Return one warning, None if there is none by this id."""
    row = session.get(CityWarning, warning_id)
    if row is None:
        return None
    course = session.scalars(
        sa.select(AuditLine)
        .where(AuditLine.object_kind == "warning", AuditLine.object_id == row.id)
        .order_by(AuditLine.number.desc())
    )
    return _view(session, plan, row, list(course))


def warnings_told(session: Session, plan: Plan, scope: Scope) -> list[WarningView]:
    """Return the warnings that a department was told of: those that hold first, newest first."""
    query = scope.warnings(sa.select(CityWarning)).order_by(
        CityWarning.state, CityWarning.issued_at.desc()
    )
    return [_told(plan, row) for row in session.scalars(query.limit(PAST_SHOWN))]


def told_warning(session: Session, plan: Plan, scope: Scope, warning_id: str) -> WarningView | None:
    """Return one warning that a department was told of; None for any other."""
    row = scope.get(session, CityWarning, warning_id)
    return None if row is None else _told(plan, row)


def _view(session: Session, plan: Plan, row: CityWarning, course: list[AuditLine]) -> WarningView:
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return replace(_told(plan, row), incident=incident, course=course, people=people_of(session))


def _told(plan: Plan, row: CityWarning) -> WarningView:
    """Return what everybody may see of a warning: not its incident, nor how it came about."""
    fields = [
        WarningField(
            key=field.key, name=Text(field.zh, field.en), value=str(row.fields.get(field.key) or "")
        )
        for field in plan.warning_fields
        if field.input != "system"
    ]
    return WarningView(
        row=row,
        colour=plan.colour(row.colour),
        fields=fields,
        duties=plan.colour_duties(row.colour),
        incident=None,
        course=[],
        people={},
    )
