import datetime as dt

import pytest

from soc_api.web.text import Text
from soc_api.web.wording import Wording

NOW = dt.datetime(2026, 3, 17, 18, 17, 9, tzinfo=dt.UTC)
ZH, EN = Wording("zh", NOW), Wording("en", NOW)


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        (0, "02:17", "02:17"),
        (-3, "17 日 23:17", "17 Mar 23:17"),
        (48, "20 日 02:17", "20 Mar 02:17"),
        (-24 * 30, "2 月 16 日 02:17", "16 Feb 02:17"),
        (-24 * 100, "2025 年 12 月 8 日 02:17", "8 Dec 2025 02:17"),
    ],
)
def test_a_time_says_as_much_of_the_day_as_is_needed(hours: int, zh: str, en: str) -> None:
    at = NOW + dt.timedelta(hours=hours)
    assert (ZH.time(at), EN.time(at)) == (zh, en)


def test_evidence_has_seconds_and_milliseconds_in_the_city_s_time() -> None:
    at = dt.datetime(2026, 3, 17, 17, 17, 3, 118_999, tzinfo=dt.UTC)
    assert ZH.stamp(at) == "3 月 18 日 01:17:03"
    assert ZH.instant(at) == "01:17:03.118"


def test_a_window_says_the_second_day_only_where_it_differs() -> None:
    start, end = NOW - dt.timedelta(hours=1), NOW
    assert ZH.window(start, end) == "3 月 18 日 01:17:09–02:17:09"
    assert ZH.span(start, end) == "01:17–02:17"
    earlier = NOW - dt.timedelta(hours=4)
    assert EN.window(earlier, end) == "17 Mar 22:17:09 – 18 Mar 02:17:09"
    assert ZH.span(earlier, end) == "17 日 22:17 – 02:17"


def test_a_text_is_said_in_the_reader_s_language() -> None:
    assert (ZH.say(Text("告警", "alert")), EN.say(Text("告警", "alert"))) == ("告警", "alert")


def test_a_phrase_takes_its_values() -> None:
    assert ZH.word("alert_total", count="3") == "3 条"
    assert EN.word("over", left="{left}") == "over {left}"


def test_one_has_its_own_form_in_english() -> None:
    assert EN.word("alert_total", count="1") == "1 alert"
    assert EN.word("alert_total", count="10,000+") == "10,000+ alerts"


def test_a_brief_time_is_the_time_of_today_or_the_day() -> None:
    assert ZH.brief(NOW) == "02:17"
    assert ZH.brief(NOW - dt.timedelta(hours=3)) == "17 日"
    assert EN.brief(NOW - dt.timedelta(hours=3)) == "17 Mar"
