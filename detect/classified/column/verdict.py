"""What a column holds: said by its heading, the shares of its cells, and words within them."""

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from detect.classified.column.content import CHECKS, LEADING, SHAPES, holding
from detect.classified.column.lexicon import LAST_WORD
from detect.classified.column.rule import (
    CHECKED,
    KIN,
    LEXICAL,
    MASKED,
    SHAPED,
    Rule,
    family_of,
)
from detect.classified.column.unnamed import names, unnamed
from detect.classified.column.view import Column, View
from detect.classified.word.address import is_masked_address
from detect.classified.word.naming import is_masked_name
from situation.content.verdict import Reason

By = Literal["name", "values", "both", "text"]
NAME_WEIGHT: Final = 0.4
VALUE_WEIGHT: Final = 0.6
"""Weights of the heading and of the share of cells that fit."""
_HIGHEST: Final = 0.99
_TEXT_SHARE: Final = 0.02
"""Share of cells that hold a kind within other text from which it is said of the column."""


class Judged(NamedTuple):
    """A kind that a column holds, how surely, in what share of its cells, and what decided."""

    kind: str
    confidence: float
    share: float
    by: By
    reasons: tuple[Reason, ...] = ()


def judge(column: Column) -> tuple[Judged, ...]:
    """Return what a column holds, its main kind first; nothing where that is not known.

    Several kinds are said of a column of free text alone, and of one that is masked in part.
    """
    view = View(column)
    if not view.sampled:
        return tuple(_by_name(view))
    for step in (_masked, _counted, _named, _alone):
        if found := step(view):
            return (found,)
    return tuple(_within(view))


def _judged(kind: str, strength: float, share: float, *codes: str) -> Judged:
    weighed = NAME_WEIGHT * strength + VALUE_WEIGHT * share
    confidence = max(weighed, share) if strength == 0 or kind in CHECKED else weighed
    by: By = "both" if strength and share else "values" if share else "name"
    reasons = tuple(Reason(code=code) for code in codes)
    return Judged(kind, min(_HIGHEST, round(confidence, 3)), round(share, 4), by, reasons)


def _by_name(view: View) -> Iterator[Judged]:
    """Yield the kind that the heading of a column without cells names."""
    told = [one for one in view.said if one.strength > LAST_WORD]
    if told:
        yield Judged(told[0].kind, round(told[0].strength * 0.7, 3), 0.0, "name", _NO_CELLS)


_NO_CELLS = (Reason(code="header_only"),)


def _strength(view: View, kind: str) -> float:
    """Return how surely the heading names a kind, or one that it may stand under."""
    return max((one.strength for one in view.said if kind in family_of(one.kind)), default=0.0)


_MASKED_WORDS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("name", is_masked_name),
    ("address", is_masked_address),
)


def _masked(view: View) -> Judged | None:
    """Return the kind whose values stand there with signs hidden."""
    shares = view.counted_kinds("masked:")
    named = {one.kind for one in view.said}
    shares |= {
        kind: view.share(check) for kind, check in _MASKED_WORDS if kind in named or not named
    }
    likely = [kind for kind, share in shares.items() if share >= MASKED]
    if not likely:
        return None
    kind = max(likely, key=lambda kind: (_strength(view, kind), shares[kind]))
    return _judged(kind, _strength(view, kind), shares[kind], "masked")


def _wanted(view: View, kind: str, rule: Rule) -> float:
    if any(one.kind == kind for one in view.said):
        return rule.named
    if _strength(view, kind):
        return max(rule.named, SHAPED)
    return rule.against if view.against else rule.alone


def _counted(view: View) -> Judged | None:
    """Return the kind that enough cells are, by their validators."""
    shares = view.counted_kinds()
    enough = {
        kind: share
        for kind, share in shares.items()
        if share >= _wanted(view, kind, CHECKED.get(kind, _OWN)) and _proved(view, kind)
    }
    if not enough:
        return None
    kind = max(
        enough, key=lambda kind: (round(enough[kind], 1), _exact(view, kind), _ORDER.get(kind, 0))
    )
    return _judged(kind, _strength(view, kind), enough[kind])


def _proved(view: View, kind: str) -> bool:
    """Return whether cells of a bare shape are no version numbers, which are small throughout."""
    return kind != "ipv4" or bool(_strength(view, kind)) or view.share(_LARGE) >= _LARGE_SHARE


_LARGE: Final = holding(r"(?<!\d)(?:1\d\d|2[0-5]\d)(?!\d)")
_LARGE_SHARE: Final = 0.5
_OWN: Final = Rule(0.8, 0.95)
"""The rule of a city's own patterns."""
_ORDER: Final = {kind: -place for place, kind in enumerate(CHECKED)}


def _exact(view: View, kind: str) -> bool:
    return any(one.kind == kind for one in view.said)


def _named(view: View) -> Judged | None:
    """Return the kind that the heading names and the cells do not deny."""
    for one in view.said:
        if one.kind == "account" and (share := names(view)) >= LEXICAL["name"]:
            return _judged("name", one.strength * _KIN_STRENGTH, share)
        for kind in (one.kind, *KIN.get(one.kind, ())):
            if share := _looks(view, kind):
                strength = one.strength if kind == one.kind else one.strength * _KIN_STRENGTH
                return _judged(kind, strength, share)
    return None


_KIN_STRENGTH: Final = 0.75


def _looks(view: View, kind: str) -> float:
    """Return the share of cells that look like a kind, if they are enough."""
    if kind in CHECKS and (share := view.share(CHECKS[kind])) >= LEXICAL[kind]:
        return share
    if kind in SHAPES and (share := view.share(SHAPES[kind])) >= SHAPED:
        return share
    return 0.0


def _alone(view: View) -> Judged | None:
    """Return what the cells tell where the heading is not known."""
    found = None if view.said or view.against else unnamed(view)
    return found and _judged(found[0], 0.0, found[1])


def _within(view: View) -> Iterator[Judged]:
    """Yield the kinds that stand within the text of cells: notes, remarks, JSON."""
    shares = view.counted_kinds("text:")
    for one in view.said:
        if shares and one.kind in LEADING and (share := view.share(LEADING[one.kind])) >= SHAPED:
            shares[one.kind] = share
    for kind, share in sorted(shares.items(), key=lambda row: (-row[1], row[0])):
        if share >= _TEXT_SHARE or share * view.sampled >= 1:
            yield Judged(kind, round(min(0.9, 0.6 + share * 0.3), 3), round(share, 4), "text")
