"""The whole department: all items written into a folder, with truth and planted values."""

import csv
import io
import json
import pathlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from corpus.department import paper, parcel, share, source
from corpus.department.database import Database, databases
from corpus.department.item import NAME, Item
from corpus.dice import Dice
from corpus.document.data import fill_sqlite

CATALOGUE = (
    ("数据集", "级别", "路径", "开放属性", "所属系统", "审批", "公开发布", "应有类型"),
    ("人事档案", "一般4级", "**/人事/**", "不予开放", "人事系统", "", "否", ""),
    ("医保业务", "一般4级", "**/业务/医保/**", "不予开放", "医保系统", "", "否", "medical minor"),
    ("失业保险", "一般4级", "**/业务/失业保险/**", "不予开放", "失业保险系统", "", "否", ""),
    ("工伤业务", "一般3级", "**/业务/工伤/**", "不予开放", "工伤系统", "", "否", ""),
    ("稽核业务", "一般3级", "**/业务/稽核/**", "有条件开放", "稽核系统", "", "否", ""),
    (
        "开放数据",
        "一般1级",
        "**/导出/开放数据/**",
        "无条件开放",
        "开放平台",
        "示数开〔2026〕7号",
        "是",
        "",
    ),
    ("待发导出", "一般2级", "**/导出/待发/**", "有条件开放", "开放平台", "", "是", ""),
    ("统计资料", "一般1级", "**/公共共享/统计/**", "无条件开放", "", "", "否", ""),
    ("社保数据库", "一般4级", "**/数据库/social.db", "不予开放", "社保系统", "", "否", "minor"),
)
"""What the department declared; the columns are those of the desk's import."""
_OPEN, _CLOSED = 0o644, 0o600


def items(seed: str) -> Iterator[Item]:
    """Make all files of the department."""
    dice = Dice(f"{seed}/department")
    for name, room in (("share", share), ("paper", paper), ("source", source), ("parcel", parcel)):
        yield from room.items(dice.split(name))


def catalogue() -> str:
    """Write the catalogue as the desk imports it."""
    head, *rows = CATALOGUE
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("单位", *head))
    writer.writerows((NAME, *row) for row in rows)
    return out.getvalue()


def _put(folder: pathlib.Path, path: str, data: bytes, *, open_to_all: bool) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    place.chmod(_OPEN if open_to_all else _CLOSED)


_GRADES = {"一般1级": 1, "一般2级": 2, "一般3级": 3, "一般4级": 4}


def _label(path: str, grade: int | None) -> tuple[str, ...]:
    """Return V06 where a grade of 3 or above was not declared, or any was declared too low."""
    declared = [
        _GRADES[row[1]]
        for row in CATALOGUE[1:]
        if path.startswith(row[2].removeprefix("**/").removesuffix("**"))
    ]
    if grade is None or (not declared and grade < 3):
        return ()
    return ("V06",) if not declared or declared[0] < grade else ()


def _file_truth(item: Item) -> dict[str, object]:
    return {
        "path": item.path,
        "kinds": dict(sorted(item.kinds.items())),
        "grade": item.grade,
        "marks": [asdict(mark) for mark in item.marks],
        "violations": sorted({*item.violations, *_label(item.path, item.grade)}),
        "allowed": list(item.allowed),
        "unreadable": list(item.unreadable),
        "open_to_all": item.open_to_all,
        "note": item.note,
    }


def _database_truth(database: Database) -> dict[str, object]:
    grade = max(database.grades.values())
    return {
        "path": database.path,
        "kinds": dict(sorted(database.kinds.items())),
        "grade": grade,
        "tables": database.grades,
        "marks": [],
        "violations": sorted({*database.violations, *_label(database.path, grade)}),
        "allowed": [],
        "unreadable": [],
        "open_to_all": False,
        "note": "数据库",
    }


def _planted_lines(values: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{kind}\t{value}\n" for kind, value in sorted(set(values)))


def build(
    out: pathlib.Path,
    seed: str = "1",
    *,
    truth: pathlib.Path | None = None,
    planted: pathlib.Path | None = None,
) -> int:
    """Write the department into `out`; return how many files it has.

    `truth` receives what is true of each file as JSON, `planted` a line `kind<TAB>value` for each
    value that a scan must not store.
    """
    files: list[dict[str, object]] = []
    values: set[tuple[str, str]] = set()
    for item in items(seed):
        _put(out, item.path, item.data, open_to_all=item.open_to_all)
        files.append(_file_truth(item))
        values |= item.planted
    for database in databases(Dice(f"{seed}/department/database")):
        _put(out, database.path, b"", open_to_all=False)
        fill_sqlite(out / database.path, database.tables)
        files.append(_database_truth(database))
        values |= database.planted
    (out / "catalogue.csv").write_text(catalogue(), encoding="utf-8")
    if truth is not None:
        document = {"department": NAME, "seed": seed, "files": files}
        truth.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    if planted is not None:
        planted.write_text(_planted_lines(values), encoding="utf-8")
    return len(files)
