"""Sources of logs that fall silent."""

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.detector import Windows
from detect.rules.log.log_silence import LogSilenceDetector
from situation.claim import Claim
from tests.detect.frames import MORNING, NO_ASSETS, Row, beat, inspect, logs

DETECTOR = LogSilenceDetector()
HOUR = 3600.0
MINUTE = 60.0
SILENT, ALIVE = "10.20.1.15", "10.20.1.10"
SUBJECT = "syslog@host-15"


def _claims(rows: list[Row]) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows)).claims


def _beats(host: str, since: float, until: float, gap: float = MINUTE) -> list[Row]:
    return [beat(since + gap * n, host) for n in range(int((until - since) / gap))]


def _others(until: float, since: float = 0) -> list[Row]:
    return _beats(ALIVE, since, until)


def test_a_regular_source_that_stops_while_others_go_on_is_told() -> None:
    rows = [*_beats(SILENT, 0, 3 * HOUR), *_others(5 * HOUR)]
    (claim,) = _claims(rows)
    assert (claim.category, claim.technique, claim.subject) == ("log_silence", "T1562", SUBJECT)
    assert (claim.host_ip, claim.source_ip) == (SILENT, None)
    last = MORNING + dt.timedelta(hours=3, minutes=-1)
    assert claim.first_seen == last
    assert claim.last_seen == last + dt.timedelta(minutes=30)
    assert "03-03 11:59" in claim.sentence_zh
    assert claim.evidence[0] == rows[179]["event.id"]
    assert claim.reasons[0].usual == 60


def test_a_silence_is_told_once_however_long_it_lasts() -> None:
    assert len(_claims([*_beats(SILENT, 0, 3 * HOUR), *_others(20 * HOUR)])) == 1


def test_nothing_is_told_before_the_silence_is_long_enough() -> None:
    silent = _beats(SILENT, 0, 3 * HOUR)
    assert not _claims([*silent, *_others(3 * HOUR + 29 * MINUTE)])
    assert len(_claims([*silent, *_others(3 * HOUR + 31 * MINUTE)])) == 1


def test_a_source_that_came_back_is_still_told_once() -> None:
    rows = [*_beats(SILENT, 0, 3 * HOUR), *_beats(SILENT, 5 * HOUR, 7 * HOUR), *_others(7 * HOUR)]
    assert len(_claims(rows)) == 1


def test_each_silence_of_a_source_is_told() -> None:
    rows = [*_beats(SILENT, 0, 3 * HOUR), *_beats(SILENT, 5 * HOUR, 7 * HOUR), *_others(9 * HOUR)]
    first, second = _claims(rows)
    assert (first.window_start, second.window_start) == (
        MORNING + dt.timedelta(hours=3),
        MORNING + dt.timedelta(hours=7),
    )


def test_a_source_has_the_gaps_that_it_has_as_a_rule() -> None:
    slow = _beats(SILENT, 0, 10 * HOUR, gap=15 * MINUTE)
    assert not _claims([*slow, *_others(11 * HOUR + 10 * MINUTE)])
    (claim,) = _claims([*slow, *_others(12 * HOUR)])
    assert claim.last_seen - claim.first_seen == dt.timedelta(minutes=90)


def test_a_source_without_a_rule_is_not_spoken_of() -> None:
    few = _beats(SILENT, 0, 29 * MINUTE)
    short = _beats(SILENT, 0, 50 * MINUTE, gap=10)
    seldom = _beats(SILENT, 0, 20 * HOUR, gap=HOUR)
    for rows in (few, short, seldom):
        assert not _claims([*rows, *_others(25 * HOUR)])


def test_a_sensor_that_was_away_is_not_its_sources_silence() -> None:
    rows = [
        *_beats(SILENT, 0, 3 * HOUR),
        *_others(3 * HOUR),
        *_others(6 * HOUR, since=5 * HOUR),
        *_beats(SILENT, 5.1 * HOUR, 6 * HOUR),
    ]
    assert not _claims(rows)


def test_where_nobody_else_writes_nothing_is_known() -> None:
    assert not _claims(_beats(SILENT, 0, 3 * HOUR))


def test_logs_of_a_past_day_that_are_read_one_after_the_other_are_no_silence() -> None:
    def received(rows: list[Row], minute: int) -> list[Row]:
        time = MORNING + dt.timedelta(days=2, minutes=minute)
        return [row | {"event.created": time} for row in rows]

    half, whole = _beats(SILENT, 0, 3 * HOUR), _others(8 * HOUR)
    assert not _claims([*received(whole, 1), *received(half, 2)])
    assert len(_claims([*received(half, 1), *received(whole, 2)])) == 1
    assert len(_claims([*received(half, 1), *received(whole, 1)])) == 1


def test_closing_time_is_told_on_the_first_day_alone() -> None:
    days = [
        row for day in range(3) for row in _beats(SILENT, day * 24 * HOUR, (day * 24 + 9) * HOUR)
    ]
    claims = _claims([*days, *_others(60 * HOUR)])
    assert [claim.first_seen.date() for claim in claims] == [MORNING.date()]


def test_hosts_and_inputs_are_sources_of_their_own() -> None:
    rows = [
        *_beats(SILENT, 0, 5 * HOUR),
        *(row | {"citywatch.log.source": "web", "event.id": f"w{n}"}
          for n, row in enumerate(_beats(SILENT, 0, 3 * HOUR))),
        *_others(5 * HOUR),
    ]  # fmt: skip
    (claim,) = _claims(rows)
    assert claim.subject == "web@host-15"


def test_a_host_without_name_is_known_by_its_address() -> None:
    rows = [row | {"host.name": None} for row in _beats(SILENT, 0, 3 * HOUR)]
    (claim,) = _claims([*rows, *_others(5 * HOUR)])
    assert claim.subject == f"syslog@{SILENT}"


@pytest.mark.parametrize("first", range(4))
def test_the_same_silence_is_told_in_the_same_window_whatever_is_read_beside_it(first: int) -> None:
    rows = [*_beats(SILENT, -20 * HOUR, 3.9 * HOUR), *_others(8 * HOUR, since=-20 * HOUR)]
    (whole,) = _claims(rows)
    starts = [MORNING + dt.timedelta(hours=hour) for hour in range(first, 5)]
    since = starts[0] - DETECTOR.lookback
    until = starts[-1] + DETECTOR.window
    read = [row for row in rows if since <= _time(row) < until]
    found = DETECTOR.inspect(
        logs(read).select(DETECTOR.columns), Windows(tuple(starts), DETECTOR.window), NO_ASSETS
    )
    assert found.claims == (whole,)


def _time(row: Row) -> dt.datetime:
    time = row["@timestamp"]
    assert isinstance(time, dt.datetime)
    return time


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([20.0, 60.0, 240.0]))
def test_a_source_that_never_stops_is_never_told(seed: int, mean: float) -> None:
    draw = random.Random(seed)  # noqa: S311 - a seeded draw for a test
    rows, at = [], 0.0
    while at < 12 * HOUR:
        rows.append(beat(at, SILENT))
        at += min(draw.expovariate(1 / mean), 1500)
    assert not _claims([*rows, *_others(12 * HOUR)])
