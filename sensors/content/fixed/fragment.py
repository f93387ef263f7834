"""Fragments of text on a page, and lines out of them.

Writers set a line in as many fragments as they like, in any order, down to one for each
character. What stands on one baseline, one close to the other, is one line to a reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from situation.content.place import Box

_SAME_LINE = 0.4
"""Shares of the size by which baselines of one line may differ."""
_TOUCHING = 0.6
"""Shares of the size up to which a gap is none: a number must not fall apart where the width of
its figures is only estimated."""
_AGAIN = 0.35
"""Shares of the size within which the same text is the same one, drawn again."""
_WORD = 2.0
"""Shares of the size up to which a gap is a space; a wider one is a tab."""
_OVERLAP = -0.5
"""Shares of the size by which one fragment may reach into the next: widths are estimated."""

_AGAINST_OVERLAP = 4.0
"""How much rather a text follows after a gap than over the end of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """Text on one baseline. Lengths are in the page's unit, downwards from its upper left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    points: float | None = None
    is_hidden: bool = False

    def box(self, width: float, height: float) -> Box | None:
        """Return it as shares of a page of that size; None on a page without any."""
        if width <= 0 or height <= 0:
            return None
        return Box(
            left=_share(self.left, width),
            top=_share(self.top, height),
            right=_share(self.right, width),
            bottom=_share(self.bottom, height),
        )


def _share(length: float, whole: float) -> float:
    return round(min(max(length / whole, 0.0), 1.0), 4)


def lines_of(fragments: Sequence[Fragment], reach: float) -> list[Fragment]:
    """Join what stands on one line with gaps of at most `reach` sizes.

    Lines keep the order of their first fragments. Of texts that lie over one another each is a
    line of its own; one that was drawn twice, to look bold, comes once.
    """
    lines = [
        (chain[0], _line([fragments[at] for at in chain]))
        for row in _rows(fragments)
        for chain in _chains(fragments, row, reach)
    ]
    return [line for _, line in sorted(lines, key=lambda numbered: numbered[0])]


def _rows(fragments: Sequence[Fragment]) -> list[list[int]]:
    """Return the numbers of the fragments on each baseline, from left to right."""
    rows: list[list[int]] = []
    baseline = float("-inf")
    for at in sorted(range(len(fragments)), key=lambda at: fragments[at].bottom):
        fragment = fragments[at]
        if not rows or fragment.bottom - baseline > _SAME_LINE * fragment.size:
            rows.append([])
            baseline = fragment.bottom
        rows[-1].append(at)
    return [sorted(row, key=lambda at: (fragments[at].left, at)) for row in rows]


def _chains(fragments: Sequence[Fragment], row: Sequence[int], reach: float) -> list[list[int]]:
    """Put each fragment behind the one that it follows, or begin a line with it.

    It follows the one that was set right before it, else the nearest.
    """
    chains: list[list[int]] = []
    for at in row:
        if any(_is_again(fragments[chain[-1]], fragments[at]) for chain in chains):
            continue
        near = [
            (at - chain[-1] != 1, _distance(fragments[chain[-1]], fragments[at]), chain)
            for chain in chains
            if _joins(fragments[chain[-1]], fragments[at], reach)
        ]
        if near:
            min(near)[2].append(at)
        else:
            chains.append([at])
    return chains


def _distance(one: Fragment, other: Fragment) -> float:
    gap = _gap(one, other)
    return gap if gap >= 0 else -gap * _AGAINST_OVERLAP


def _is_again(one: Fragment, other: Fragment) -> bool:
    return one.text == other.text and abs(one.left - other.left) < _AGAIN * one.size


def _joins(one: Fragment, other: Fragment, reach: float) -> bool:
    return _OVERLAP <= _gap(one, other) <= reach and one.is_hidden == other.is_hidden


def _line(parts: Sequence[Fragment]) -> Fragment:
    first = parts[0]
    if len(parts) == 1:
        return first
    text = first.text + "".join(_space(one, other) + other.text for one, other in pairwise(parts))
    return Fragment(
        text=text,
        left=first.left,
        top=min(part.top for part in parts),
        right=max(part.right for part in parts),
        bottom=max(part.bottom for part in parts),
        size=max(part.size for part in parts),
        points=max(part.points or 0.0 for part in parts) or None,
        is_hidden=first.is_hidden,
    )


def _gap(one: Fragment, other: Fragment) -> float:
    """Return the gap between two fragments in sizes; below zero where one lies on the other."""
    return (other.left - one.right) / max(one.size, other.size, 1e-6)


def _space(one: Fragment, other: Fragment) -> str:
    gap = _gap(one, other)
    if gap <= _TOUCHING:
        return ""
    return " " if gap <= _WORD else "\t"
