"""`citywatch plan`: show, check and compare plans, as its users run it."""

import json
import pathlib
import subprocess
import sys
from typing import NamedTuple

import pytest

from tests.playbooks.plan.altered import altered

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def plan(*arguments: object) -> Outcome:
    done = subprocess.run(
        [CITYWATCH, "plan", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def other(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the folder of a plan with one bar lowered."""
    return altered(
        tmp_path / "plan", "thresholds.toml", "at_least = 5_000_000", "at_least = 3_000_000"
    )


def test_all_tables_are_counted_with_what_is_unverified() -> None:
    shown = plan("show")
    assert shown.code == 0
    rows = {line.split()[0]: line.split()[1:] for line in shown.out.splitlines()}
    assert rows["sub_categories"] == ["77", "rows", "9", "unverified"]
    assert rows["notice_deadlines"] == ["20", "rows", "20", "unverified"]


def test_a_table_is_shown_with_clause_source_and_check() -> None:
    shown = plan("show", "clocks")
    assert "[reporting_2025 4; S18, V, read 2026-11]" in shown.out
    assert "limit_minutes=240" in shown.out
    assert "UNVERIFIED" in shown.out


def test_only_unverified_rows_are_shown_on_request() -> None:
    shown = plan("show", "clocks", "--unverified", "--json")
    (rows,) = json.loads(shown.out).values()
    assert {row["id"] for row in rows} == {"T-MIIT", "T-CITY", "T-INV"}
    assert all(not row["verified"] and row["read_on"] == "2026-11" for row in rows)


def test_an_unknown_table_is_named_with_those_that_there_are() -> None:
    shown = plan("show", "spells")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith("citywatch: spells: is none of instruments, thresholds")


def test_the_plan_in_use_is_in_order() -> None:
    checked = plan("check")
    assert checked.code == 0
    assert checked.out.startswith("ok: ")
    assert checked.out.strip().endswith("unverified")


def test_every_fault_of_a_plan_is_told_on_its_own_line(tmp_path: pathlib.Path) -> None:
    folder = altered(tmp_path / "plan", "city.toml", "window_hours", "window_days")
    file = folder / "clocks.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("limit_minutes = 60", "limit_minutes = 0", 1), encoding="utf-8")
    checked = plan("check", folder)
    assert checked.code == 2
    lines = checked.out.splitlines()
    assert len(lines) == 3
    assert any(line.startswith("clocks.toml: clock.0.limit_minutes (T-CII-1)") for line in lines)
    found = json.loads(plan("check", folder, "--json").out)
    assert (found["faults"], found["rows"]) == (lines, 0)


def test_a_folder_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    checked = plan("check", tmp_path / "none")
    assert (checked.code, checked.out) == (2, "")
    assert checked.err == f"citywatch: {tmp_path / 'none'}: is no folder\n"


def test_a_plan_that_differs_is_told_row_by_row(other: pathlib.Path) -> None:
    told = plan("diff", other)
    assert told.code == 0
    assert told.out.splitlines() == [
        "~ thresholds grading_2025:loss_rmb:3",
        "    at_least: 5000000 -> 3000000",
        "rows that differ: 1",
    ]
    (found,) = json.loads(plan("diff", other, "--json").out)
    assert found["fields"] == {"at_least": [5_000_000, 3_000_000]}


def test_a_city_uses_its_own_plan_by_a_setting(other: pathlib.Path, tmp_path: pathlib.Path) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text(f'[city]\nplan = "{other}"\n', encoding="utf-8")
    facts = tmp_path / "facts.json"
    facts.write_text('{"loss_rmb": 4000000}', encoding="utf-8")
    assert plan("diff", other, "--config", config).out == "no difference\n"
    assert json.loads(plan("grade", facts, "--json").out)["level"] == 4
    assert json.loads(plan("grade", facts, "--json", "--config", config).out)["level"] == 3


def test_a_setting_that_names_no_plan_is_refused(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text(f'[city]\nplan = "{tmp_path / "none"}"\n', encoding="utf-8")
    refused = plan("show", "--config", config)
    assert refused.code == 2
    assert refused.err.endswith("there is no TOML file\n")


@pytest.mark.parametrize("command", ["show", "check", "diff", "grade"])
def test_help_has_an_example(command: str) -> None:
    assert f"Example: citywatch plan {command}" in " ".join(plan(command, "--help").out.split())
