"""V01 to V03: marks of secrecy where none may be, and marks that are wrong."""

import datetime as dt
from collections.abc import Callable
from typing import Final, NamedTuple

from detect.classified.breach.case import OPEN_ZONES, Case, violated
from detect.classified.mark.scoring import RAISED, REVIEW
from situation.content.verdict import Mark, Reason, Violation

_EVIDENT: Final = frozenset({"star", "star_term", "like", "like_term", "term_only", "numbered"})
"""Signals that make a mark more than a word in a form."""
_NONE: Final[frozenset[str]] = frozenset()


class _Reading(NamedTuple):
    """What a mark comes to: its severity, the code that says why, and when it applies."""

    severity: int
    code: str
    applies: Callable[[Case, Mark], bool]


def _codes(mark: Mark) -> set[str]:
    return {reason.code for reason in mark.reasons}


def _lies_ahead(case: Case, mark: Mark) -> bool:
    day = next((reason.detail for reason in mark.reasons if reason.code == "exam_day"), "")
    return mark.classed == "exam" and case.today is not None and _last_day(day) >= case.today


def _last_day(text: str) -> dt.date:
    """Return the last day that `2026`, `2026-06` or `2026-06-07` may mean."""
    if not text:
        return dt.date.min
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    if day:
        return dt.date(year, month, day)
    following = dt.date(year + month // 12, month % 12 + 1, 1) if month else dt.date(year + 1, 1, 1)
    return following - dt.timedelta(days=1)


_READINGS: Final = (
    _Reading(0, "mark_secret", lambda _, mark: mark.classed == "secret" and mark.score >= RAISED),
    _Reading(0, "mark_exam_ahead", _lies_ahead),
    _Reading(2, "mark_lifted", lambda _, mark: mark.classed == "lifted"),
    _Reading(
        2, "mark_suspected", lambda _, mark: _is_doubtful(mark) and bool(_codes(mark) & _EVIDENT)
    ),
    _Reading(3, "mark_word", lambda _, mark: _is_doubtful(mark)),
    _Reading(3, "mark_exam", lambda _, mark: mark.classed == "exam"),
    _Reading(
        3, "mark_ledger", lambda _, mark: mark.classed == "discussion" and "ledger" in _codes(mark)
    ),
    _Reading(4, "mark_discussed", lambda _, mark: mark.classed == "discussion"),
)
"""Readings of a mark, the gravest first; the first that applies holds."""


def _is_doubtful(mark: Mark) -> bool:
    return mark.classed == "secret" and REVIEW <= mark.score < RAISED


def secret_mark(case: Case) -> Violation | None:
    """V01: a mark of a state secret on a network that is none for secrets."""
    read: dict[_Reading, int] = {}
    for mark in case.verdict.marks:
        reading = next((one for one in _READINGS if one.applies(case, mark)), None)
        if reading is not None:
            read[reading] = read.get(reading, 0) + 1
    if not read:
        return None
    order = [one for one in _READINGS if one in read]
    reasons = [Reason(code=one.code, detail=str(read[one])) for one in order]
    return violated(case, "V01", order[0].severity, reasons, _NONE)


def house_mark(case: Case) -> Violation | None:
    """V02: what is meant for the house lies where others can come to it."""
    count = sum(mark.classed == "work_secret" for mark in case.verdict.marks)
    zone = case.exposure.zone
    if not count or not (zone != "internal" or case.anonymous):
        return None
    severity = 2 if zone in OPEN_ZONES - {"personal"} or case.anonymous else 3
    reasons = [Reason(code="work_mark", detail=str(count)), Reason(code=f"zone_{zone}")]
    if case.anonymous:
        reasons.append(Reason(code="anonymous"))
    return violated(case, "V02", severity, reasons, _NONE)


def wrong_mark(case: Case) -> Violation | None:
    """V03: a star where there is no state secret, or a term that its level may not have."""
    reasons = [
        Reason(code=f"mark_{fault}", detail=str(count))
        for fault in ("misuse", "over_limit")
        if (count := sum(_is_wrong(mark, fault) for mark in case.verdict.marks))
    ]
    return violated(case, "V03", 4, reasons, _NONE) if reasons else None


def _is_wrong(mark: Mark, fault: str) -> bool:
    return fault in mark.faults and mark.classed not in {"discussion", "exam"}
