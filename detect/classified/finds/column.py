"""One pass over a column: its cells as whole values, then what is left of it as text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from detect.classified.context import raised
from detect.classified.normal import folded
from detect.classified.number.number import bare
from detect.classified.recogniser import NEAR, Candidate, Columnar, Fits, Recogniser
from detect.classified.ruleset import Ruleset
from detect.classified.settling import ACCEPTED

_APART: Final = "\n\n\n"
"""Between cells that are read as text: no cell stands beside another."""


@dataclass
class Pass:
    """What one pass found: cells that fit as a whole, and candidates within longer cells.

    `within` has the row of each candidate, `near` counts by kind the cells that fail nothing but
    the checksum. `mask` is that of the prefilter.
    """

    mask: int = 0
    near: Counter[str] = field(default_factory=Counter)
    whole: list[Fits] = field(default_factory=list)
    within: list[tuple[int, Candidate]] = field(default_factory=list)


def pass_over(ruleset: Ruleset, header: str, cells: Sequence[str], named: str = "") -> Pass:
    """Judge the cells of one column under its heading, which may be empty.

    `named` is the kind that the heading itself makes of every cell: it is not looked for again.
    """
    joined = "\n".join(cells)
    data = joined.encode("utf-8", "surrogatepass")
    mask = ruleset.prefilter.awake(data) | ruleset.named_by(header)
    found = Pass(mask)
    if not mask:
        return found
    if not data.isascii():
        cells = _folded(joined, cells)
    rules = list(ruleset.awake(mask))
    left = _whole(ruleset, rules, header, cells, found)
    others = [rule for rule in rules if rule.kind != named]
    found.within.extend(_within(ruleset, others, header, left, cells))
    return found


def _folded(joined: str, cells: Sequence[str]) -> Sequence[str]:
    together = folded(joined).split("\n")
    return together if len(together) == len(cells) else list(map(folded, cells))


def _whole(
    ruleset: Ruleset,
    rules: Sequence[Recogniser],
    header: str,
    cells: Sequence[str],
    found: Pass,
) -> Sequence[int]:
    """Find cells that fit as a whole; return the rows that are left.

    The kind that the heading names comes first, then the order of priority. What is not sure
    takes no cell from another.
    """
    rows: Sequence[int] = [row for row, cell in enumerate(cells) if cell]
    plain: Sequence[str] = [bare(cells[row]) for row in rows]
    heads, rank = ruleset.settling.heads, ruleset.settling.rank
    columnar = [rule for rule in rules if isinstance(rule, Columnar)]
    columnar.sort(key=lambda rule: (heads(rule.kind, header) <= 0, rank(rule.kind)))
    for rule in columnar:
        taken: set[int] = set()
        for fits in rule.cells(plain):
            if fits.confidence == NEAR:
                found.near[fits.kind] += len(fits.rows)
                continue
            found.whole.append(fits._replace(rows=[rows[at] for at in fits.rows]))
            if raised(fits.confidence, heads(fits.kind, header)) >= ACCEPTED:
                taken.update(fits.rows)
        if taken:
            left = [at for at in range(len(rows)) if at not in taken]
            rows, plain = [rows[at] for at in left], [plain[at] for at in left]
    return rows


def _within(
    ruleset: Ruleset,
    rules: Sequence[Recogniser],
    header: str,
    left: Sequence[int],
    cells: Sequence[str],
) -> Iterator[tuple[int, Candidate]]:
    """Find what stands within the cells that are left, as in any text."""
    if not left or not rules:
        return
    text = _APART.join([cells[row].replace("\n", " ") for row in left])
    found = (candidate for rule in rules for candidate in rule.find(text))
    at, line = 0, 0
    for candidate in ruleset.settling.settle(text, found, header):
        line += text.count(_APART, at, candidate.start)
        at = candidate.start
        yield left[line], candidate
