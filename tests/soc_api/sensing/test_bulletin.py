"""What a sensor tells a person: once when a trouble lasts, once when it is over."""

import dataclasses
import datetime as dt

from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus
from soc_api.sensing.bulletin import Bulletin

NOW = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
AWAY = SpoolStatus(store="away", store_reason="nobody listens there")


def status(
    spool: SpoolStatus | None = None, *inputs: InputStatus, minutes: int = 0
) -> SensorStatus:
    return SensorStatus(
        name="gate",
        started_at=NOW,
        reported_at=NOW + dt.timedelta(minutes=minutes),
        spool=spool or SpoolStatus(),
        inputs=inputs,
    )


def told(*looks: SensorStatus) -> list[list[str]]:
    bulletin = Bulletin()
    return [bulletin.look(one) for one in looks]


def test_a_store_that_is_away_is_told_once_and_once_more_when_it_is_back() -> None:
    away, well = status(AWAY), status()
    assert told(well, away, away, away, well, well) == [
        [],
        [],
        ["store: nobody listens there; events wait in the spool and go on by themselves"],
        [],
        ["store: in order again"],
        [],
    ]


def test_a_trouble_that_is_gone_at_the_next_look_is_not_told() -> None:
    assert told(status(AWAY), status(), status(AWAY), status()) == [[], [], [], []]


def test_another_reason_for_the_same_trouble_is_told() -> None:
    stopped = SpoolStatus(store="stopped", store_reason="the key was refused")
    looks = told(status(AWAY), status(AWAY), status(stopped))
    assert looks[2] == [
        "store: the key was refused; somebody has to mend it, events wait in the spool"
    ]


def test_a_disk_and_an_input_are_told_by_their_place() -> None:
    ill = InputStatus(name="door", type="file", kind="", trouble="no permission")
    one = status(SpoolStatus(disk_trouble="no space left"), ill)
    assert told(one, one)[1] == ["disk of the spool: no space left", "inputs.door: no permission"]


def test_an_input_that_fell_silent_is_told_after_its_minutes() -> None:
    quiet = InputStatus(name="door", type="syslog", kind="", silent_minutes=10)
    looks = told(*[status(None, quiet, minutes=minutes) for minutes in (9, 11, 12, 13)])
    assert looks == [[], [], ["inputs.door: nothing came for 10 minutes"], []]


def test_what_an_input_loses_is_told_by_its_name() -> None:
    lost = InputStatus(name="gate", type="netflow", kind="", shed={"full": 2}, kernel_drops=7)
    well = InputStatus(name="gate", type="netflow", kind="")
    assert told(status(None, well), status(None, lost), status(None, lost)) == [
        [],
        [
            "inputs.gate: lines are lost (full)",
            "inputs.gate: the kernel drops packets, more come than are read",
        ],
        [],
    ]


def test_an_input_of_packets_loses_packets() -> None:
    lost = InputStatus(name="core", type="packet", kind="", shed={"worker_died": 2})
    well = InputStatus(name="core", type="packet", kind="")
    looks = told(status(None, well), status(None, lost))
    assert looks[1] == ["inputs.core: packets are lost (worker_died)"]


def test_losses_are_told_once_for_each_reason_and_not_those_of_before() -> None:
    first = SpoolStatus(dead_letters={"too long": 3}, damaged=2)
    more = dataclasses.replace(first, dead_letters={"too long": 3, "no date": 1})
    grown = dataclasses.replace(more, dead_letters={"too long": 4, "no date": 9}, shed={"flow": 1})
    assert told(*map(status, (first, first, more, grown, grown))) == [
        [],
        [],
        ["the store refuses events (no date); see `citywatch spool dead`"],
        [
            "the store refuses events (too long); see `citywatch spool dead`",
            "the spool is too full for flow, which is left out",
        ],
        [],
    ]
