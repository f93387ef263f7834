"""Warnings: what holds now, what waits, what was lifted; and one of them whole."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.plan.warning import WarningColour, WarningDuty
from situation.state.tables import AuditLine, CityWarning, Incident
from soc_api.web.query.scope import within
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


def _view(session: Session, plan: Plan, row: CityWarning, course: list[AuditLine]) -> WarningView:
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
        incident=session.get(Incident, row.incident_id) if row.incident_id else None,
        course=course,
    )
