"""The ledger as rows of a sheet."""

import datetime as dt
from collections.abc import Iterable, Iterator

from situation.clock import CITY_ZONE
from soc_api.web.query.due import step_of
from soc_api.web.query.notice.ledger import LedgerLine
from soc_api.web.term import Names
from soc_api.web.wording import Wording

COLUMNS = (
    "column_number", "column_kind_of", "ledger_facet_level", "column_department", "column_title",
    "column_status", "column_drafted_at", "column_issued_at", "column_receipt_due",
    "column_signed_at", "column_feedback_due", "column_answered_at", "column_closed_at",
    "column_returns", "column_over", "column_supervised",
)  # fmt: skip
"""Words of the columns in their order."""

Cell = str | int | None


def register_rows(
    lines: Iterable[LedgerLine], names: Names, wording: Wording
) -> Iterator[list[Cell]]:
    """Yield the rows of the sheet; times are the city's."""
    for line in lines:
        row = line.row
        yield [
            row.number,
            wording.say(names.notice_kind(row.kind)),
            wording.word(f"grade_{row.level}"),
            row.department,
            wording.say(line.title),
            state_word(line, wording),
            *map(
                _stamp,
                (
                    row.created_at, row.issued_at, row.receipt_due, row.signed_at,
                    row.feedback_due, row.answered_at, row.closed_at,
                ),
            ),
            row.returns,
            wording.word("yes" if line.is_late else "no"),
            wording.word("yes" if row.supervised_at else "no"),
        ]  # fmt: skip


def state_word(line: LedgerLine, wording: Wording) -> str:
    """Return the state of a notice in words, overdue or returned where it is."""
    step = step_of(line.row)
    if step and line.is_late:
        return wording.word(f"status_late_{step.key}")
    returned = line.row.status == "handling" and line.row.returns
    return wording.word("status_returned" if returned else f"status_{line.row.status}")


def _stamp(at: dt.datetime | None) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if at else ""
