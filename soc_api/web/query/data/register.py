"""Findings and the data map as rows of a sheet."""

from collections.abc import Iterable, Iterator

from playbooks.document.sheet import Value
from soc_api.web.query.data.map import GRADES, MapLine
from soc_api.web.query.data.naming import STATES, grade_name, kinds_text, rule_name
from soc_api.web.query.data.queue import FindingLine
from soc_api.web.wording import Wording

COLUMNS = (
    "data_id", "data_severity", "data_rule", "ledger_facet_department", "data_target", "data_path",
    "data_kinds", "data_persons", "data_grade", "column_status", "data_owner", "data_first_seen",
    "data_last_seen", "data_due",
)  # fmt: skip
"""Words of the head."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def finding_rows(lines: Iterable[FindingLine], wording: Wording) -> Iterator[list[Value]]:
    """Return findings as rows, in the order of `COLUMNS`; never a value that was found."""
    for line in lines:
        row = line.row
        yield [
            row.id,
            f"P{row.severity}",
            f"{row.rule} {wording.say(rule_name(row.rule))}",
            row.department,
            row.target,
            row.path,
            wording.say(kinds_text(row.kinds)),
            row.persons or None,
            wording.say(grade_name(row.grade)),
            wording.say(STATES[row.state]),
            row.owner,
            row.first_seen_at,
            row.last_seen_at,
            row.due_at,
        ]


def map_head(by: str, wording: Wording) -> list[str]:
    """Return the head of the map as a table."""
    grades = [wording.say(grade_name(grade)) for grade in GRADES]
    rest = ("data_marks", "data_persons", "data_open", "data_new_places", "data_new_findings")
    return [wording.word(f"data_by_{by}"), *grades, *map(wording.word, rest)]


def map_rows(lines: Iterable[MapLine], wording: Wording) -> Iterator[list[Value]]:
    """Return the map as rows; of marks of secrecy their number alone."""
    for line in lines:
        yield [
            _plain(wording.say(line.name)),
            *(cell.amount for cell in line.cells),
            line.row.marks,
            line.row.persons,
            line.open_findings,
            line.new_places,
            line.new_findings,
        ]


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
