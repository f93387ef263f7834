"""A roster of departments and contacts as CSV: read row by row, each fault with its line.

UTF-8 with or without a byte order mark, or GB18030 as older office programs write it.
"""

import csv
import io
import pathlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from situation.faults import Malformed, Unavailable

UNIT = ("district", "sector", "superior")
PERSON = ("phone", "mail")
CHANNELS = ("wecom", "dingtalk", "feishu", "webhook")
COLUMNS = ("department", *UNIT, "name", "role", *PERSON, *CHANNELS)
"""Columns of the file; only `department` is needed."""

ROLE_WORDS: Mapping[str, str] = {
    "liaison": "liaison",
    "head": "head",
    "duty": "duty",
    "desk": "desk",
    "联络员": "liaison",
    "负责人": "head",
    "值班": "duty",
    "市值班": "desk",
}
"""How a role may be written, and what it is kept as."""

LONGEST = 200
"""Characters that a cell may have; an address of a channel may have more."""
LONGEST_ADDRESS = 1000

_NO_CONTACT = ("department", *UNIT, "surplus")
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,24}")
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Entry:
    """A good row: a department, and a contact of it where `name` is not empty."""

    line: int
    department: str
    unit: Mapping[str, str]
    name: str
    role: str
    person: Mapping[str, str]
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the row at a line of the file is not taken."""

    line: int
    reason: str


def read_roster(
    source: pathlib.Path | bytes | str, channels: Collection[str] = ()
) -> tuple[list[Entry], list[Fault]]:
    """Return the good rows and the faults of a file or of its content.

    `channels` are names of channels that may be columns beside those of `CHANNELS`.

    Raise `Malformed` where its header is wrong, `Unavailable` where it cannot be read.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str, str], int] = {}
    extra = tuple(name for name in channels if name not in COLUMNS)
    for line, row in _rows(_text(source), (*COLUMNS, *extra)):
        reasons = _faults(row)
        key = (row["department"], row["name"], ROLE_WORDS.get(row["role"], ""))
        if not reasons and row["name"] and key in seen:
            reasons = [f"line {seen[key]} has the same contact"]
        if reasons:
            faults.append(Fault(line, "; ".join(reasons)))
        else:
            seen[key] = line
            entries.append(_entry(line, row, (*CHANNELS, *extra)))
    return entries, faults


def _text(source: pathlib.Path | bytes | str) -> str:
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    where = "" if isinstance(source, bytes) else str(source)
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=where) from error
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Malformed("is neither UTF-8 nor GB18030", where=where)


def _rows(text: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, columns)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _row(header, cells, columns)
    except csv.Error as error:
        raise Malformed(f"is no CSV: {error}", where=f"line {reader.line_num}") from error


def _check_header(header: list[str], columns: Sequence[str]) -> None:
    wrong = [name for name in header if name not in columns]
    doubled = sorted({name for name in header if header.count(name) > 1})
    faults = [f"{name!r} is no column" for name in wrong]
    faults += [f"{name!r} stands there twice" for name in doubled]
    if "department" not in header:
        faults.append("'department' is missing")
    if faults:
        said = f"{'; '.join(faults)}; columns are {', '.join(columns)}"
        raise Malformed(said, where="header")


def _row(header: list[str], cells: list[str], columns: Sequence[str]) -> dict[str, str]:
    row = dict.fromkeys(columns, "")
    row |= dict(zip(header, (cell.strip() for cell in cells), strict=False))
    row["surplus"] = "" if len(cells) <= len(header) else str(len(cells) - len(header))
    return row


def _faults(row: Mapping[str, str]) -> list[str]:
    faults = [f"{row['surplus']} cells more than the header"] if row["surplus"] else []
    if not row["department"]:
        faults.append("department is empty")
    faults += [f"{key}: a control character" for key in row if not row[key].isprintable()]
    faults += [f"{key}: too long" for key in row if len(row[key]) > _longest(key)]
    return faults + _contact_faults(row)


def _contact_faults(row: Mapping[str, str]) -> list[str]:
    if not row["name"]:
        lost = [key for key in row if row[key] and key not in _NO_CONTACT]
        return [f"{', '.join(lost)} without a name"] if lost else []
    faults = []
    if row["role"] not in ROLE_WORDS:
        faults.append(f"role {row['role']!r} is none of {', '.join(ROLE_WORDS)}")
    if row["mail"] and not MAIL_ADDRESS.fullmatch(row["mail"]):
        faults.append(f"mail {row['mail']!r} is no mail address")
    if row["phone"] and not _PHONE.fullmatch(row["phone"]):
        faults.append(f"phone {row['phone']!r} is no phone number")
    return faults


def _longest(key: str) -> int:
    return LONGEST if key in COLUMNS and key not in CHANNELS else LONGEST_ADDRESS


def _entry(line: int, row: Mapping[str, str], channels: Sequence[str]) -> Entry:
    return Entry(
        line=line,
        department=row["department"],
        unit={key: row[key] for key in UNIT},
        name=row["name"],
        role=ROLE_WORDS.get(row["role"], ""),
        person={key: row[key] for key in PERSON},
        addresses={key: row[key] for key in channels if row[key]},
    )
