"""V04, V05 and V08 to V10: personal and graded data in the wrong place."""

import pytest

from detect.classified.breach.case import Case, Neighbour
from detect.classified.breach.personal import (
    grown,
    joinable,
    not_at_home,
    published,
    weakly_protected,
)
from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.resource import UNSEEN, Exposure
from situation.content.verdict import Hit, Violation
from tests.detect.classified.breach.cases import hit, verdict

_G2, _G3, _G4 = DataGrade.GENERAL_2, DataGrade.GENERAL_3, DataGrade.GENERAL_4
_INTERNET = Exposure(zone="internet")
_EXPORT = Declared(dataset="公示名单", grade=_G2, open_export=True)


def _severity(violation: Violation | None) -> int | None:
    return None if violation is None else violation.severity


@pytest.mark.parametrize(
    ("hits", "persons", "severity"),
    [
        ((hit("resident_id"),), 100, 3),
        ((hit("resident_id"),), 500, 2),
        ((hit("bank_card"),), 50, 2),
        ((hit("bank_card"),), 500, 1),
        ((hit("resident_id"),), 50_000, 1),
        ((hit("mobile", 9),), 9, None),
        ((hit("mobile", 10),), 10, 3),
        ((hit("name"), hit("address")), 100, 3),
        ((hit("name"),), 1000, None),
        ((hit("address"),), 1000, None),
        ((hit("uscc"), hit("company"), hit("landline"), hit("email")), 1000, None),
        ((hit("resident_id", masked=True),), 0, None),
        ((hit("password"),), 0, None),
    ],
)
def test_unmasked_people_may_not_be_published(
    hits: tuple[Hit, ...], persons: int, severity: int | None
) -> None:
    found = verdict(*hits, grade=_G3, persons=persons)
    assert _severity(published(Case(verdict=found, exposure=_INTERNET))) == severity
    exported = published(Case(verdict=found, exposure=UNSEEN, declared=_EXPORT))
    assert _severity(exported) == severity


def test_an_export_of_general_4_is_graver() -> None:
    found = verdict(hit("medical"), grade=_G4, persons=3)
    assert _severity(published(Case(verdict=found, exposure=UNSEEN, declared=_EXPORT))) == 1


def test_inside_nothing_is_published() -> None:
    found = verdict(hit("resident_id"), grade=_G3, persons=1000)
    declared = Declared(dataset="名册", grade=_G3)
    assert published(Case(verdict=found, exposure=UNSEEN, declared=declared)) is None


@pytest.mark.parametrize(
    ("exposure", "grade", "persons", "severity"),
    [
        (Exposure(world_readable=True), _G3, 10, 3),
        (Exposure(world_readable=True), _G3, 100_000, 3),
        (Exposure(zone="public_share"), _G3, 499, 3),
        (Exposure(zone="public_share"), _G3, 500, 2),
        (Exposure(encrypted_transport=False), _G3, 500, 2),
        (Exposure(anonymous=True), _G3, 1_000_000, 1),
        (Exposure(anonymous=True), DataGrade.IMPORTANT, 0, 1),
        (Exposure(world_readable=True), DataGrade.IMPORTANT, 0, 2),
        (Exposure(world_readable=True), DataGrade.CORE, 0, 0),
        (Exposure(world_readable=True), _G2, 100_000, None),
        (Exposure(world_readable=False, anonymous=False, encrypted_transport=True), _G4, 9, None),
        (Exposure(zone="partner"), _G4, 9, None),
        (UNSEEN, DataGrade.CORE, 0, None),
    ],
)
def test_protection_is_held_against_the_grade(
    exposure: Exposure, grade: DataGrade, persons: int, severity: int | None
) -> None:
    found = verdict(hit("resident_id"), grade=grade, persons=persons)
    assert _severity(weakly_protected(Case(verdict=found, exposure=exposure))) == severity


@pytest.mark.parametrize(
    ("kinds", "persons", "ladder"),
    [
        (("track",), 49, (50, 0)),
        (("track",), 50, (50, 1)),
        (("credit", "medical"), 500, (50, 2)),
        (("medical",), 499, (500, 0)),
        (("medical", "name"), 500, (500, 1)),
        (("resident_id",), 4999, (5000, 0)),
        (("resident_id",), 5000, (5000, 1)),
        (("name", "mobile"), 50_000, (5000, 2)),
    ],
)
def test_the_ladder_of_the_criminal_law_goes_by_kind(
    kinds: tuple[str, ...], persons: int, ladder: tuple[int, int]
) -> None:
    case = Case(verdict=verdict(*map(hit, kinds), persons=persons), exposure=UNSEEN)
    assert case.ladder() == ladder


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        (9_999, 10_000, 4),
        (9_999, 100_000, 3),
        (99_999, 1_000_000, 2),
        (0, 10_000_000, 1),
        (10_000, 99_999, None),
        (100_000, 50_000, None),
    ],
)
def test_passing_a_step_of_people_is_told_once(before: int, now: int, severity: int | None) -> None:
    found = verdict(hit("resident_id"), persons=now)
    case = Case(verdict=found, exposure=UNSEEN, previous=verdict(persons=before))
    assert _severity(grown(case)) == severity


def test_a_first_scan_passes_no_step() -> None:
    assert grown(Case(verdict=verdict(persons=10**7), exposure=UNSEEN)) is None


@pytest.mark.parametrize("kind", ["minor", "medical"])
def test_children_and_patients_belong_to_their_system(kind: str) -> None:
    found = verdict(hit(kind), grade=_G4, persons=20)
    assert _severity(not_at_home(Case(verdict=found, exposure=UNSEEN))) == 3
    assert _severity(not_at_home(Case(verdict=found, exposure=_INTERNET))) == 2
    home = Declared(dataset="学籍", grade=_G4, expected=frozenset({kind}))
    assert not_at_home(Case(verdict=found, exposure=_INTERNET, declared=home)) is None


def test_a_masked_copy_may_not_lie_beside_the_raw_one() -> None:
    found = verdict(hit("resident_id"), hit("name"))
    masked = Neighbour(path="a/脱敏.csv", masked_kinds=frozenset({"resident_id"}))
    violation = joinable(Case(verdict=found, exposure=UNSEEN, neighbours=(masked,)))
    assert violation is not None
    assert violation.kinds == ("resident_id",)
    assert violation.reasons[0].detail == "脱敏.csv"


def test_the_masked_copy_is_told_of_as_well() -> None:
    found = verdict(hit("mobile", masked=True))
    raw = Neighbour(path="a/原始.csv", raw_kinds=frozenset({"mobile"}))
    assert joinable(Case(verdict=found, exposure=UNSEEN, neighbours=(raw,))) is not None


@pytest.mark.parametrize(
    "neighbour",
    [
        Neighbour(path="b", masked_kinds=frozenset({"mobile"})),
        Neighbour(path="b", raw_kinds=frozenset({"resident_id"})),
        Neighbour(path="b", masked_kinds=frozenset({"name"})),
    ],
)
def test_what_cannot_be_joined_may_lie_there(neighbour: Neighbour) -> None:
    found = verdict(hit("resident_id"), hit("name"))
    assert joinable(Case(verdict=found, exposure=UNSEEN, neighbours=(neighbour,))) is None


def test_both_in_one_file_are_joinable_once_they_are_more_than_an_example() -> None:
    both = verdict(hit("mobile", 5), hit("mobile", 5, masked=True))
    assert joinable(Case(verdict=both, exposure=UNSEEN)) is not None
    example = verdict(hit("mobile", 500), hit("mobile", 4, masked=True))
    assert joinable(Case(verdict=example, exposure=UNSEEN)) is None
