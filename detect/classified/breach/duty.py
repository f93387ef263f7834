"""V06, V07, V11 and V12: labels, credentials, what cannot be read, exports without approval."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from detect.classified.breach.case import OPEN_ZONES, Case, violated
from situation.content.grade import DataGrade
from situation.content.piece import UnreadableReason
from situation.content.verdict import Reason, Violation

_NONE: Final[frozenset[str]] = frozenset()
_DOORS: Final = frozenset({"connection_string", "cloud_key", "private_key"})
"""Credentials that open a system by themselves, without anybody's second factor."""

UNREADABLE: Final[Mapping[UnreadableReason, int]] = {
    "encrypted": 3,
    "unknown_type": 4,
    "truncated": 4,
    "broken": 4,
    "too_large": 3,
    "too_deep": 3,
    "too_many": 3,
    "ratio": 3,
    "time": 3,
    "memory": 3,
    "crash": 3,
    "no_reader": 4,
    "garbled": 4,
    "denied": 4,
    "vanished": 4,
    "path": 3,
    "changing": 4,
}
"""Severity of what could not be read: 3 where somebody may hide something, else 4."""


def mislabelled(case: Case) -> Violation | None:
    """V06: the grade that was declared is missing, too low, or was tampered with."""
    grade, declared = case.verdict.grade, case.declared
    if declared is not None and not declared.label_valid:
        return violated(case, "V06", 2, [Reason(code="label_broken", grade=declared.grade)], _NONE)
    if declared is None or declared.grade is DataGrade.NONE:
        if grade < DataGrade.GENERAL_3:
            return None
        return violated(case, "V06", 4, [Reason(code="label_missing", grade=grade)], case.raw)
    if declared.grade >= grade:
        return None
    reasons = [
        Reason(code="label_low", grade=declared.grade),
        Reason(code="grade", grade=grade),
    ]
    return violated(case, "V06", 2 if grade >= DataGrade.IMPORTANT else 3, reasons, case.raw)


def credentials(case: Case) -> Violation | None:
    """V07: passwords, keys and tokens in files that others read."""
    kinds = case.of_class("authentication")
    if not kinds:
        return None
    exposure = case.exposure
    exposed = bool(case.anonymous or exposure.world_readable or exposure.zone in OPEN_ZONES)
    severity = (2 if kinds & _DOORS else 3) - exposed
    reasons = [Reason(code="credentials", detail=str(_count(case, kinds)))]
    if exposed:
        reasons.append(Reason(code="exposed"))
    return violated(case, "V07", severity, reasons, kinds)


def _count(case: Case, kinds: frozenset[str]) -> int:
    return sum(hit.count for hit in case.verdict.hits if hit.kind in kinds) or 1


def unreadable(case: Case) -> Violation | None:
    """V11: something of it could not be read, so that nobody knows what it holds."""
    found = Counter(piece.reason for piece in case.verdict.unreadable)
    if not found:
        return None
    order = sorted(found, key=lambda reason: (UNREADABLE[reason], reason))
    reasons = [Reason(code=f"unreadable_{reason}", detail=str(found[reason])) for reason in order]
    return violated(case, "V11", UNREADABLE[order[0]], reasons, _NONE)


def unapproved(case: Case) -> Violation | None:
    """V12: an export that nobody approved, or of what must not be opened at all."""
    declared = case.declared
    if declared is None or not declared.open_export:
        return None
    grade = max(case.verdict.grade, declared.grade)
    closed = declared.opening == "none"
    if declared.approved and not closed:
        return None
    reasons = [Reason(code="opening_none" if closed else "approval_missing")]
    if grade >= DataGrade.GENERAL_3:
        reasons.append(Reason(code="grade", grade=grade))
    severity = 1 if grade >= DataGrade.GENERAL_4 else 2 if closed else 3
    if grade is DataGrade.GENERAL_3:
        severity = 2
    return violated(case, "V12", severity, reasons, case.raw)
