"""V01 to V03: marks where none may be, and marks that are wrong."""

import datetime as dt

import pytest

from detect.classified.breach.case import Case
from detect.classified.breach.marking import house_mark, secret_mark, wrong_mark
from situation.content.resource import UNSEEN, Exposure, Zone
from situation.content.verdict import Mark
from tests.detect.classified.breach.cases import mark, verdict

_TODAY = dt.date(2026, 11, 27)


def _case(*marks: Mark, exposure: Exposure = UNSEEN, today: dt.date | None = _TODAY) -> Case:
    return Case(verdict=verdict(marks=marks), exposure=exposure, today=today)


@pytest.mark.parametrize(
    ("found", "severity", "code"),
    [
        (mark("secret", 60), 0, "mark_secret"),
        (mark("secret", 59, "like_term"), 2, "mark_suspected"),
        (mark("secret", 45, "bare", "numbered"), 2, "mark_suspected"),
        (mark("secret", 45, "labelled"), 3, "mark_word"),
        (mark("lifted"), 2, "mark_lifted"),
        (mark("exam"), 3, "mark_exam"),
        (mark("exam", day="2026-11-26"), 3, "mark_exam"),
        (mark("exam", day="2026-11-27"), 0, "mark_exam_ahead"),
        (mark("exam", day="2027"), 0, "mark_exam_ahead"),
        (mark("exam", day="2026-12"), 0, "mark_exam_ahead"),
        (mark("exam", day="2026-10"), 3, "mark_exam"),
        (mark("discussion", 50, "ledger"), 3, "mark_ledger"),
        (mark("discussion", 20), 4, "mark_discussed"),
    ],
)
def test_a_mark_weighs_by_what_it_is_taken_for(found: Mark, severity: int, code: str) -> None:
    violation = secret_mark(_case(found))
    assert violation is not None
    assert (violation.rule, violation.severity) == ("V01", severity)
    assert [reason.code for reason in violation.reasons] == [code]


def test_without_a_date_no_exam_lies_ahead() -> None:
    violation = secret_mark(_case(mark("exam", day="2030"), today=None))
    assert violation is not None
    assert violation.severity == 3


def test_the_gravest_of_several_marks_decides_and_all_are_counted() -> None:
    violation = secret_mark(_case(mark("discussion", 10), mark("secret"), mark("secret")))
    assert violation is not None
    assert violation.severity == 0
    assert [(reason.code, reason.detail) for reason in violation.reasons] == [
        ("mark_secret", "2"),
        ("mark_discussed", "1"),
    ]


def test_a_work_secret_is_no_state_secret() -> None:
    assert secret_mark(_case(mark("work_secret"), mark("trade_secret"))) is None
    assert secret_mark(_case()) is None


@pytest.mark.parametrize(
    ("exposure", "severity"),
    [
        (Exposure(zone="internet"), 2),
        (Exposure(zone="public_share"), 2),
        (Exposure(zone="partner"), 3),
        (Exposure(zone="personal"), 3),
        (Exposure(anonymous=True), 2),
        (Exposure(world_readable=True), None),
        (UNSEEN, None),
    ],
)
def test_what_is_for_the_house_may_not_lie_outside(
    exposure: Exposure, severity: int | None
) -> None:
    violation = house_mark(_case(mark("work_secret"), exposure=exposure))
    assert (violation and violation.severity) == severity


def test_a_state_secret_outside_is_no_matter_of_the_house() -> None:
    zone: Zone = "internet"
    assert house_mark(_case(mark("secret"), exposure=Exposure(zone=zone))) is None


def test_a_wrong_mark_is_told_unless_a_lesson_shows_it() -> None:
    violation = wrong_mark(_case(mark("work_secret", faults=("misuse",))))
    assert violation is not None
    assert (violation.rule, violation.severity) == ("V03", 4)
    assert wrong_mark(_case(mark("secret", faults=("over_limit",)))) is not None
    assert wrong_mark(_case(mark("secret", faults=("no_term", "split")))) is None
    assert wrong_mark(_case(mark("discussion", faults=("over_limit",)))) is None
