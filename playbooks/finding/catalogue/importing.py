"""Catalogues from a CSV file: the good rows are taken, the faulty ones told by line and field."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from playbooks.finding.catalogue.keeping import Entry, declare, found
from playbooks.person import Person
from situation.faults import Malformed
from situation.state.tables import CatalogueEntry

MOST_ROWS = 20_000
"""Entries that one file may have."""

COLUMNS: dict[str, str] = {
    "单位": "department",
    "数据集": "dataset",
    "级别": "grade",
    "路径": "pattern",
    "扫描目标": "target",
    "开放属性": "opening",
    "已列入目录": "registered",
    "所属系统": "system",
    "审批": "approved",
    "公开发布": "open_export",
    "应有类型": "expected",
    "人口": "population",
}
"""Chinese heads of the columns; the English ones are the names of the fields."""

_GRADES = {
    "一般1级": 1,
    "一般2级": 2,
    "一般3级": 3,
    "一般4级": 4,
    "重要数据": 5,
    "核心数据": 6,
}
_OPENINGS = {"无条件开放": "unconditional", "有条件开放": "conditional", "不予开放": "none"}
_TRUTH = {"是": True, "true": True, "1": True, "yes": True}
_FALSE = ("", "否", "false", "0", "no")
_NAMES = {field.name for field in fields(Entry)}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `faults` are lines with what is wrong in them."""

    added: int
    changed: int
    unchanged: int
    faults: tuple[tuple[int, str], ...]


def import_csv(
    session: Session, text: str, *, key: bytes, by: Person, now: dt.datetime
) -> Imported:
    """Declare what a CSV file lists; the same file again changes nothing.

    The first line names the columns, in Chinese or English. Raise `Malformed` where the whole is
    no such file.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    names = _heads(reader.fieldnames or [])
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    faults: list[tuple[int, str]] = []
    for row in reader:
        if sum(counts.values()) + len(faults) >= MOST_ROWS:
            raise Malformed(f"more than {MOST_ROWS} entries", where="file")
        try:
            entry = _entry({names[head]: cell or "" for head, cell in row.items() if head in names})
            counts[_take(session, entry, key=key, by=by, now=now)] += 1
        except Malformed as fault:
            faults.append((reader.line_num, str(fault)))
    return Imported(**counts, faults=tuple(faults))


def _heads(heads: object) -> dict[str, str]:
    given = [str(head).strip() for head in heads] if isinstance(heads, list) else []
    names = {head: COLUMNS.get(head, head) for head in given}
    unknown = [head for head, name in names.items() if name not in _NAMES]
    if unknown:
        raise Malformed(f"no such column: {', '.join(unknown)}", where="file")
    missing = {"department", "dataset", "grade"} - set(names.values())
    if missing:
        raise Malformed(f"a column is missing: {', '.join(sorted(missing))}", where="file")
    return names


def _entry(row: Mapping[str, str]) -> Entry:
    said = {name: cell.strip() for name, cell in row.items()}
    opening = said.get("opening", "")
    return Entry(
        department=said["department"],
        dataset=said["dataset"],
        grade=_GRADES.get(said["grade"]) or _whole(said["grade"], "grade") or 0,
        pattern=said.get("pattern") or "**",
        target=said.get("target", ""),
        opening=_OPENINGS.get(opening, opening),
        registered=_truth(said.get("registered", ""), "registered"),
        system=said.get("system", ""),
        approved=said.get("approved", ""),
        open_export=_truth(said.get("open_export", ""), "open_export"),
        expected=tuple(said.get("expected", "").replace("、", " ").replace(";", " ").split()),
        population=_whole(said.get("population", ""), "population"),
    )


def _whole(text: str, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Malformed("is no number", where=where)
    return int(text)


def _truth(text: str, where: str) -> bool:
    said = text.lower()
    if said not in _TRUTH and said not in _FALSE:
        raise Malformed("is neither 是 nor 否", where=where)
    return said in _TRUTH


def _take(session: Session, entry: Entry, *, key: bytes, by: Person, now: dt.datetime) -> str:
    there = found(session, entry.department, entry.dataset)
    if there is None:
        declare(session, entry, key=key, by=by, now=now)
        return "added"
    if _same(there, entry):
        return "unchanged"
    declare(session, entry, key=key, by=by, now=now, expected_version=there.version)
    return "changed"


def _same(row: CatalogueEntry, entry: Entry) -> bool:
    return all(
        getattr(row, name) == (list(value) if isinstance(value, tuple) else value)
        for name in _NAMES
        for value in (getattr(entry, name),)
    )
