"""From a sighting to a mark: what it is taken for, its faults and its reasons."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from detect.classified.mark.grammar import OWNERS
from detect.classified.mark.line import Sighting
from detect.classified.mark.scoring import RAISED, REVIEW, SIGNALS, Signal, score_of, signals_of
from detect.classified.mark.term import over_limit
from detect.classified.mark.wording import DATE, EXAM, EXAM_TERM, ISSUE, LIFTED, STAMP
from situation.content.verdict import Mark, MarkClass, Reason

_AGAINST: Final = frozenset(signal.code for signal in SIGNALS if signal.points < 0)
_WEAK: Final = frozenset({"in_sentence", "topic", "loose", "levels"})
"""What befalls true marks as well: text without line ends, a collection of secret documents."""
_STILL_SEEN: Final = 50
_NEAR: Final = 3
_BESIDE: Final = 15
_EXAM_WORDS: Final = 2

REASONS: Final[dict[str, tuple[str, str]]] = {
    **{signal.code: (signal.zh, signal.en) for signal in SIGNALS},
    "exam_day": ("试卷所写的考试时间", "day of the exam"),
    "lifted": ("旁有解密或变更字样", "a stamp of declassification or change beside it"),
    "misuse": ("★仅用于国家秘密", "the star belongs to state secrets alone"),
    "house": ("内部管理用语", "wording for the house alone"),
}
"""Codes of a mark's reasons in Chinese and English."""


def judged(seen: Sighting) -> Mark | None:
    """Return the mark that a sighting is, or None for a word that is none."""
    signals = signals_of(seen)
    score = score_of(seen, signals)
    classed = _classed(seen, signals, score)
    if classed is None:
        return None
    form = seen.form
    return Mark(
        classed=classed,
        level=form.level,
        text=form.text,
        term=form.term.text if form.term else "",
        score=score,
        place=dataclasses.replace(seen.line.place, offset=form.start + 1),
        box=seen.line.box,
        faults=tuple(_faults(seen)),
        reasons=tuple(_reasons(seen, signals, classed)),
    )


def _classed(seen: Sighting, signals: tuple[Signal, ...], score: int) -> MarkClass | None:
    form = seen.form
    against = {signal.code for signal in signals} & _AGAINST
    if form.owner:
        return OWNERS[form.owner] if form.star == "star" and not against else None
    if score < REVIEW and form.star != "star":
        return None
    if score >= REVIEW and (_is_exam(seen) or _is_lifted(seen)):
        return "exam" if _is_exam(seen) else "lifted"
    if score < REVIEW or (score < RAISED and _speaks_against(against, score)):
        return "discussion"
    return "secret"


def _speaks_against(against: set[str], score: int) -> bool:
    return bool(against - _WEAK) or bool(against and score < _STILL_SEEN)


def _is_exam(seen: Sighting) -> bool:
    term = seen.form.term
    words = set(EXAM.findall(f"{seen.document}\n{seen.around}"))
    if term is None:
        told = EXAM_TERM.match(seen.right.lstrip()) is not None
        return len(words) + told >= _EXAM_WORDS and seen.form.star == "star"
    return term.kind == "condition" and bool(words) and EXAM_TERM.search(term.text) is not None


def _is_lifted(seen: Sighting) -> bool:
    if LIFTED.search(seen.left[-_BESIDE:]) or LIFTED.search(seen.right[:_BESIDE]):
        return True
    near = (*seen.before[-_NEAR:], *seen.after[:_NEAR])
    return any(STAMP.fullmatch(line) for line in near if line.strip())


def _faults(seen: Sighting) -> Iterator[str]:
    form = seen.form
    if over_limit(form.level, form.term, _issued(seen)):
        yield "over_limit"
    if form.owner:
        yield "misuse"
    elif form.term is None:
        yield "no_term"
    if form.split:
        yield "split"


def _issued(seen: Sighting) -> int | None:
    found = ISSUE.search(seen.around)
    return int(found["year"]) if found else None


def _reasons(seen: Sighting, signals: tuple[Signal, ...], classed: MarkClass) -> Iterator[Reason]:
    for signal in signals:
        yield Reason(code=signal.code, detail=f"{signal.points:+d}")
    if classed == "exam" and (day := exam_day(seen)):
        yield Reason(code="exam_day", detail=day)
    if classed == "lifted":
        yield Reason(code="lifted")
    if seen.form.owner:
        yield Reason(code="misuse")


def exam_day(seen: Sighting) -> str:
    """Return the latest day that an exam paper names, as `2026-06-07`, `2026-06` or `2026`."""
    days = (
        "-".join(part.zfill(2) for part in found.groups() if part)
        for found in DATE.finditer(f"{seen.document}\n{seen.around}")
    )
    return max((day for day in days if _is_day(day)), default="")


def _is_day(text: str) -> bool:
    full = re.sub(r"^(\d{4})$", r"\1-01", text)
    full = re.sub(r"^(\d{4}-\d\d)$", r"\1-01", full)
    try:
        dt.date.fromisoformat(full)
    except ValueError:
        return False
    return True
