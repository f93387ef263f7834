"""500 labelled columns: of every kind, and of what holds nothing, under headings of all styles."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.column.cell import CELLS, NOTHING_CELLS
from corpus.column.heading import CHECKED, GENERIC, HEADINGS, NOTHING
from corpus.dice import Dice

COLUMNS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with its truth. `kind` is empty where it holds nothing of interest.

    `named` says that the heading alone tells the kind, so that it can be judged without cells.
    """

    header: str
    cells: tuple[str, ...]
    kind: str
    beside: tuple[str, ...] = ()
    why: str = ""
    named: bool = True


_EMPTY = ("", "", "", "无", "-", "/", "NULL")


def _cells(dice: Dice, kind: str, count: int, *, nothing: bool) -> tuple[str, ...]:
    maker = NOTHING_CELLS[kind] if nothing else CELLS[kind]
    empty = dice.pick((0.0, 0.0, 0.05, 0.3))
    untidy = dice.pick((0.0, 0.0, 0.02))
    mark = dice.pick(("", "", "", "'", " "))
    made = []
    for _ in range(count):
        if dice.chance(empty):
            made.append(dice.pick(_EMPTY))
        elif dice.chance(untidy):
            made.append(dice.pick(("待核实", "?", "见附件", "同上")))
        else:
            made.append(mark + maker(dice) if kind in CHECKED else maker(dice))
    return tuple(made)


def _styled(dice: Dice, heading: str) -> str:
    forms = (
        heading,
        heading,
        heading,
        f" {heading} ",
        f"{heading}*",
        f"t_{heading}",
        f"{heading}（必填）",
    )
    form = dice.pick(forms)
    if heading.isascii():
        return form.replace("（必填）", "_1")
    return heading if form.startswith("t_") else form


def _known(dice: Dice, kind: str, count: int) -> Column:
    named = not (kind in CHECKED and dice.chance(0.3))
    header = _styled(dice, dice.pick(HEADINGS[kind])) if named else dice.pick(GENERIC)
    cells = _cells(dice, kind, count, nothing=False)
    return Column(header=header, cells=cells, kind=kind, beside=_beside(dice), named=named)


def _nothing(dice: Dice, why: str, count: int) -> Column:
    cells = _cells(dice, why, count, nothing=True)
    header = _styled(dice, dice.pick(NOTHING[why]))
    return Column(header=header, cells=cells, kind="", beside=_beside(dice), why=why)


_LYING = (
    ("手机号", "date"), ("姓名", "serial"), ("身份证号", "status"), ("地址", "url"),
    ("银行卡号", "amount"), ("邮箱", "status"), ("phone", "millis"), ("id_card", "snowflake"),
    ("name", "product"), ("车牌号", "count"),
)  # fmt: skip
"""Headings over something else: the cells decide."""


def _lying(dice: Dice, count: int) -> Column:
    header, why = dice.pick(_LYING)
    cells = _cells(dice, why, count, nothing=True)
    return Column(
        header=header, cells=cells, kind="", beside=_beside(dice), why="lying", named=False
    )


def _beside(dice: Dice) -> tuple[str, ...]:
    kinds = dice.some(sorted(HEADINGS), 2)
    others = dice.some(sorted(NOTHING), 2)
    return (
        *(dice.pick(HEADINGS[kind]) for kind in kinds),
        *(dice.pick(NOTHING[key]) for key in others),
    )


def column(number: int, seed: str = "1") -> Column:
    """Make the column of this number: three fifths of a kind, the others nothing."""
    dice = Dice(f"{seed}/column/{number}")
    count = dice.whole(60, 400)
    if number % 25 == 24:
        return _lying(dice, count)
    if number % 5 < 3:
        kinds = tuple(HEADINGS)
        return _known(dice, kinds[(number // 5 * 3 + number % 5) % len(kinds)], count)
    others = tuple(NOTHING)
    return _nothing(dice, others[(number // 5 * 2 + number % 5 - 3) % len(others)], count)


def columns(count: int = COLUMNS, seed: str = "1") -> Iterator[Column]:
    """Make columns one by one."""
    return (column(number, seed) for number in range(count))
