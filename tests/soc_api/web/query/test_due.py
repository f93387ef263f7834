import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_api.web.query.due import Due
from soc_api.web.text import Text

START = dt.datetime(2026, 3, 17, 17, 38, tzinfo=dt.UTC)


def _due(limit: dt.timedelta, passed: dt.timedelta) -> Due:
    return Due(
        what=Text("首次报告", "First report"),
        addressee=Text("省级网信部门", "provincial office"),
        clause="《办法》4",
        started_at=START,
        due_at=START + limit,
        met_at=None,
        state="running",
        link="/incidents/1",
        document="SJ-1",
        level=3,
        now=START + passed,
    )


@pytest.mark.parametrize(
    ("limit", "passed", "tone"),
    [
        (240, 0, ""),
        (240, 209, ""),
        (240, 211, "soon"),
        (60, 44, ""),
        (60, 46, "soon"),
        (60, 60, "soon"),
        (60, 61, "late"),
    ],
)
def test_close_begins_at_the_smaller_of_half_an_hour_and_a_quarter(
    limit: int, passed: int, tone: str
) -> None:
    assert _due(dt.timedelta(minutes=limit), dt.timedelta(minutes=passed)).tone == tone


def test_a_clock_that_was_met_is_neither_close_nor_over() -> None:
    due = _due(dt.timedelta(minutes=60), dt.timedelta(minutes=90))
    assert dataclasses.replace(due, met_at=START + dt.timedelta(minutes=10)).tone == "met"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_share_used_stays_between_nothing_and_all(limit: int, passed: int) -> None:
    due = _due(dt.timedelta(seconds=limit), dt.timedelta(seconds=passed))
    assert 0 <= due.used <= 100
    assert due.used == 100 or due.seconds_left > 0


def test_a_clock_is_named_by_addressee_and_a_notice_by_its_number() -> None:
    due = _due(dt.timedelta(hours=4), dt.timedelta())
    assert due.headline == Text("省级网信部门 首次报告", "First report, provincial office")
    notice = dataclasses.replace(due, clause="", what=Text("签收", "Sign for"))
    assert notice.headline == Text("签收 SJ-1", "Sign for SJ-1")
