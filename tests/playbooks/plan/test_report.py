"""The plan's tables about reports: what the law wants to be told."""

import pathlib

import pytest

from playbooks.plan import load_plan
from situation.faults import Malformed, Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()


def test_the_items_are_those_of_article_7() -> None:
    numbers = [row.number for row in PLAN.report_items]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 9))


def test_the_first_report_wants_items_1_and_2_alone() -> None:
    first = {row.number for row in PLAN.report_items if row.required_first}
    assert first == {1, 2}
    assert all(row.required for row in PLAN.report_items if row.required_first)
    later = {row.key for row in PLAN.report_items if row.required and not row.required_first}
    assert later == {"trend", "cause", "attacker", "path", "holes", "measures_next", "scene"}


def test_ransom_items_are_wanted_for_ransomware_alone() -> None:
    ransom = {row.key for row in PLAN.report_items if row.only == "ransomware"}
    assert ransom == {"ransom_amount", "ransom_method", "ransom_date"}


def test_there_are_five_kinds_of_report() -> None:
    keys = [row.key for row in PLAN.report_kinds]
    assert keys == ["first", "follow_up", "closing", "pi_authority", "pi_persons"]
    assert PLAN.report_form("first") == PLAN.report_form("follow_up")
    assert PLAN.report_form("pi_persons") == PLAN.report_form("pi_authority")


@pytest.mark.parametrize("kind", [row.key for row in PLAN.report_kinds])
def test_no_report_has_two_items_of_one_key(kind: str) -> None:
    keys = [row.key for row in PLAN.report_form(kind)]
    assert len(keys) == len(set(keys))


def test_a_closing_report_has_what_article_8_lists() -> None:
    law = {"cause", "measures", "harm", "responsibility", "rectification", "lessons"}
    required = {row.key for row in PLAN.report_form("closing") if row.required}
    assert required >= law


def test_a_notice_about_personal_information_wants_how_to_reach_the_handler() -> None:
    wanted = {row.key for row in PLAN.report_form("pi_persons") if row.required}
    assert wanted == {"kinds", "cause", "harm", "remedies", "self_help", "contact"}


def test_an_unknown_kind_of_report_is_named() -> None:
    with pytest.raises(Malformed) as fault:
        PLAN.report_kind("poem")
    assert fault.value.where == "kind"


FAULTS = [
    ('forms = ["pi_notice"]', 'forms = ["pi_letter"]', "'pi_letter' is missing"),
    ('key = "closing", zh', 'key = "close", zh', "'closing' is missing"),
    ('key = "scene", number = 7', 'key = "scene", number = 6', "none of number 7"),
    ('key = "scene", number = 7', 'key = "scene", number = 9', "less than or equal to 8"),
]


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS)
def test_a_faulty_table_of_reports_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason) as fault:
        load_plan(altered(tmp_path / "plan", "reports.toml", old, new))
    assert "reports.toml: " in fault.value.reason
