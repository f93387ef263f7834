import dataclasses
import datetime as dt

from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus
from soc_api.sensing.line import LiveLine

NOW = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


def status(at: dt.datetime, *inputs: InputStatus, **spool: object) -> SensorStatus:
    kept = dataclasses.replace(SpoolStatus(), **spool)  # type: ignore[arg-type] # by name
    return SensorStatus(name="gate", started_at=NOW, reported_at=at, spool=kept, inputs=inputs)


def wire(received: int, drops: int = 0) -> InputStatus:
    return InputStatus(
        name="eth0", type="packet", kind="", received=received, flows=12, kernel_drops=drops
    )


def test_packets_have_their_rate_since_the_look_before() -> None:
    line = LiveLine()
    assert line.of(status(NOW, wire(1000))) == (
        "eth0: 1,000 packets, 12 flows, 0 drops; "
        "1,000 received, 0 stored, 0 wait, 0 refused, 0 lost"
    )
    later = line.of(status(NOW + dt.timedelta(seconds=2), wire(5000, 7)))
    assert later.startswith("eth0: 5,000 packets (2,000/s), 12 flows, 7 drops; 5,000 received")
    assert later.endswith("7 lost")


def test_what_is_wrong_stands_at_the_end() -> None:
    down = InputStatus(name="app", type="file", kind="", trouble="is gone")
    told = LiveLine().of(status(NOW, down, store="away", store_reason="no answer", waiting=3))
    assert (
        told
        == "0 received, 0 stored, 3 wait, 0 refused, 0 lost; store away: no answer; app: is gone"
    )
