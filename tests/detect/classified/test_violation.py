"""All rules over one resource."""

import dataclasses
import pathlib
import re

from detect.classified import breach
from detect.classified.violation import EVENTS, REASONS, RULES, violations
from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.piece import Unreadable
from situation.content.resource import UNSEEN, Exposure
from tests.detect.classified.breach.cases import hit, mark, verdict


def test_there_are_twelve_rules_each_with_its_law() -> None:
    assert list(RULES) == [f"V{number:02}" for number in range(1, 13)]
    assert all(rule.zh and rule.en and rule.source_zh and rule.source_en for rule in RULES.values())
    assert set(RULES) >= EVENTS


def test_a_clean_resource_breaks_nothing() -> None:
    assert violations(verdict(grade=DataGrade.GENERAL_1), exposure=UNSEEN) == ()


def test_a_resource_breaks_rules_in_their_order() -> None:
    found = dataclasses.replace(
        verdict(
            hit("medical"),
            hit("password"),
            grade=DataGrade.GENERAL_4,
            persons=600,
            marks=(mark("work_secret", faults=("misuse",)),),
        ),
        unreadable=(Unreadable(reason="encrypted"),),
    )
    declared = Declared(dataset="a", grade=DataGrade.GENERAL_2, open_export=True)
    broken = violations(found, exposure=Exposure(zone="internet"), declared=declared)
    assert [each.rule for each in broken] == [
        "V02", "V03", "V04", "V05", "V06", "V07", "V09", "V11", "V12",
    ]  # fmt: skip
    assert all(0 <= each.severity <= 4 for each in broken)
    assert all(reason.code in REASONS for each in broken for reason in each.reasons)


def test_every_code_of_a_reason_has_its_words() -> None:
    folder = pathlib.Path(breach.__file__).parent
    source = "\n".join(file.read_text() for file in folder.glob("*.py"))
    codes = set(re.findall(r'code="([a-z_]+)"', source))
    assert len(codes) > 15
    assert codes <= set(REASONS)


def test_reasons_hold_no_more_than_figures_and_names_of_files() -> None:
    found = verdict(hit("resident_id"), grade=DataGrade.GENERAL_3, persons=5)
    broken = violations(found, exposure=Exposure(zone="internet"))
    details = [reason.detail for each in broken for reason in each.reasons if reason.detail]
    assert details
    assert all(detail.isdigit() for detail in details)
