"""The log of a run: each move of a step is a line of it and a line of the audit."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Words
from situation.state.columns import JsonObject
from situation.state.store import audit
from situation.state.tables import ActionLog, PlaybookRun, StepRun

LONGEST = 500
"""Characters of a reason that are kept: what a counterpart says may be of any length."""


def short(reason: str) -> str:
    """Return a reason as it is kept, in one line without signs that no database takes."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    return plain[:LONGEST]


def note(
    session: Session,
    row: StepRun,
    what: str,
    *,
    by: str,
    now: dt.datetime,
    detail: JsonObject | None = None,
) -> None:
    """Write down what became of a step. `detail` has no value of a variable, only digests."""
    said = detail or {}
    session.add(
        ActionLog(
            run_id=row.run_id,
            step_run_id=row.id,
            at=now,
            what=what,
            attempt=row.attempts,
            by=by,
            detail=said,
        )
    )
    kind = "undo" if row.purpose == "undo" else "step"
    audit(
        session,
        now,
        by,
        f"run.{kind}.{what}",
        kind="playbook_run",
        object_id=row.run_id,
        step=row.step_id,
        step_run=row.id,
        attempt=row.attempts,
        **said,
    )


def note_run(
    session: Session, run: PlaybookRun, what: str, *, by: str, now: dt.datetime, **detail: object
) -> None:
    """Write down what became of a run."""
    audit(session, now, by, f"run.{what}", kind="playbook_run", object_id=run.id, **detail)


def told(words: Words) -> JsonObject:
    """Return the sentence of an outcome as a detail, nothing for none."""
    return {"zh": words.zh, "en": words.en} if words.zh or words.en else {}
