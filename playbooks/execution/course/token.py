"""Tokens: whether a step's way through its run still goes on."""

from sqlalchemy.orm import Session

from playbooks.execution.course.identity import DO, control_of
from playbooks.execution.machine import RUN
from situation.state.tables import PlaybookRun, StepRun


def is_alive(session: Session, run: PlaybookRun, row: StepRun) -> bool:
    """Say whether something follows from a step: not where its run ended, or its branch did."""
    if row.purpose != DO or run.state != RUN.initial:
        return False
    control_id = control_of(row.scope)
    return control_id is None or session.get_one(StepRun, control_id).state == "waiting"
