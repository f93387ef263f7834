"""The packet sensor as a whole: same input, same output; no input breaks it."""

import gzip
import pathlib

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.meter.settings import MeterSettings
from sensors.metering import Metering
from situation.faults import Malformed
from situation.fields import DNS_SCHEMA, FLOW_SCHEMA, KEYWORD_LIMIT
from tests import testdata
from tests.sensors.building import (
    START,
    enhanced,
    interface,
    meter,
    pcap,
    section,
    tcp,
    udp,
    written,
)

IDS = ("event.id", "citywatch.flow.id")
FRAMES = [
    udp(),
    udp(40, ports=(40_001, 53)),
    tcp("S"),
    tcp("SA", back=True),
    tcp("PA", length=300),
    tcp("FA"),
    tcp("FA", back=True),
    udp(1200, ports=(5, 6)),
]
TIMED = [(START + number * 700_000_000, frame) for number, frame in enumerate(FRAMES * 12)]
CLASSIC = pcap(TIMED)
MODERN = section() + interface() + b"".join(enhanced(time // 1000, frame) for time, frame in TIMED)


def hostile() -> list[pathlib.Path]:
    folder = testdata.testdata("captures", "hostile")
    return sorted(path for path in folder.iterdir() if path.suffix in (".pcap", ".pcapng"))


def test_batches_have_the_columns_of_the_registry(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, CLASSIC)
    for batch in Metering([path], observer="test", settings=MeterSettings(batch_rows=2)).batches():
        assert dict(batch.flows.schema) == FLOW_SCHEMA
        assert dict(batch.dns.schema) == DNS_SCHEMA


def test_the_same_input_gives_the_same_batches_names_and_ids(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, CLASSIC)
    first, second = (
        list(Metering([path], observer="test", settings=MeterSettings(batch_rows=2)).batches())
        for _ in range(2)
    )
    assert len(first) > 1
    for one, two in zip(first, second, strict=True):
        assert one.name == two.name
        assert one.flows.equals(two.flows)
        assert one.dns.equals(two.dns)


def test_observer_drill_settings_and_content_give_ids_of_their_own(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, CLASSIC)
    other = written(tmp_path, CLASSIC[:-100], "other.pcap")
    fingerprints = [
        Metering([path], observer="a").fingerprint,
        Metering([path], observer="b").fingerprint,
        Metering([path], observer="a", drill_id="drill").fingerprint,
        Metering([path], observer="a", settings=MeterSettings(active_seconds=1)).fingerprint,
        Metering([other], observer="a").fingerprint,
        Metering([path, other], observer="a").fingerprint,
    ]
    assert len(set(fingerprints)) == len(fingerprints)


def test_the_name_of_a_file_is_no_part_of_its_identity(tmp_path: pathlib.Path) -> None:
    one, two = (written(tmp_path, CLASSIC, name) for name in ("one.pcap", "two.pcap"))
    assert Metering([one], observer="a").fingerprint == Metering([two], observer="a").fingerprint


def test_the_drill_is_on_every_row(tmp_path: pathlib.Path) -> None:
    metering = Metering([written(tmp_path, CLASSIC)], observer="test", drill_id="drill-7")
    for batch in metering.batches():
        assert set(batch.flows["citywatch.drill.id"]) == {"drill-7"}


def test_progress_goes_from_nothing_to_all(tmp_path: pathlib.Path) -> None:
    files = [written(tmp_path, CLASSIC, "one.pcap"), written(tmp_path, gzip.compress(CLASSIC))]
    total = sum(path.stat().st_size for path in files)
    told: list[tuple[int, int]] = []
    metering = Metering(files, observer="test")
    list(metering.batches(lambda done, of: told.append((done, of))))
    assert told[0] == (0, total)
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_capture_split_in_two_files_gives_the_same_flows(tmp_path: pathlib.Path) -> None:
    whole = meter(written(tmp_path, CLASSIC)).flows.drop(IDS)
    for cut in (1, 40, len(TIMED) - 1):
        one = written(tmp_path, pcap(TIMED[:cut]), "one.pcap")
        two = written(tmp_path, pcap(TIMED[cut:]), "two.pcap")
        assert meter([one, two]).flows.drop(IDS).equals(whole)


def test_a_flow_that_lasts_over_two_captures_of_different_formats_is_counted_once(
    tmp_path: pathlib.Path,
) -> None:
    one = written(tmp_path, pcap(TIMED[:2]), "one.pcap")
    rest = b"".join(enhanced(time // 1000, frame) for time, frame in TIMED[2:])
    two = written(tmp_path, section() + interface() + rest, "two.pcapng")
    whole = meter(written(tmp_path, CLASSIC))
    assert meter([one, two]).counters == whole.counters


@pytest.mark.parametrize("octets", [4096, 10_000])
def test_the_size_of_the_buffer_does_not_change_the_rows(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, octets: int
) -> None:
    path = written(tmp_path, MODERN)
    whole = meter(path)
    monkeypatch.setattr("sensors.capture.stream._BUFFER_OCTETS", octets)
    assert meter(path).flows.equals(whole.flows)


def test_every_hostile_capture_is_read_to_its_end_or_refused_with_its_place() -> None:
    files = hostile()
    assert len(files) > 140
    places: list[str] = []
    for path in files:
        try:
            result = meter(path)
        except Malformed as fault:
            places.append(fault.where)
            continue
        assert result.counters.packets > 0
        names = result.dns["dns.question.name"].drop_nulls()
        assert all(len(name) <= KEYWORD_LIMIT for name in names)
    assert len(places) < 5
    assert all("offset" in place for place in places)


def test_all_hostile_captures_as_one_stream_reconcile() -> None:
    files = []
    for path in hostile():
        try:
            Metering([path], observer="test")
        except Malformed:
            continue
        files.append(path)
    counters = meter(files).counters
    assert counters.reconciles()
    assert counters.packets > len(files)


Mutation = tuple[int, int]
MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(CLASSIC) - 1), st.integers(0, 255)), min_size=1, max_size=12
)
PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mutated(content: bytes, mutations: list[Mutation], cut: int) -> bytes:
    changed = bytearray(content)
    for place, value in mutations:
        changed[place % len(changed)] = value
    return bytes(changed[: cut or None])


@PROPERTY
@given(mutations=MUTATIONS, cut=st.integers(0, len(CLASSIC)), modern=st.booleans())
def test_no_mutation_of_a_capture_breaks_the_meter(
    tmp_path: pathlib.Path, mutations: list[Mutation], cut: int, *, modern: bool
) -> None:
    content = mutated(MODERN if modern else CLASSIC, mutations, cut)
    path = written(tmp_path, content)
    try:
        result = meter(path)
    except Malformed as fault:
        where = fault.where
    else:
        where = str(path)
        assert result.counters.packets >= result.counters.metered
    assert where.startswith(str(path))


@PROPERTY
@given(content=st.binary(max_size=300), head=st.sampled_from([CLASSIC[:24], MODERN[:60], b""]))
def test_no_content_behind_a_good_header_breaks_the_meter(
    tmp_path: pathlib.Path, content: bytes, head: bytes
) -> None:
    try:
        meter(written(tmp_path, head + content))
    except Malformed:
        assert not head or len(content) < 4


@PROPERTY
@given(
    frames=st.lists(st.binary(max_size=90), max_size=12),
    link=st.sampled_from([0, 1, 12, 101, 108, 113, 228, 229, 276]),
)
def test_no_frame_of_any_link_type_breaks_the_decoder(
    tmp_path: pathlib.Path, frames: list[bytes], link: int
) -> None:
    packets = [(START + number, frame) for number, frame in enumerate(frames)]
    result = meter(written(tmp_path, pcap(packets, link=link)))
    assert result.counters.packets == len(frames)
    assert result.counters.bytes == sum(map(len, frames))


@PROPERTY
@given(
    start=st.sampled_from([b"\x45\0\0\x54\0\0\x20\0\x40", b"\x60\0\0\0\0\x40", b"\x46"]),
    rest=st.binary(min_size=20, max_size=90),
)
def test_no_ip_packet_breaks_the_decoder(tmp_path: pathlib.Path, start: bytes, rest: bytes) -> None:
    packets = [(START, (start + rest)[:size]) for size in range(len(start) + len(rest) + 1)]
    result = meter(written(tmp_path, pcap(packets, link=101)))
    assert result.counters.packets == len(packets)


def test_octets_are_conserved_whatever_the_settings(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, CLASSIC)
    for settings_ in (
        MeterSettings(),
        MeterSettings(active_seconds=1.0),
        MeterSettings(udp_idle_seconds=0.1, tcp_idle_seconds=0.1),
        MeterSettings(max_flows=1),
        MeterSettings(batch_rows=2),
    ):
        flows = meter(path, settings_).flows
        assert flows["network.bytes"].sum() == sum(len(frame) for _, frame in TIMED)
        assert flows["citywatch.flow.both.size.sum"].sum() == flows["network.bytes"].sum()
        assert flows.filter(pl.col("citywatch.flow.final"))["citywatch.flow.id"].is_unique().all()
