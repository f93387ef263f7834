"""What is due of a run: an approval to be given, a step to be done, an action that ends."""

import datetime as dt

from situation.state.tables import Approval, PlaybookRun, StepRun
from soc_api.web.query.due import RUNNING, Due
from soc_api.web.text import Text

_NOBODY = Text("", "")


def approval_due(row: Approval, now: dt.datetime) -> Due:
    """Return until when an approval has to be given."""
    return _due(Text("审批", "Approve"), row.asked_at, row.deadline_at, row.run_id, now)


def step_due(row: StepRun, now: dt.datetime) -> Due:
    """Return until when a step may take."""
    start = row.started_at or row.opened_at
    return _due(Text("完成", "Finish"), start, row.deadline_at, row.run_id, now)


def undo_due(row: StepRun, now: dt.datetime) -> Due:
    """Return when what a step did is taken back by itself; `row` is the undoing that waits."""
    return _due(Text("解除", "Lift"), row.opened_at, row.due_at, row.run_id, now)


def run_due(row: PlaybookRun, now: dt.datetime) -> Due:
    """Return until when a run may take."""
    return _due(Text("结束", "End"), row.started_at, row.deadline_at, row.id, now)


def _due(
    what: Text, started_at: dt.datetime, due_at: dt.datetime, run_id: str, now: dt.datetime
) -> Due:
    return Due(
        what=what,
        addressee=_NOBODY,
        clause="",
        started_at=started_at,
        due_at=due_at,
        met_at=None,
        state=RUNNING,
        link=f"/playbooks/runs/{run_id}",
        document=run_id,
        level=0,
        now=now,
    )
