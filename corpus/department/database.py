"""Three databases in files, as the department's systems keep them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.department.item import Table, table, together
from corpus.dice import Dice
from corpus.person import children


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A SQLite file: tables by name, the grade of each, and what was planted."""

    path: str
    tables: dict[str, tuple[tuple[str, ...], ...]]
    grades: dict[str, int]
    violations: tuple[str, ...]
    kinds: Counter[str]
    planted: frozenset[tuple[str, str]]


_SOCIAL = (
    ("insured_person", "name resident_id mobile address", 800, 4),
    ("payment", "resident_id bank_card amount date", 900, 4),
    ("employer", "company uscc landline", 200, 1),
    ("region", "place count share", 60, 1),
)
_PERSONNEL = (
    ("staff", "name sex birth_date resident_id education", 200, 4),
    ("salary", "name income bank_card date", 200, 4),
    ("sys_user", "account password department", 40, 4),
    ("attendance", "name date status", 400, 2),
)
_TRAINING = (
    ("course", "title amount date", 60, 1),
    ("trainee", "name mobile email", 300, 3),
    ("case_log", "case_number title status date", 300, 1),
)


def _database(
    dice: Dice, path: str, rows: tuple[tuple[str, str, int, int], ...], extra: dict[str, Table]
) -> Database:
    made = {name: table(dice.split(name), keys, count) for name, keys, count, _ in rows} | extra
    kinds, values = together(*made.values())
    kinds += Counter(minor=sum(len(one.rows) - 1 for one in extra.values()))
    return Database(
        path=path,
        tables={name: _distinct(one.rows) for name, one in made.items()},
        violations=("V07",) if "password" in kinds else (),
        grades={name: grade for name, _, _, grade in rows} | dict.fromkeys(extra, 4),
        kinds=kinds,
        planted=values,
    )


def _distinct(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    head, *others = rows
    names = [name if name not in head[:at] else f"{name}_{at}" for at, name in enumerate(head)]
    return (tuple(names), *others)


def databases(dice: Dice) -> Iterator[Database]:
    """Make the three databases: social insurance, personnel, training."""
    young = dice.split("children")
    kids = table(young, "name sex resident_id student_number", 120, children(young, 120))
    yield _database(dice.split("social"), "数据库/social.db", _SOCIAL, {"child_insured": kids})
    yield _database(dice.split("personnel"), "数据库/personnel.db", _PERSONNEL, {})
    yield _database(dice.split("training"), "数据库/training.db", _TRAINING, {})
