"""Rows that several people may want to change: held, and as their reader saw them."""

from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from situation.faults import Conflict
from situation.state.tables import (
    Approval,
    CatalogueEntry,
    CityWarning,
    DataFinding,
    GradeChange,
    Incident,
    Job,
    Measure,
    Notice,
    PlaybookRun,
    PlaybookVersion,
    Report,
    RunningClock,
    ScanRun,
    StepRun,
    Task,
)

Kept = TypeVar(
    "Kept",
    Incident,
    Job,
    Measure,
    Report,
    RunningClock,
    Task,
    GradeChange,
    CityWarning,
    Notice,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
    Approval,
    ScanRun,
    DataFinding,
    CatalogueEntry,
)


def found(session: Session, kind: type[Kept], key: str | int) -> Kept:
    """Return a row by its key; raise `Conflict` if there is none."""
    return _there(session.get(kind, key), kind, key)


def held(session: Session, kind: type[Kept], key: str | int) -> Kept:
    """Return a row to change it; whoever comes at the same time waits.

    Raise `Conflict` if there is none.
    """
    # What this transaction has changed already it holds already, under the version it knows.
    changed = (row for row in session.dirty if isinstance(row, kind))
    mine = next((row for row in changed if sa.inspect(row).identity == (key,)), None)
    return _there(mine or session.get(kind, key, with_for_update=True), kind, key)


def as_seen(session: Session, kind: type[Kept], key: str | int, expected_version: int) -> Kept:
    """Return a row to change it, held, that nobody changed since `expected_version`.

    Raise `Refusal` with code `stale` if somebody did, `Conflict` if there is none.
    """
    row = held(session, kind, key)
    if row.version != expected_version:
        raise Refusal("stale", "somebody else changed it meanwhile", where=str(key))
    return row


def _there(row: Kept | None, kind: type[Kept], key: str | int) -> Kept:
    if row is None:
        raise Conflict(f"there is no such {kind.__tablename__}", where=str(key))
    return row
