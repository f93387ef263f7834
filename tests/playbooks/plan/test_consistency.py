"""Faults that show only when the tables are seen together; each is told with its file."""

import pathlib

import pytest

from playbooks.plan import load_plan
from playbooks.plan.consistency import inconsistencies
from situation.faults import Misconfigured
from tests.playbooks.plan.altered import altered

FAULTS = [
    ("calendar.toml", "last = 2026-02-23", "last = 2026-02-28", "2026-02-28 .* stands twice"),
    ("calendar.toml", "last = 2026-01-03", "last = 2026-02-15", "2026-02-15 .* stands twice"),
    ("calendar.toml", "day = 2026-10-10", "day = 2027-10-09", "in a year that is not listed"),
    ("calendar.toml", "day = 2026-10-10", "day = 2026-10-12", "no Saturday or Sunday"),
    ("calendar.toml", "last = 2026-10-07", "last = 2026-09-30", "before the first"),
    ("instruments.toml", 'key = "holidays"', 'key = "feasts"', "unknown instrument 'holidays'"),
    ("city.toml", 'issuer_level = "city"', 'issuer_level = "town"', "'town' is missing"),
    ("city.toml", "示网预（演练）〔", "示网预〔", "drills are numbered apart"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS)
def test_a_plan_that_does_not_hold_together_is_refused(
    tmp_path: pathlib.Path, file: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        load_plan(altered(tmp_path / "plan", file, old, new))


def test_a_level_without_a_chain_is_told(tmp_path: pathlib.Path) -> None:
    folder = altered(tmp_path / "plan", "notices.toml", "levels = [1, 2, 3, 4]", "levels = [1]")
    file = folder / "notices.toml"
    text = file.read_text(encoding="utf-8").replace("levels = [1, 2, 3, 4]", "levels = [1]")
    file.write_text(text.replace("levels = [4]", "levels = [1]"), encoding="utf-8")
    with pytest.raises(Misconfigured) as fault:
        load_plan(folder)
    assert "no step on receipt for level 4" in fault.value.reason
    assert "no step on feedback for level 4" in fault.value.reason


def test_the_plan_that_comes_along_holds_together() -> None:
    assert inconsistencies(load_plan()) == []
