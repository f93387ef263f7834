"""V04, V05 and V08 to V10: personal and graded data where it should not lie, or so much of it."""

from collections.abc import Iterator
from typing import Final

from detect.classified.breach.case import MANY, MILLION, OPEN_ZONES, Case, violated
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.content.verdict import Reason, Violation

_CONTACT: Final = 10
"""Fewer mobile numbers and nothing else are whom a page names for questions."""
_STEPS: Final = ((10_000_000, 1), (1_000_000, 2), (100_000, 3), (10_000, 4))
"""People from which duties change, the severity of passing them (网络数据安全管理条例 art 28;
the steps of the rules on cross-border flow, of important data and of large processors)."""
_AT_HOME: Final = ("minor", "medical")
_TOLD_TWICE: Final = 5
"""Values that one resource must hold masked and raw before both are copies of the same data."""


def published(case: Case) -> Violation | None:
    """V04: personal data that is not masked, in an export to be opened or on an open page."""
    opened = case.declared is not None and case.declared.open_export
    if not (opened or case.exposure.zone == "internet"):
        return None
    kinds = _personal(case)
    if not kinds:
        return None
    reasons = [Reason(code="open_export") if opened else Reason(code="zone_internet")]
    grade = case.verdict.grade
    if opened and grade >= DataGrade.GENERAL_4:
        reasons.append(Reason(code="grade", grade=grade))
        return violated(case, "V04", 1, [*reasons, *_people(case)], kinds)
    severity = min(_by_people(case), 2 if case.persons >= MANY else 3)
    return violated(case, "V04", severity, [*reasons, *_people(case)], kinds)


def _personal(case: Case) -> frozenset[str]:
    """Return the kinds that must not be published: identity, sensitive ones, phones, homes."""
    identity = case.of_class("identity")
    sensitive = frozenset(
        key
        for key in case.raw
        if key in KINDS and KINDS[key].sensitive and KINDS[key].klass != "authentication"
    )
    phones = case.raw & {"mobile"}
    homes = frozenset({"name", "address"}) if {"name", "address"} <= case.raw else frozenset()
    found = identity | sensitive | phones | homes
    if found == {"mobile"} and _distinct(case, "mobile") < _CONTACT:
        return frozenset()
    return found | (case.raw & {"name"}) if found else found


def _distinct(case: Case, kind: str) -> int:
    return max((hit.distinct for hit in case.verdict.hits if hit.kind == kind), default=_CONTACT)


def weakly_protected(case: Case) -> Violation | None:
    """V05: data of general-3 and above that is protected less than its grade asks for."""
    grade = case.verdict.grade
    if grade < DataGrade.GENERAL_3 or not (weak := list(_weaknesses(case))):
        return None
    reasons = [Reason(code="grade", grade=grade), *weak, *_people(case)]
    return violated(case, "V05", _protection_severity(case, grade), reasons, case.raw)


def _weaknesses(case: Case) -> Iterator[Reason]:
    exposure = case.exposure
    if exposure.zone in OPEN_ZONES:
        yield Reason(code=f"zone_{exposure.zone}")
    if exposure.anonymous:
        yield Reason(code="anonymous")
    if exposure.world_readable:
        yield Reason(code="world_readable")
    if exposure.world_writable:
        yield Reason(code="world_writable")
    if exposure.encrypted_transport is False:
        yield Reason(code="cleartext")


def _protection_severity(case: Case, grade: DataGrade) -> int:
    if grade is DataGrade.CORE:
        return 0
    in_reach = case.anonymous or case.exposure.zone in {"internet", "public_share"}
    if in_reach and (grade is DataGrade.IMPORTANT or case.persons >= MILLION):
        return 1
    if grade is DataGrade.IMPORTANT:
        return 2
    if in_reach or case.exposure.encrypted_transport is False:
        return min(_by_people(case), 2 if case.persons >= MANY else 3)
    return 3


def _by_people(case: Case) -> int:
    """Return the severity by the ladder of the criminal code's interpretation."""
    return 3 - case.ladder()[1]


def _people(case: Case) -> Iterator[Reason]:
    if not case.persons:
        return
    yield Reason(code="persons", detail=str(case.persons))
    bar, grave = case.ladder()
    if grave:
        yield Reason(code="gravest_case" if grave > 1 else "grave_case", detail=str(bar))


def grown(case: Case) -> Violation | None:
    """V08: the people that it is about have passed a step since the last scan."""
    if case.previous is None:
        return None
    before = case.previous.persons
    for step, severity in _STEPS:
        if before < step <= case.persons:
            reasons = [
                Reason(code="step", detail=str(step)),
                Reason(code="persons_before", detail=str(before)),
                Reason(code="persons", detail=str(case.persons)),
            ]
            return violated(case, "V08", severity, reasons, case.raw)
    return None


def not_at_home(case: Case) -> Violation | None:
    """V09: data of children or patients outside of the system that it belongs to."""
    expected = case.declared.expected if case.declared is not None else frozenset()
    kinds = frozenset(_AT_HOME) & case.raw - expected
    if not kinds:
        return None
    exposed = case.anonymous or case.exposure.zone in OPEN_ZONES
    severity = 2 if case.persons >= MANY or exposed else 3
    reasons = [Reason(code=f"outside_{kind}") for kind in _AT_HOME if kind in kinds]
    return violated(case, "V09", severity, [*reasons, *_people(case)], kinds)


def joinable(case: Case) -> Violation | None:
    """V10: a masked copy lies beside the raw one, by which it can be undone."""
    raw, masked = _linking(case.raw), _linking(case.masked)
    for other in case.neighbours:
        kinds = (raw & other.masked_kinds) | (masked & other.raw_kinds)
        if kinds:
            reasons = [Reason(code="beside", detail=other.path.rsplit("/", 1)[-1])]
            return violated(case, "V10", 3, reasons, kinds)
    kinds = frozenset(kind for kind in raw & masked if _twice(case, kind))
    return violated(case, "V10", 3, [Reason(code="within")], kinds) if kinds else None


def _linking(kinds: frozenset[str]) -> frozenset[str]:
    """Return the kinds by which one row is matched to another; a name alone matches too many."""
    return frozenset(
        key
        for key in kinds
        if key in KINDS and (KINDS[key].klass == "identity" or key in {"mobile", "bank_card"})
    )


def _twice(case: Case, kind: str) -> bool:
    counts = {hit.masked: hit.count for hit in case.verdict.hits if hit.kind == kind}
    return min(counts.get(True, 0), counts.get(False, 0)) >= _TOLD_TWICE
