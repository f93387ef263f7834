"""Reports of an incident: the list, and one with the items of its form."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.filling import form_of
from playbooks.incident.reports import COURSE
from playbooks.plan.document import Plan
from playbooks.plan.report import ReportItem
from situation.state.tables import Incident, Report
from soc_api.web.query.incident.clock import ClockCard, clock_cards
from soc_api.web.query.incident.grade import names_of
from soc_api.web.term import REPORTS, named
from soc_api.web.text import Text

KINDS = ("first", "follow_up", "closing", "pi_authority", "pi_persons")
"""Kinds of reports, in the order in which they are due."""

SENT_AT = "reported_at"
"""The item that holds the time of the sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A report with the shown names of its people."""

    row: Report
    written_by: str
    sent_by: str

    @property
    def kind(self) -> Text:
        """What kind of report it is."""
        return named(REPORTS, self.row.kind)

    @property
    def name(self) -> Text:
        """What it is, with its number and whom it is for."""
        row, kind = self.row, self.kind
        return Text(
            f"第 {row.number} 次 {kind.zh}（{row.addressee}）",
            f"no. {row.number}, {kind.en} ({row.addressee})",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item of the form: `now` tells whether the report cannot leave without it."""

    item: ReportItem
    text: str
    now: bool

    @property
    def asked(self) -> bool:
        """Whether a person writes it; the others are filled in when it is sent."""
        return self.item.input != "system" and self.item.key != SENT_AT

    @property
    def lacking(self) -> bool:
        """Whether it is to be supplied."""
        return self.asked and self.item.required and not self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One report with its incident, its items and the clocks that it would meet."""

    line: ReportLine
    incident: Incident
    items: list[ItemLine]
    clocks: list[ClockCard]

    @property
    def row(self) -> Report:
        """The report itself."""
        return self.line.row

    @property
    def lacking_now(self) -> list[ItemLine]:
        """Items without which it cannot leave."""
        return [line for line in self.items if line.now and line.lacking]

    @property
    def lacking_later(self) -> list[ItemLine]:
        """Items that become a task if it leaves without them."""
        return [line for line in self.items if not line.now and line.lacking]


def reports_of(session: Session, incident_id: str) -> list[ReportLine]:
    """Return the reports of an incident in the order of their numbers."""
    rows = session.scalars(
        sa.select(Report).where(Report.incident_id == incident_id).order_by(Report.number)
    ).all()
    return _lines(session, rows)


def report_view(
    session: Session, plan: Plan, report_id: str, now: dt.datetime
) -> ReportView | None:
    """Return one report, None if there is none by this id."""
    row = session.get(Report, report_id)
    if row is None:
        return None
    incident = session.get_one(Incident, row.incident_id)
    (line,) = _lines(session, [row])
    clocks = clock_cards(session, incident, now)
    return ReportView(
        line=line,
        incident=incident,
        items=[_item(row, item) for item in form_of(plan, incident, row.kind)],
        clocks=[card for card in clocks if card.open and card.row.addressee == row.addressee],
    )


def _item(row: Report, item: ReportItem) -> ItemLine:
    now = item.required and (item.required_first or row.kind not in COURSE)
    return ItemLine(item=item, text=str(row.items.get(item.key) or ""), now=now)


def _lines(session: Session, rows: Sequence[Report]) -> list[ReportLine]:
    names = names_of(
        session, {name for row in rows for name in (row.written_by, row.sent_by or "")}
    )
    return [
        ReportLine(row=row, written_by=names[row.written_by], sent_by=names[row.sent_by or ""])
        for row in rows
    ]
