"""V06, V07, V11 and V12: labels, credentials, the unreadable, exports."""

import dataclasses
from typing import get_args

import pytest

from detect.classified.breach.case import Case
from detect.classified.breach.duty import (
    UNREADABLE,
    credentials,
    mislabelled,
    unapproved,
    unreadable,
)
from situation.content.declared import Declared, Opening
from situation.content.grade import DataGrade
from situation.content.piece import Unreadable, UnreadableReason
from situation.content.resource import UNSEEN, Exposure
from situation.content.verdict import Violation
from tests.detect.classified.breach.cases import hit, verdict

_G1, _G2, _G3, _G4 = (
    DataGrade.GENERAL_1,
    DataGrade.GENERAL_2,
    DataGrade.GENERAL_3,
    DataGrade.GENERAL_4,
)


def _severity(violation: Violation | None) -> int | None:
    return None if violation is None else violation.severity


@pytest.mark.parametrize(
    ("grade", "declared", "severity"),
    [
        (_G3, None, 4),
        (_G2, None, None),
        (_G4, Declared(dataset="a", grade=DataGrade.NONE), 4),
        (_G4, Declared(dataset="a", grade=_G3), 3),
        (DataGrade.IMPORTANT, Declared(dataset="a", grade=_G4), 2),
        (_G3, Declared(dataset="a", grade=_G3), None),
        (_G1, Declared(dataset="a", grade=_G4), None),
        (_G1, Declared(dataset="a", grade=_G4, label_valid=False), 2),
    ],
)
def test_the_label_is_held_against_the_grade(
    grade: DataGrade, declared: Declared | None, severity: int | None
) -> None:
    case = Case(verdict=verdict(grade=grade), exposure=UNSEEN, declared=declared)
    assert _severity(mislabelled(case)) == severity


@pytest.mark.parametrize(
    ("kind", "exposure", "severity"),
    [
        ("password", UNSEEN, 3),
        ("password", Exposure(world_readable=True), 2),
        ("token", Exposure(zone="internet"), 2),
        ("private_key", UNSEEN, 2),
        ("cloud_key", Exposure(anonymous=True), 1),
        ("connection_string", Exposure(zone="public_share"), 1),
        ("resident_id", Exposure(zone="internet"), None),
    ],
)
def test_credentials_weigh_by_what_they_open_and_who_reads_them(
    kind: str, exposure: Exposure, severity: int | None
) -> None:
    assert _severity(credentials(Case(verdict=verdict(hit(kind)), exposure=exposure))) == severity


def test_every_reason_for_which_something_is_unreadable_has_its_severity() -> None:
    assert set(UNREADABLE) == set(get_args(UnreadableReason))


def test_what_cannot_be_read_is_told_the_gravest_first() -> None:
    pieces = (
        Unreadable(reason="broken"),
        Unreadable(reason="encrypted"),
        Unreadable(reason="broken"),
    )
    found = dataclasses.replace(verdict(), unreadable=pieces)
    violation = unreadable(Case(verdict=found, exposure=UNSEEN))
    assert violation is not None
    assert violation.severity == 3
    assert [(reason.code, reason.detail) for reason in violation.reasons] == [
        ("unreadable_encrypted", "1"),
        ("unreadable_broken", "2"),
    ]
    assert unreadable(Case(verdict=verdict(), exposure=UNSEEN)) is None


@pytest.mark.parametrize(
    ("grade", "opening", "approved", "severity"),
    [
        (_G1, "unconditional", "", 3),
        (_G3, "conditional", "", 2),
        (_G4, "conditional", "", 1),
        (_G4, "conditional", "深数〔2026〕3号", None),
        (_G1, "none", "深数〔2026〕3号", 2),
        (_G4, "none", "深数〔2026〕3号", 1),
    ],
)
def test_an_export_needs_its_approval(
    grade: DataGrade, opening: Opening, approved: str, severity: int | None
) -> None:
    declared = Declared(
        dataset="a", grade=_G1, opening=opening, approved=approved, open_export=True
    )
    case = Case(verdict=verdict(grade=grade), exposure=UNSEEN, declared=declared)
    assert _severity(unapproved(case)) == severity


def test_what_is_no_export_needs_none() -> None:
    declared = Declared(dataset="a", grade=_G4, opening="none")
    case = Case(verdict=verdict(grade=_G4), exposure=UNSEEN, declared=declared)
    assert unapproved(case) is None
    assert unapproved(Case(verdict=verdict(grade=_G4), exposure=UNSEEN)) is None
