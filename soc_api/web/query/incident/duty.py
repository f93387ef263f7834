"""Duties at once: what the law asks for without a number of hours, beside the clocks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.plan.document import Plan
from situation.state.tables import Incident
from soc_api.web.query.incident.report import ReportLine
from soc_api.web.text import Text

_OF_FLAG: dict[str, tuple[str, tuple[str, ...]]] = {
    "pipl_notice": ("T-PIPL", ("pi_authority", "pi_persons")),
}
"""Duty of the plan that a flag of an incident calls for, and the reports that fulfil it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCard:
    """A duty that an incident calls for. `done_at` is when the last of its reports was sent."""

    id: str
    who: Text
    what: Text
    clause: str
    done_at: dt.datetime | None


def duty_cards(plan: Plan, row: Incident, reports: Sequence[ReportLine]) -> list[DutyCard]:
    """Return the duties without a clock that the flags of an incident call for."""
    codes = {flag.get("code") for flag in row.flags if isinstance(flag, dict)}
    called = [_OF_FLAG[code] for code in _OF_FLAG if code in codes]
    return [
        DutyCard(
            id=duty.id,
            who=Text(duty.who_zh, duty.who_en),
            what=Text(duty.what_zh, duty.what_en),
            clause=f"{plan.instrument(duty.instrument).zh}{duty.clause}",
            done_at=_done_at(reports, kinds),
        )
        for key, kinds in called
        for duty in plan.duties
        if duty.id == key
    ]


def _done_at(reports: Sequence[ReportLine], kinds: Sequence[str]) -> dt.datetime | None:
    sent = {line.row.kind: line.row.sent_at for line in reports if line.row.sent_at is not None}
    if not set(kinds) <= sent.keys():
        return None
    return max(sent[kind] for kind in kinds)
