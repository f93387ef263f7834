"""The stages of an incident: which are past, when and by whom, and what may follow."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.machine import INCIDENT
from situation.state.tables import AuditLine, Incident

ENDED = ("archived", "withdrawn")
WITHDRAWN = "withdrawn"

_WAY = ("graded", "responding", "contained", "recovering", "assessing", "archived")
_BEFORE = ("draft", "to_grade")


REASONED = ("archive", "withdraw")
"""Acts that end an incident: they ask for a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """One step of the way. `at` and `by` are None and empty where nothing is recorded."""

    stage: str
    past: bool
    current: bool
    at: dt.datetime | None
    by: str


def stage_lines(session: Session, incident_id: str) -> Sequence[AuditLine]:
    """Return the audit lines of all stages of an incident, however long it has been worked on."""
    acts = {f"incident.{row.act}" for row in INCIDENT.transitions}
    return session.scalars(
        sa.select(AuditLine)
        .where(
            AuditLine.object_kind == "incident",
            AuditLine.object_id == incident_id,
            AuditLine.action.in_(acts),
        )
        .order_by(AuditLine.number)
    ).all()


def stage_steps(
    row: Incident, audited: Sequence[AuditLine], names: Mapping[str, str]
) -> list[StageStep]:
    """Return the steps of an incident from its audit lines; a withdrawn one ends where it was."""
    entered = _entered(row, audited)
    way = _way(row, entered)
    here = way.index(row.stage)
    return [
        StageStep(
            stage=stage,
            past=rank < here or (rank == here and row.stage in ENDED),
            current=rank == here and row.stage not in ENDED,
            at=entered[stage].at if stage in entered and rank <= here else None,
            by=names.get(entered[stage].by, "") if stage in entered and rank <= here else "",
        )
        for rank, stage in enumerate(way)
    ]


def possible_acts(row: Incident) -> list[str]:
    """Return the acts that may follow, those that lead on before those that lead back."""
    here = _rank(row.stage)
    return sorted(
        INCIDENT.acts(row.stage), key=lambda act: _rank(INCIDENT.after(row.stage, act)) <= here
    )


def _rank(stage: str) -> int:
    way = (*_BEFORE, *_WAY, WITHDRAWN)
    return way.index(stage)


@dataclass(frozen=True, slots=True)
class _Entered:
    at: dt.datetime
    by: str


def _entered(row: Incident, audited: Sequence[AuditLine]) -> dict[str, _Entered]:
    found: dict[str, _Entered] = {}
    for line in sorted(audited, key=lambda each: each.number):
        stage = line.detail.get("stage", line.detail.get("after"))
        if line.object_kind == "incident" and isinstance(stage, str):
            found[stage] = _Entered(line.at, line.actor)
    found.setdefault("graded", _Entered(row.created_at, "system"))
    return found


def _way(row: Incident, entered: Mapping[str, _Entered]) -> list[str]:
    before = [stage for stage in _BEFORE if stage == row.stage or stage in entered]
    if row.stage != WITHDRAWN:
        return [*before, *_WAY]
    return [*before, *(stage for stage in _WAY if stage in entered), WITHDRAWN]
