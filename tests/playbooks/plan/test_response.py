"""The plan's tables about the response: levels I to IV, heightened duty."""

import datetime as dt
import pathlib

import pytest

from playbooks.plan import load_plan
from playbooks.plan.document import Plan
from situation.clock import CITY_ZONE
from situation.faults import Malformed, Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()
NONE = "heightened_period = []"
PERIOD = """
[[heightened_period]]
key = "fair-2026"
zh = "高交会保障"
en = "High-Tech Fair"
start = 2026-11-14T00:00:00+08:00
end = 2026-11-20T00:00:00+08:00
sla_factor = 0.5
daily_report_time = 17:00:00
duty_roster = "值班表第 4 号"
forced_warning = "red"
instrument = "city_plan"
clause = "重要时期"
source = "6.5"
mark = "project"
verified = false
"""


def with_period(folder: pathlib.Path, period: str = PERIOD) -> Plan:
    altered(folder, "responses.toml", NONE, "")
    file = folder / "responses.toml"
    file.write_text(file.read_text(encoding="utf-8") + period, encoding="utf-8")
    return load_plan(folder)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_every_response_says_who_leads_and_who_ends_it(level: int) -> None:
    response = PLAN.response(level)
    assert response.level == level
    assert response.lead_zh
    assert response.ended_by_zh
    assert {"contain", "evidence", "inform"} <= {task.key for task in response.tasks}


def test_no_interval_is_invented_where_the_text_says_in_time() -> None:
    assert [PLAN.response(level).cadence_minutes for level in (1, 2, 3, 4)] == [
        None, None, 240, 1440,
    ]  # fmt: skip


def test_only_levels_one_and_two_report_to_the_emergency_office_at_once() -> None:
    asked = {
        row.level for row in PLAN.responses if "report_office" in {task.key for task in row.tasks}
    }
    assert asked == {1, 2}


def test_a_response_names_its_level_if_there_is_none() -> None:
    with pytest.raises(Malformed):
        PLAN.response(5)


def test_there_is_no_heightened_duty_by_default() -> None:
    assert PLAN.heightened == ()
    assert PLAN.heightened_at(dt.datetime(2026, 11, 15, tzinfo=CITY_ZONE)) is None


def test_a_period_of_heightened_duty_holds_from_its_start_until_its_end(
    tmp_path: pathlib.Path,
) -> None:
    plan = with_period(tmp_path / "plan")
    holds = {
        day: plan.heightened_at(dt.datetime(2026, 11, day, tzinfo=CITY_ZONE))
        for day in (13, 14, 19, 20)
    }
    assert [day for day, row in holds.items() if row] == [14, 19]
    row = holds[14]
    assert row is not None
    assert (row.sla_factor, row.daily_report_time) == (0.5, dt.time(17))


def test_the_strictest_of_two_periods_holds(tmp_path: pathlib.Path) -> None:
    other = PERIOD.replace("fair-2026", "other").replace("0.5", "0.8")
    plan = with_period(tmp_path / "plan", PERIOD + other)
    row = plan.heightened_at(dt.datetime(2026, 11, 15, tzinfo=CITY_ZONE))
    assert row is not None
    assert row.key == "fair-2026"


PERIOD_FAULTS = [
    ("2026-11-20T00", "2026-11-13T00", "ends before it starts"),
    ("sla_factor = 0.5", "sla_factor = 1.5", "sla_factor"),
    ('forced_warning = "red"', 'forced_warning = "pink"', "'pink' is missing"),
    ("00:00:00+08:00", "00:00:00", "start"),
]


@pytest.mark.parametrize(("old", "new", "reason"), PERIOD_FAULTS)
def test_a_faulty_period_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        with_period(tmp_path / "plan", PERIOD.replace(old, new, 1))


RESPONSE_FAULTS = [
    ("level = 4\n", "level = 3\n", "none for level 4"),
    ('key = "track"', 'key = "contain"', "a task stands twice"),
]


@pytest.mark.parametrize(("old", "new", "reason"), RESPONSE_FAULTS)
def test_a_faulty_response_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        load_plan(altered(tmp_path / "plan", "responses.toml", old, new))
