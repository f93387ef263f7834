"""Until when a notice is signed for and answered."""

import datetime as dt
import pathlib

import pytest

from playbooks.notice.deadline import deadlines
from playbooks.plan import load_plan
from situation.faults import Malformed
from tests.playbooks.notice.desk import HOUR, MINUTE, NOW, PLAN
from tests.playbooks.plan.altered import altered

PERIOD = """
[[heightened_period]]
key = "meeting"
zh = "重要会议保障"
en = "important meeting"
start = 2026-03-01T00:00:00+08:00
end = 2026-03-11T00:00:00+08:00
sla_factor = 0.5
instrument = "city_plan"
clause = "重要时期"
source = "6.5"
mark = "project"
verified = false
"""


@pytest.mark.parametrize(
    ("level", "receipt", "feedback"),
    [(1, 30 * MINUTE, 4 * HOUR), (2, HOUR, 8 * HOUR), (3, 4 * HOUR, 24 * HOUR)],
)
def test_grave_notices_count_in_hours_through_the_night(
    level: int, receipt: dt.timedelta, feedback: dt.timedelta
) -> None:
    times = deadlines(PLAN, level, None, NOW)
    assert (times.receipt_due - NOW, times.feedback_due - NOW) == (receipt, feedback)
    assert times.urgency == str(level)


def test_the_hazard_level_decides_for_a_hazard() -> None:
    assert deadlines(PLAN, 3, "critical", NOW).feedback_due == NOW + 24 * HOUR
    low = deadlines(PLAN, 3, "low", NOW)
    assert low.urgency == "3:low"
    assert low.feedback_due == dt.datetime(2026, 3, 24, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(("level", "hazard_level"), [(7, None), (3, "huge")])
def test_levels_without_a_row_are_malformed(level: int, hazard_level: str | None) -> None:
    with pytest.raises(Malformed):
        deadlines(PLAN, level, hazard_level, NOW)


def test_heightened_duty_halves_the_limits_while_it_lasts(tmp_path: pathlib.Path) -> None:
    folder = altered(tmp_path / "plan", "responses.toml", "heightened_period = []", "")
    file = folder / "responses.toml"
    file.write_text(file.read_text(encoding="utf-8") + PERIOD, encoding="utf-8")
    plan = load_plan(folder)
    halved = deadlines(plan, 3, None, NOW)
    assert (halved.receipt_due - NOW, halved.feedback_due - NOW) == (2 * HOUR, 12 * HOUR)
    after = dt.datetime(2026, 3, 11, 1, 0, tzinfo=dt.UTC)
    assert deadlines(plan, 3, None, after).receipt_due - after == 4 * HOUR
