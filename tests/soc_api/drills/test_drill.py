"""A drill says what was found, missed, late, or not expected."""

import datetime as dt

from situation.state.tables import Alert
from soc_api.drills.drill import compare_alerts, drill_id
from soc_api.drills.scenario import ExpectedAlert, read_scenario
from tests.testdata import ROOT

NOON = dt.datetime(2026, 3, 3, 4, tzinfo=dt.UTC)
EXPECTED = ExpectedAlert(detector="beacon", category="beacon", subject="a>b", by=NOON)


def _alert(first_seen: dt.datetime, subject: str = "a>b") -> Alert:
    return Alert(detector="beacon", category="beacon", subject=subject, first_seen=first_seen)


def _verdicts(*alerts: Alert) -> list[str]:
    return [finding.verdict for finding in compare_alerts([EXPECTED], alerts)]


def test_an_alert_in_time_is_found_and_one_after_it_is_late() -> None:
    assert _verdicts(_alert(NOON)) == ["found"]
    assert _verdicts(_alert(NOON + dt.timedelta(seconds=1))) == ["late"]


def test_of_several_alerts_of_one_subject_the_first_counts() -> None:
    later = NOON + dt.timedelta(hours=1)
    assert _verdicts(_alert(later), _alert(NOON), _alert(later)) == ["found"]


def test_what_is_not_there_is_missed_and_what_nobody_expected_is_told() -> None:
    assert _verdicts() == ["missed"]
    assert _verdicts(_alert(NOON), _alert(NOON, "a>c")) == ["found", "unexpected"]


def test_a_drill_s_id_begins_with_its_word_and_differs_by_the_instant() -> None:
    scenario = read_scenario(ROOT / "pcaps", "quiet-day")
    first, second = (drill_id(scenario, NOON + dt.timedelta(microseconds=n)) for n in (0, 1))
    assert first.startswith("drill-20260303-040000-")
    assert first != second
