"""What a department is shown of the findings that stand in its notice: place, kinds, masks."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import DataFinding, ScannedResource
from soc_api.web.query.data.naming import UNREADABLE, place_text, rule_name, rule_todo
from soc_api.web.query.data.record import HeldLine, held_lines, rows_in
from soc_api.web.term import named
from soc_api.web.text import Text

_GLYPHS = {"notified": "run", "answered": "wait", "returned": "soon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """One finding in plain words."""

    row: DataFinding
    name: Text
    todo: Text
    held: list[HeldLine]
    unreadable: list[tuple[Text, Text]]

    @property
    def glyph(self) -> str:
        """How its state is drawn."""
        return _GLYPHS.get(self.row.state, "done" if self.row.closed_at else "open")


def found_lines(session: Session, findings: Sequence[DataFinding]) -> list[FoundLine]:
    """Return findings that the department may see, in the order of the notice's items."""
    wanted = [finding.resource_id for finding in findings]
    query = sa.select(ScannedResource.id, ScannedResource.verdict)
    verdicts = dict(session.execute(query.where(ScannedResource.id.in_(wanted))).all())
    ordered = sorted(findings, key=lambda each: (each.rectification_item_id or 0, each.id))
    return [_line(row, verdicts.get(row.resource_id, {})) for row in ordered]


def _line(row: DataFinding, verdict: dict[str, object]) -> FoundLine:
    return FoundLine(
        row=row,
        name=rule_name(row.rule),
        todo=rule_todo(row.rule),
        held=held_lines(verdict),
        unreadable=[
            (named(UNREADABLE, str(each.get("reason", ""))), place_text(each.get("place")))
            for each in rows_in(verdict, "unreadable")
        ],
    )
