import datetime as dt

import pytest
from pydantic import ValidationError

from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus, sensor_status

NOW = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)


def made(**spool: object) -> SensorStatus:
    return SensorStatus(
        name="sensor-1",
        started_at=NOW - dt.timedelta(hours=1),
        reported_at=NOW,
        spool=SpoolStatus(**spool),  # type: ignore[arg-type]  # fields by name
        inputs=(InputStatus(name="auth", type="file", kind="syslog", faults={"no time": 2}),),
    )


def test_a_report_is_read_as_it_was_written() -> None:
    status = made(octets=5, dead_letters={"a": 1}, oldest_waiting_at=NOW, store="away")
    assert sensor_status(status.document()) == status


def test_a_report_of_another_form_is_refused() -> None:
    with pytest.raises(ValidationError):
        sensor_status({"name": "sensor-1"})


def test_a_sensor_is_silent_after_half_a_minute() -> None:
    status = made()
    assert not status.is_silent(NOW + dt.timedelta(seconds=30))
    assert status.is_silent(NOW + dt.timedelta(seconds=31))


def test_an_input_is_silent_by_its_own_measure_and_from_the_start_if_nothing_ever_came() -> None:
    start = NOW - dt.timedelta(minutes=12)
    quiet = InputStatus(name="a", type="file", kind="", silent_minutes=10)
    assert quiet.is_silent(NOW, start)
    assert not quiet.is_silent(NOW, NOW - dt.timedelta(minutes=9))
    heard = InputStatus(
        name="a",
        type="file",
        kind="",
        silent_minutes=10,
        last_event_at=NOW - dt.timedelta(minutes=3),
    )
    assert not heard.is_silent(NOW, start)
    assert not InputStatus(name="a", type="file", kind="").is_silent(NOW, start)


def test_the_fill_of_a_spool_without_a_budget_is_none() -> None:
    assert made().spool.fill == 0
    assert made(octets=50, budget_octets=200).spool.fill == 0.25
