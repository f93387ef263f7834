"""Names of regions (GB/T 2260) at the head of an address."""

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, NamedTuple

_SUFFIXES = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区",
    "省", "市", "盟",
)  # fmt: skip
_GROUPS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "郊区", "城区", "矿区")
"""Names that stand for no place of their own."""


_SHORTEST = 2
_COUNTY = 3


class Region(NamedTuple):
    """A name of a region: `level` 1 province, 2 city, 3 county or district."""

    name: str
    level: int


def _level(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _short(name: str) -> str:
    """Return the name without what it is called: 广东 of 广东省, 内蒙古 of 内蒙古自治区."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= _SHORTEST:
            return name.removesuffix(suffix)
    return name


def _spelled(code: str, row: Mapping[str, str]) -> list[Region]:
    level = _level(code)
    names = [row["name"], *filter(None, (row["former"] or "").split("|"))]
    full = [Region(name, level) for name in names if name not in _GROUPS]
    return full + [Region(_short(region.name), level) for region in full if level < _COUNTY]


def _tree() -> dict[str, tuple[Region, ...]]:
    """Return the names by their first two characters, the longest first."""
    text = files("detect.classified.number").joinpath("data", "region.csv").read_text("utf-8")
    tree: dict[str, set[Region]] = {}
    for row in csv.DictReader(text.splitlines()):
        for region in _spelled(row["code"], row):
            tree.setdefault(region.name[:2], set()).add(region)
    return {
        head: tuple(sorted(rows, key=lambda row: (-len(row.name), row)))
        for head, rows in tree.items()
    }


_TREE: Final = _tree()


def region_at(text: str, start: int) -> Region | None:
    """Return the longest name of a region that begins at a place of a text."""
    for region in _TREE.get(text[start : start + 2], ()):
        if text.startswith(region.name, start):
            return region
    return None


def regions_at(text: str, start: int) -> tuple[int, int]:
    """Return how many regions follow one another from a place on, and where they end.

    A blank may stand between them.
    """
    count = level = 0
    while (region := region_at(text, start)) is not None and region.level >= level:
        count, level, start = count + 1, region.level, start + len(region.name)
        if text.startswith(" ", start) and region_at(text, start + 1):
            start += 1
    return count, start
