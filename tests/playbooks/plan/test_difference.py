"""What differs between two plans."""

import pathlib

import pytest

from playbooks.plan import load_plan
from playbooks.plan.difference import Difference, differences, rows_of
from playbooks.plan.document import Plan
from tests.playbooks.plan.altered import altered

PLAN = load_plan()


def test_a_plan_does_not_differ_from_itself() -> None:
    assert differences(PLAN, load_plan()) == []


def test_every_row_has_a_name_of_its_own() -> None:
    for table in Plan.model_fields:
        value = getattr(PLAN, table)
        expected = len(value) if isinstance(value, tuple) else 1
        assert len(rows_of(PLAN, table)) == expected, table


CHANGES = [
    (
        "thresholds.toml",
        "at_least = 5_000_000",
        "at_least = 3_000_000",
        Difference("thresholds", "grading_2025:loss_rmb:3", "changed", {"at_least": (5e6, 3e6)}),
    ),
    (
        "notices.toml",
        "receipt = { minutes = 30 }, feedback = { minutes = 240 }",
        "receipt = { minutes = 15 }, feedback = { minutes = 240 }",
        Difference(
            "notice_deadlines",
            "1",
            "changed",
            {
                "receipt": (
                    {"minutes": 30, "working_days": None},
                    {"minutes": 15, "working_days": None},
                )
            },
        ),
    ),
    (
        "words.toml",
        'scale = "truth", key = "true", zh = "属实"',
        'scale = "truth", key = "true", zh = "情况属实"',
        Difference("scale_values", "truth:true", "changed", {"zh": ("属实", "情况属实")}),
    ),
    (
        "city.toml",
        'en = "Sample City"',
        'en = "Another City"',
        Difference("city", PLAN.city.name, "changed", {"en": ("Sample City", "Another City")}),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), CHANGES)
def test_a_changed_row_is_told_field_by_field(
    tmp_path: pathlib.Path, file: str, old: str, new: str, told: Difference
) -> None:
    assert differences(PLAN, load_plan(altered(tmp_path / "plan", file, old, new))) == [told]


def test_added_and_removed_rows_are_told_by_name(tmp_path: pathlib.Path) -> None:
    other = load_plan(altered(tmp_path / "plan", "techniques.toml", '"T1595"', '"T1999"'))
    assert differences(PLAN, other) == [
        Difference("techniques", "T1595", "removed"),
        Difference("techniques", "T1999", "added"),
    ]
    assert differences(other, PLAN) == [
        Difference("techniques", "T1999", "removed"),
        Difference("techniques", "T1595", "added"),
    ]
