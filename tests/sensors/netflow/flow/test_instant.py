"""Every element that tells when a flow began or ended."""

import datetime as dt

import pytest

from tests.sensors.netflow.exporting import (
    BASIC,
    NOW,
    Field,
    a_set,
    basic,
    data,
    decoded,
    decoder,
    flow,
    flows,
    options_10,
    template_10,
    v10,
)

EXPORTED = dt.datetime.fromtimestamp(NOW, dt.UTC)
NTP = NOW + 2_208_988_800


def ago(seconds: float) -> dt.datetime:
    return EXPORTED - dt.timedelta(seconds=seconds)


def ntp(seconds_ago: int, fraction: int = 0) -> int:
    return (NTP - seconds_ago) << 32 | fraction


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ({150: NOW - 60, 151: NOW - 1}, ago(60), ago(1)),
        ({152: NOW * 1000 - 60_500, 153: NOW * 1000 - 250}, ago(60.5), ago(0.25)),
        ({154: ntp(60, 1 << 31), 155: ntp(1, 1 << 30)}, ago(59.5), ago(0.75)),
        ({156: ntp(60), 157: ntp(2, 3 << 30)}, ago(60), ago(1.25)),
        ({158: 60_000_000, 159: 1_500_000}, ago(60), ago(1.5)),
        ({150: NOW - 60, 161: 10_500}, ago(60), ago(49.5)),
        ({153: NOW * 1000, 162: 2_500_000}, ago(2.5), ago(0)),
        ({150: NOW - 60}, ago(60), ago(60)),
        ({151: NOW - 7}, ago(7), ago(7)),
        ({323: NOW * 1000 - 3_000}, ago(3), ago(3)),
        ({}, ago(0), ago(0)),
        ({152: 0, 153: 0}, ago(0), ago(0)),
        ({150: NOW - 1, 151: NOW - 60}, ago(60), ago(1)),
        ({160: NOW * 1000 - 500_000, 22: 440_000, 21: 499_000}, ago(60), ago(1)),
        ({22: 440_000, 21: 499_000}, ago(0), ago(0)),
        ({152: 2**64 - 1, 153: NOW * 1000}, ago(0), ago(0)),
    ],
)
def test_start_and_end_of_a_flow(
    times: dict[int, int], start: dt.datetime, end: dt.datetime
) -> None:
    wide = {152, 153, 154, 155, 156, 157, 160, 323}
    told: list[Field] = [(number, 8 if number in wide else 4) for number in times]
    fields = (*BASIC[:8], *told)
    record = {**basic(), **times}
    row = flow(v10(template_10(256, fields), data(256, fields, record)))
    assert (row["event.start"], row["event.end"]) == (start, end)
    assert row["event.duration"] == (end - start) // dt.timedelta(microseconds=1) * 1000


def test_ntp_seconds_go_on_after_2036() -> None:
    fields = (*BASIC[:8], (156, 8), (157, 8))
    after = dt.datetime(2036, 2, 7, 6, 28, 16, tzinfo=dt.UTC)
    record = {**basic(), 156: 1 << 32, 157: 2 << 32}
    row = flow(v10(template_10(256, fields), data(256, fields, record)))
    assert row["event.start"] == after + dt.timedelta(seconds=1)
    assert row["event.end"] == after + dt.timedelta(seconds=2)


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_uptimes_count_from_the_announced_start_of_the_system(turns: int) -> None:
    begun = NOW * 1000 - turns * 2**32 - 500_000
    scope: list[Field] = [(149, 4)]
    told: list[Field] = [(160, 8)]
    one = decoder()
    option = data(400, [*scope, *told], {149: 1, 160: begun})
    decoded(v10(options_10(400, scope, told), option), by=one)
    message = v10(template_10(256, BASIC), data(256, BASIC, basic(start=440_000, end=499_000)))
    frame = flows(decoded(message, by=one))
    assert frame["event.start"].to_list() == [ago(60)]
    assert frame["event.end"].to_list() == [ago(1)]


def test_every_time_of_any_octets_lies_within_what_a_date_holds() -> None:
    numbers = (150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 21, 22, 323)
    for octets in (1, 4, 8):
        for filling in (b"\xff", b"\x7f", b"\x80", b"\0"):
            fields = [*BASIC[:8], *((number, octets) for number in numbers)]
            body = b"".join(basic()[one[0]].to_bytes(one[1]) for one in BASIC[:8])
            body += filling * (octets * len(numbers))
            for drop in range(8, len(fields), 2):
                kept = fields[:8] + fields[drop:]
                sent = body[: -octets * len(numbers)] + filling * (octets * (len(kept) - 8))
                found = decoded(v10(template_10(256, kept), a_set(256, sent)))
                assert found.counters.datagrams == 1
