"""The plan's tables about warnings: colours, powers, duties, fields."""

import pathlib

import pytest

from playbooks.plan import load_plan
from situation.faults import Malformed, Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()
COLOURS = ("red", "orange", "yellow", "blue")

# What article 64 of the Emergency Response Law wants to stand in a warning, and the time limit
# of the measures, which the national plan adds.
WANTED = {
    "category", "colour", "starts_at", "scope", "matters", "measures", "time_limit", "issuer",
    "issued_at",
}  # fmt: skip


def test_each_level_has_its_colour() -> None:
    assert {row.level: row.key for row in PLAN.colours} == dict(enumerate(COLOURS, start=1))


POWERS = {
    "nation": {"red", "orange", "yellow", "blue"},
    "province": {"orange", "yellow", "blue"},
    "city": {"yellow", "blue"},
    "district": {"blue"},
}


def test_each_issuer_has_the_power_of_its_level() -> None:
    may = {
        row.key: {colour for colour in COLOURS if PLAN.may_issue(row.key, colour)}
        for row in PLAN.issuers
    }
    assert may == POWERS
    assert PLAN.city.issuer_level == "city"
    assert [PLAN.issuer(key).superior for key in POWERS] == ["", "nation", "province", "city"]


def test_every_colour_starts_duties_and_graver_ones_start_more() -> None:
    duties = {key: {row.key for row in PLAN.colour_duties(key)} for key in COLOURS}
    assert duties["red"] >= duties["orange"] > duties["yellow"] >= duties["blue"] > set()
    assert {"duty_24h", "teams", "tell_head"} <= duties["red"] - duties["yellow"]


def test_a_warning_wants_the_fields_of_the_law() -> None:
    assert {row.key for row in PLAN.warning_fields if row.required} == WANTED


def test_an_unknown_colour_or_issuer_is_named() -> None:
    with pytest.raises(Malformed) as colour:
        PLAN.colour("purple")
    with pytest.raises(Malformed) as issuer:
        PLAN.issuer("street")
    assert (colour.value.where, issuer.value.where) == ("colour", "issuer_level")


FAULTS = [
    (
        'max_colour = "blue"',
        'max_colour = "orange"',
        "district: its power goes beyond that of city",
    ),
    ('max_colour = "yellow"', 'max_colour = "orange"', "orange: its issuers are"),
    ('max_colour = "yellow"', 'max_colour = "purple"', "'purple' is missing"),
    ('superior = "province"', 'superior = "prefecture"', "'prefecture' is missing"),
    ('key = "orange", level = 2', 'key = "orange", level = 3', "one for each level"),
    ('colours = ["red", "orange", "yellow", "blue"]', 'colours = ["pink"]', "'pink' is missing"),
]


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS)
def test_a_faulty_table_of_warnings_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason) as fault:
        load_plan(altered(tmp_path / "plan", "warnings.toml", old, new))
    assert "warnings.toml: " in fault.value.reason


def test_a_city_may_have_more_power_by_its_own_plan(tmp_path: pathlib.Path) -> None:
    folder = altered(
        tmp_path / "plan", "warnings.toml", 'max_colour = "yellow"', 'max_colour = "orange"'
    )
    file = folder / "warnings.toml"
    text = file.read_text(encoding="utf-8")
    wider = text.replace('["nation", "province"]', '["nation", "province", "city"]', 1)
    file.write_text(wider, encoding="utf-8")
    plan = load_plan(folder)
    assert plan.may_issue("city", "orange")
    assert not plan.may_issue("city", "red")
