"""The ledger of findings: moved from state to state, each move with its audit line.

The audit is read by many. Of a finding that is restricted it says no more than its id.
"""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.finding.machine import FINDING
from playbooks.person import Person
from situation.state.store import audit
from situation.state.tables import DataFinding

OBJECT = "data_finding"
"""Kind of object in the audit."""

_STATES = ("before", "after")


def move(
    session: Session,
    finding: DataFinding,
    act: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    """Take a finding through an act; raise `Refusal` where its state forbids it."""
    before, finding.state = finding.state, FINDING.after(finding.state, act, where=finding.id)
    finding.closed_at = now if finding.state == "closed" else None
    note(session, finding, act, by=by, now=now, before=before, after=finding.state, **detail)


def note(
    session: Session,
    finding: DataFinding,
    act: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    """Write the audit line of what happened to a finding."""
    said = {key: value for key, value in detail.items() if value not in ("", None)}
    if finding.restricted:
        said = {key: value for key, value in said.items() if key in _STATES}
        said["restricted"] = True
    else:
        said |= {"rule": finding.rule, "target": finding.target, "path": finding.path}
    audit(session, now, by.name, f"finding.{act}", kind=OBJECT, object_id=finding.id, **said)
