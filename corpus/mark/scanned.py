"""Scans of marked and of innocent first pages, as they come from the glass of a scanner."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.dice import Dice
from corpus.document.picture import RESOLUTIONS, scan
from corpus.mark.decoy import decoys
from corpus.mark.grammar import VALID, Stamp
from corpus.mark.layout import layout, page
from corpus.mark.page import Page

_INNOCENT = ("law", "ledger", "agreement", "novel", "open", "rating", "tender")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A picture of a page (PNG), the page with its truth, and the dots an inch."""

    page: Page
    picture: bytes
    resolution: int


def _picture(dice: Dice, one: Page, resolution: int) -> Scanned:
    skew = dice.between(-1.2, 1.2)
    made = scan(one.lines, resolution=resolution, seal=dice.chance(0.7), skew=skew)
    return Scanned(page=one, picture=made, resolution=resolution)


def scans(count: int, seed: str = "1") -> Iterator[Scanned]:
    """Scan marked pages at 150, 200 and 300 dots in turn, most with a seal over their head."""
    for number in range(count):
        dice = Dice(f"{seed}/scan/{number}")
        level, term = dice.pick(VALID)
        mark = Stamp(level, term, f"{level}★{term}")
        plan = replace(layout(number % 300, seed), part="body")
        yield _picture(dice, page(plan, mark, dice), RESOLUTIONS[number % len(RESOLUTIONS)])


def innocent(count: int, seed: str = "1") -> Iterator[Scanned]:
    """Scan pages that bear no mark."""
    pages = (one for one in decoys(count * 4, seed) if one.why in _INNOCENT)
    for number, one in zip(range(count), pages, strict=False):
        dice = Dice(f"{seed}/innocent/{number}")
        yield _picture(dice, one, RESOLUTIONS[number % len(RESOLUTIONS)])
