"""What the statements of a dump hold: columns of a table, values of its rows, lines of a copy.

Written for what mysqldump, pg_dump and the exporters of the usual clients write, not for SQL as
such: what does not fit is None and stays text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = r"(?:[`\"\[]?[\w$\u4e00-\u9fff-]+[`\"\]]?\.){0,2}[`\"\[]?([\w$\u4e00-\u9fff-]+)[`\"\]]?"
_INSERT = re.compile(
    rf"\s*(?:insert|replace)\s+(?:ignore\s+)?(?:into\s+)?{_NAME}\s*"
    r"(?:\(([^()]*)\)\s*)?(?:overriding\s+\w+\s+value\s+)?values?\s*",
    re.IGNORECASE,
)
_COPY = re.compile(rf"copy\s+{_NAME}\s*\(([^()]*)\)\s+from\s+stdin", re.IGNORECASE)
_CREATE = re.compile(
    rf"\s*create\s+(?:\w+\s+){{0,3}}table\s+(?:if\s+not\s+exists\s+)?{_NAME}\s*\(", re.IGNORECASE
)
_COLUMN = re.compile(r"\s*(?:`([^`]+)`|\"([^\"]+)\"|\[([^\]]+)\]|([\w$\u4e00-\u9fff]+))\s+\w")
_NO_COLUMNS = frozenset({"primary", "unique", "key", "index", "constraint", "foreign", "check"})
_NO_COLUMNS |= {"fulltext", "spatial", "exclude", "period"}
_VALUE = re.compile(
    r"\s*+(?:[A-Za-z0-9_]{0,12}+'([^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+)'"
    r"|([(),;])|([^,()';]++))",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "", "f": "", "v": ""}
_NULL = frozenset({"null", "default"})


@dataclass(frozen=True, slots=True)
class Insertion:
    """Rows that a statement puts into a table; without columns they are those of the table."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[str]]


def names_of(listed: str) -> tuple[str, ...]:
    """Return the names of a list of columns without their quotation marks."""
    return tuple(name.strip().strip('`"[]') for name in listed.split(",")) if listed else ()


def copy_of(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Return table and columns of a COPY ... FROM stdin; None where the line is none."""
    found = _COPY.match(line)
    return (found[1], names_of(found[2])) if found else None


def columns_of(statement: str) -> tuple[str, tuple[str, ...]] | None:
    """Return table and columns of a CREATE TABLE that has one column a line; None where not."""
    found = _CREATE.match(statement)
    if not found:
        return None
    columns = [_column(line) for line in statement[found.end() :].split("\n")]
    return found[1], tuple(column for column in columns if column)


def _column(line: str) -> str:
    found = _COLUMN.match(line)
    if not found or (found[4] or "").lower() in _NO_COLUMNS:
        return ""
    return next(name for name in found.groups() if name)


def insertion_of(statement: str) -> Insertion | None:
    """Return the rows of an INSERT ... VALUES; None where it is none, or not whole."""
    found = _INSERT.match(statement)
    if not found:
        return None
    rows = _rows(statement, found.end())
    return Insertion(found[1], names_of(found[2] or ""), rows) if rows else None


def _rows(statement: str, at: int) -> list[list[str]] | None:
    rows: list[list[str]] = []
    cell: list[str] = []
    depth = 0
    while value := _VALUE.match(statement, at):
        at = value.end()
        quoted, sign, plain = value.groups()
        if sign is None:
            cell.append(_unquoted(quoted) if quoted is not None else _plain(plain))
        elif sign == "(":
            depth += 1
            if depth == 1:
                rows.append([])
        elif sign == ";":
            return rows if depth == 0 else None
        elif depth == 1:
            rows[-1].append(" ".join(cell))
            cell = []
            depth -= sign == ")"
        else:
            depth -= sign == ")"
    return rows if depth == 0 and not statement[at:].strip() else None


def _plain(text: str) -> str:
    text = text.strip()
    return "" if text.lower() in _NULL else text


def _unquoted(text: str) -> str:
    if "''" in text:
        text = text.replace("''", "'")
    return _unescaped(text)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def copied_row(line: str) -> list[str]:
    r"""Return the cells of a line of a COPY; `\N` is nothing."""
    return ["" if cell == "\\N" else _unescaped(cell) for cell in line.split("\t")]


def opens(line: str) -> bool:
    """Whether a line leaves a quoted value open, or closes one that was."""
    if "\\" in line:
        line = line.replace("\\\\", "").replace("\\'", "")
    return line.count("'") % 2 == 1


def is_insertion(line: str) -> bool:
    """Whether a statement that puts rows begins with this line."""
    return line[:1] in "iIrR" and line[:8].lower().startswith(("insert ", "replace "))


def is_creation(line: str) -> bool:
    """Whether a statement that makes a table begins with this line."""
    return line[:1] in "cC" and _starts_table(line)


def _starts_table(line: str) -> bool:
    words: Sequence[str] = line.lower().split(None, 4)
    return words[:1] == ["create"] and "table" in words
