"""The plan's table of approvals: who has to agree, and what a faulty table is told."""

import itertools
import pathlib

import pytest

from playbooks.plan import load_plan
from situation.faults import Malformed, Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()
LEVELS = (1, 2, 3, 4)
OBJECTS = ("general", "important", "special")

ASKED = [
    ("contain", 4, "general", ("contain_general", 1, "skip")),
    ("contain", 3, "important", ("contain_general", 1, "skip")),
    ("contain", 4, "special", ("contain_special", 2, "escalate")),
    ("contain", 2, "general", ("contain_grave", 2, "escalate")),
    ("contain", 1, "special", ("contain_grave", 2, "escalate")),
    ("destroy", 4, "general", ("destroy", 2, "fail")),
    ("asked", 3, "general", ("asked", 1, "skip")),
]


@pytest.mark.parametrize(("effect", "level", "importance", "asks"), ASKED)
def test_an_action_is_agreed_to_as_its_effect_level_and_object_ask(
    effect: str, level: int, importance: str, asks: tuple[str, int, str]
) -> None:
    rule = PLAN.approval_rule(effect, level, importance)
    assert rule is not None
    assert (rule.key, rule.quorum, rule.on_timeout) == asks


def test_what_contains_or_destroys_is_never_free() -> None:
    cases = itertools.product(("contain", "destroy"), (*LEVELS, None), OBJECTS)
    assert all(PLAN.approval_rule(*case) is not None for case in cases)


def test_what_cannot_be_taken_back_always_needs_two_people() -> None:
    rules = [row for row in PLAN.approval_rules if row.effect == "destroy"]
    assert min(row.quorum for row in rules) == 2
    assert {row.on_timeout for row in rules} == {"fail"}


@pytest.mark.parametrize("effect", ["read", "notify"])
def test_reading_and_telling_are_free(effect: str) -> None:
    assert PLAN.approval_rule(effect, 1, "special") is None


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(Malformed, match="'nobody'"):
        PLAN.approval_by_key("nobody")


LEADS = 'roles = ["duty_lead", "administrator"]'
NEXT = 'escalates_to = "contain_escalated"'
FAULTS = [
    ('objects = ["general", "important"]', 'objects = ["general"]', "level 3, object important"),
    ('destroy"\nlevels = [1, 2, 3, 4]', 'destroy"\nlevels = [1]', "for destroy, level 2"),
    (NEXT, 'escalates_to = "boss"', "unknown rule 'boss'"),
    (NEXT, 'escalates_to = "contain_grave"', "comes back to"),
    (NEXT, 'escalates_to = "asked"', "asked asks for less"),
    (NEXT, "", "escalates to no rule"),
    ('60\non_timeout = "fail"', '60\non_timeout = "act"', "'fail', 'skip'"),
    (LEADS, "roles = []", "nobody may agree"),
    (LEADS, 'roles = ["duty_led"]', "'duty_lead'"),
    (f"quorum = 2\n{LEADS}\nminutes = 60", f"quorum = 1\n{LEADS}\nminutes = 60", "two people"),
]


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS)
def test_a_table_that_leaves_a_hole_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        load_plan(altered(tmp_path / "plan", "approvals.toml", old, new))
