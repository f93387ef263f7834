"""Records of all versions as flow columns; templates, sequences, options and their limits."""

import datetime as dt
import itertools
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.netflow.decoder import Limits
from sensors.record import Priority
from situation.fields import REST
from tests.sensors.netflow.exporting import (
    BASIC,
    EXPORTER,
    NOW,
    REVERSE,
    SECOND,
    UPTIME,
    VARIABLE,
    Field,
    Record,
    a_set,
    basic,
    data,
    datagram,
    decoded,
    decoder,
    flow,
    flows,
    ip,
    options_9,
    options_10,
    template_9,
    template_10,
    v5,
    v9,
    v10,
    withdrawal,
)

EXPORTED = dt.datetime.fromtimestamp(NOW, dt.UTC)
START, END = EXPORTED - dt.timedelta(seconds=61), EXPORTED - dt.timedelta(seconds=1)
MILLISECONDS: tuple[Field, ...] = (*BASIC[:8], (152, 8), (153, 8))


def timed(**changes: int) -> dict[int, int]:
    """Return a record of MILLISECONDS."""
    return basic(**changes) | {152: (NOW - 61) * 1000, 153: (NOW - 1) * 1000}


@pytest.mark.parametrize(
    "payload",
    [
        v5(basic()),
        v9(template_9(256, BASIC), data(256, BASIC, basic())),
        v10(template_10(256, MILLISECONDS), data(256, MILLISECONDS, timed())),
    ],
    ids=["v5", "v9", "ipfix"],
)
def test_a_connection_becomes_the_columns_of_a_flow(payload: bytes) -> None:
    row = flow(payload)
    assert row["@timestamp"] == row["event.start"] == START
    assert row["event.end"] == END
    assert row["event.duration"] == 60 * SECOND
    assert (row["source.ip"], row["source.port"]) == ("10.1.0.5", 40_000)
    assert (row["destination.ip"], row["destination.port"]) == ("198.51.100.7", 443)
    assert (row["source.packets"], row["source.bytes"]) == (10, 5_000)
    assert row["citywatch.flow.forward.ip_bytes"] == 5_000
    assert (row["network.transport"], row["network.type"]) == ("tcp", "ipv4")
    assert row["network.iana_number"] == "6"
    assert (row["network.packets"], row["network.bytes"]) == (10, 5_000)
    assert row["citywatch.flow.forward.flags.syn"] == 1
    assert row["citywatch.flow.forward.flags.rst"] == 0
    assert row["observer.ip"] == EXPORTER
    assert row["observer.name"] == "test"
    assert (row["event.kind"], row["event.dataset"]) == ("event", "flow")
    assert row["event.action"] == "network_flow"
    assert row["citywatch.flow.sampling_interval"] is None


def test_what_one_direction_cannot_know_is_null() -> None:
    row = flow(v5(basic()))
    for name in ("destination.packets", "destination.bytes", "citywatch.flow.backward.ip_bytes"):
        assert row[name] is None
    assert row["citywatch.flow.forward.payload_bytes"] is None
    assert row["citywatch.flow.forward.iat.min"] is None
    assert row["citywatch.source.department"] is None


@pytest.mark.parametrize(
    ("changes", "payload"),
    [
        ({"flags": 0x02, "packets": 3, "octets": 180}, 0),
        ({"flags": 0x06, "packets": 3, "octets": 180}, 0),
        ({"flags": 0x12, "packets": 3, "octets": 180}, None),
        ({"flags": 0x10, "packets": 2, "octets": 80}, 0),
        ({"protocol": 17, "flags": 0, "packets": 2, "octets": 56}, 0),
        ({"protocol": 17, "flags": 0, "packets": 2, "octets": 57}, None),
    ],
)
def test_payload_is_nothing_only_where_there_surely_was_none(
    changes: dict[str, int], payload: int | None
) -> None:
    assert flow(v5(basic(**changes)))["citywatch.flow.forward.payload_bytes"] == payload


def test_icmp_has_type_and_code_as_ports() -> None:
    row = flow(v5(basic(protocol=1, sport=0, dport=8 << 8, flags=0)))
    assert (row["source.port"], row["destination.port"]) == (8, 0)
    fields: tuple[Field, ...] = (*BASIC, (32, 2))
    record = basic(protocol=1, sport=0, dport=0) | {32: 3 << 8 | 1}
    row = flow(v9(template_9(300, fields), data(300, fields, record)))
    assert (row["source.port"], row["destination.port"]) == (3, 1)
    assert row["network.transport"] == "icmp"


def test_ipv6_addresses_are_canonical_and_both_sorts_may_stand_in_one_template() -> None:
    fields: tuple[Field, ...] = ((27, 16), (28, 16), *BASIC)
    six = basic(source=0, destination=0) | {27: ip("2001:db8::1"), 28: ip("2001:db8::2")}
    four = basic() | {27: 0, 28: 0}
    frame = flows(decoded(v9(template_9(256, fields), data(256, fields, six, four))))
    assert frame["source.ip"].to_list() == ["2001:db8::1", "10.1.0.5"]
    assert frame["network.type"].to_list() == ["ipv6", "ipv4"]


def test_both_directions_share_the_community_id_but_not_the_flow() -> None:
    there = basic()
    back = basic(source=there[12], destination=there[8], sport=443, dport=40_000)
    frame = flows(decoded(v5(there, back)))
    assert frame["network.community_id"].n_unique() == 1
    assert frame["citywatch.flow.id"].n_unique() == 2


def test_later_records_of_a_flow_share_its_id_and_no_event_id() -> None:
    fields: tuple[Field, ...] = (*BASIC, (136, 1))
    first, last = basic() | {136: 2}, basic(packets=3) | {136: 3}
    frame = flows(decoded(v9(template_9(256, fields), data(256, fields, first, last))))
    assert frame["citywatch.flow.id"].n_unique() == 1
    assert frame["event.id"].n_unique() == 2
    assert frame["citywatch.flow.final"].to_list() == [False, True]
    assert frame["citywatch.flow.end_reason"].to_list() == ["active", "fin"]


def test_the_same_datagrams_give_the_same_ids_however_they_are_batched() -> None:
    payloads = [
        v9(template_9(256, BASIC), data(256, BASIC, basic(), basic(sport=1)), sequence=1),
        v9(data(256, BASIC, basic(sport=2)), data(256, BASIC, basic(sport=3)), sequence=2),
    ]
    together = flows(decoded(*payloads))
    one = decoder()
    single = pl.concat([flows(decoded(payload, by=one)) for payload in payloads])
    names = ["event.id", "citywatch.flow.id", "source.port"]
    assert together.select(names).equals(single.select(names))
    assert together["event.id"].n_unique() == 4


def test_elements_without_a_column_stand_in_the_rest_by_their_names() -> None:
    fields: tuple[Field, ...] = (
        *BASIC, (10, 4), (15, 4), (62, 16), (82, 8), (70, 3), (89, 1), (16, 4), (16, 2),
        (210, 4), (320, 8), (434, 4), (481, 4), (99, 2, 26866), (1400, 2),
    )  # fmt: skip
    record: dict[int, int | bytes] = {
        **basic(), 10: 7, 15: ip("192.0.2.9"), 62: ip("2001:db8::9"), 82: b"eth0", 70: b"\1\2\3",
        89: 64, 16: 65_001, 210: 0, 320: b"\x3f\xe0\0\0\0\0\0\0", 434: 0xFFFFFFFE,
        481: 0xFFFFFFFF, 99: 258, 1400: 5,
    }  # fmt: skip
    row = flow(v10(template_10(256, fields), data(256, fields, record)))
    assert json.loads(str(row[REST]))["netflow"] == {
        "ingressInterface": 7,
        "ipNextHopIPv4Address": "192.0.2.9",
        "ipNextHopIPv6Address": "2001:db8::9",
        "interfaceName": "eth0",
        "mplsTopLabelStackSection": "010203",
        "forwardingStatus": 64,
        "bgpSourceAsNumber": 65_001,
        "bgpSourceAsNumber.2": 65_001,
        "absoluteError": 0.5,
        "mibObjectValueInteger": -2,
        "globalAddressMappingHighThreshold": 0xFFFFFFFF,
        "26866:99": "0102",
        "0:1400": "0005",
    }


def test_variable_length_fields_are_read_in_both_forms() -> None:
    fields: tuple[Field, ...] = ((82, VARIABLE), *BASIC, (83, VARIABLE))
    records: list[dict[int, int | bytes]] = [
        {**basic(), 82: b"", 83: b"a" * 254},
        {**basic(), 82: "网口".encode(), 83: b"b" * 255},
        {**basic(), 82: b"\xff\xfe", 83: b"c" * 300},
    ]
    frame = flows(decoded(v10(template_10(256, fields), data(256, fields, *records))))
    told = [json.loads(text)["netflow"] for text in frame[REST]]
    assert [one["interfaceName"] for one in told] == ["", "网口", "\ufffd\ufffd"]
    assert [len(one["interfaceDescription"]) for one in told] == [254, 255, 300]
    assert frame["source.port"].to_list() == [40_000] * 3


def test_reduced_sizes_and_padding_change_nothing() -> None:
    fields: tuple[Field, ...] = tuple(
        (field[0], {1: 3, 2: 5}.get(field[0], field[1])) for field in BASIC
    )
    row = flow(v9(template_9(256, fields), data(256, fields, basic(), padded=True)))
    assert (row["source.packets"], row["source.bytes"]) == (10, 5_000)


def test_counts_beyond_what_a_long_holds_are_null() -> None:
    fields: tuple[Field, ...] = tuple((one[0], 8) if one[0] in (1, 2) else one for one in BASIC)
    record = basic() | {1: 2**64 - 1}
    row = flow(v9(template_9(256, fields), data(256, fields, record)))
    assert row["source.bytes"] is None
    assert row["network.bytes"] is None
    assert row["source.packets"] == 10


def test_a_biflow_has_both_directions_and_its_initiator_as_source() -> None:
    fields: tuple[Field, ...] = (*MILLISECONDS, (239, 1), (1001, 4, REVERSE), (1002, 4, REVERSE))
    fields = (*fields[:-2], (1, 4, REVERSE), (2, 4, REVERSE))
    sent = b"".join(
        data(256, fields[:-2], timed() | {239: direction})[4:]
        + (90_000).to_bytes(4)
        + (70).to_bytes(4)
        for direction in (1, 2)
    )
    frame = flows(decoded(v10(template_10(256, fields), a_set(256, sent))))
    names = ["source.ip", "source.packets", "source.bytes", "destination.port"]
    back = ["destination.ip", "destination.packets", "destination.bytes", "network.packets"]
    assert frame.select(names).rows() == [
        ("10.1.0.5", 10, 5_000, 443),
        ("198.51.100.7", 70, 90_000, 40_000),
    ]
    assert frame.select(back).rows() == [
        ("198.51.100.7", 70, 90_000, 80),
        ("10.1.0.5", 10, 5_000, 80),
    ]
    assert frame["citywatch.flow.forward.flags.syn"].to_list() == [1, None]
    assert frame["citywatch.flow.backward.flags.syn"].to_list() == [None, 1]


def test_a_firewalls_initiator_and_responder_are_both_directions() -> None:
    fields: tuple[Field, ...] = (*BASIC[:5], (231, 4), (232, 4), (298, 4), (299, 4), (323, 8))
    record = basic() | {231: 700, 232: 9_000, 298: 9, 299: 12, 323: (NOW - 5) * 1000}
    row = flow(v9(template_9(263, fields), data(263, fields, record)))
    assert (row["source.packets"], row["destination.packets"]) == (9, 12)
    assert row["citywatch.flow.forward.payload_bytes"] == 700
    assert row["citywatch.flow.backward.payload_bytes"] == 9_000
    assert row["@timestamp"] == EXPORTED - dt.timedelta(seconds=5)


def test_translated_addresses_macs_and_vlans_have_their_columns() -> None:
    fields: tuple[Field, ...] = (
        *BASIC, (225, 4), (227, 2), (226, 4), (228, 2), (56, 6), (80, 6), (58, 2), (245, 2),
        (192, 1),
    )  # fmt: skip
    record = basic() | {
        225: ip("203.0.113.1"), 227: 1024, 226: ip("198.51.100.7"), 228: 8443,
        56: 0x02000000AB01, 80: 0x02000000AB02, 58: 100, 245: 0, 192: 63,
    }  # fmt: skip
    row = flow(v9(template_9(256, fields), data(256, fields, record)))
    assert (row["source.nat.ip"], row["source.nat.port"]) == ("203.0.113.1", 1024)
    assert (row["destination.nat.ip"], row["destination.nat.port"]) == ("198.51.100.7", 8443)
    assert row["source.mac"] == "02-00-00-00-AB-01"
    assert row["destination.mac"] == "02-00-00-00-AB-02"
    assert (row["network.vlan.id"], row["network.inner.vlan.id"]) == ("100", None)
    assert row["citywatch.flow.forward.ttl.min"] == row["citywatch.flow.forward.ttl.max"] == 63


def test_records_without_addresses_are_kept() -> None:
    fields: tuple[Field, ...] = ((1, 4), (2, 4), (322, 4))
    record = {1: 100, 2: 2, 322: NOW - 3}
    row = flow(v10(template_10(256, fields), data(256, fields, record)))
    assert row["source.ip"] is None
    assert row["network.community_id"] is None
    assert row["network.transport"] is None
    assert row["citywatch.flow.id"] == row["event.id"]


def test_the_header_of_v5_tells_sampling_and_sampled_flows_are_shed_first() -> None:
    result = decoded(v5(basic(), sampling=1 << 14 | 100), v5(basic(), sequence=1, engine=2))
    assert [one.priority for one in result.frames] == [Priority.FLOW, Priority.SAMPLE]
    assert result.frames[1].frame["citywatch.flow.sampling_interval"].to_list() == [100]
    assert result.frames[1].frame["source.packets"].to_list() == [10]
    assert result.counters.sampled == 1


def test_options_tell_sampling_by_domain_by_interface_and_by_sampler() -> None:
    fields: tuple[Field, ...] = (*BASIC, (10, 4), (48, 1))
    records = [basic() | {10: 1, 48: 0}, basic() | {10: 2, 48: 0}, basic() | {10: 2, 48: 5}]
    result = decoded(
        v9(template_9(256, fields), data(256, fields, *records)),
        v9(options_9(257, [(1, 4)], [(34, 4), (35, 1)]), a_set(257, b"\0\0\0\1\0\0\0\x64\1")),
        v9(options_9(258, [(2, 4)], [(34, 4)]), a_set(258, b"\0\0\0\2\0\0\0\x32")),
        v9(options_9(259, [(1, 4)], [(48, 1), (50, 4)]), a_set(259, b"\0\0\0\1\5\0\0\0\x0a")),
    )
    assert flows(result)["citywatch.flow.sampling_interval"].to_list() == [100, 50, 10]
    assert result.counters.options == 3


def test_sampling_of_the_whole_system_holds_for_its_other_domains() -> None:
    one = decoder()
    options = v9(options_9(257, [(1, 4)], [(34, 4)]), a_set(257, b"\0\0\0\0\0\0\0\x64"), domain=9)
    decoded(options, by=one)
    message = v9(template_9(256, BASIC), data(256, BASIC, basic()), domain=1)
    assert flow(message, by=one)["citywatch.flow.sampling_interval"] == 100
    other = flows(decoded(message, by=one, exporter="192.0.2.2"))
    assert other["citywatch.flow.sampling_interval"].to_list() == [None]
    own = v9(options_9(257, [(1, 4)], [(34, 4)]), a_set(257, b"\0\0\0\0\0\0\0\x0a"), domain=1)
    decoded(own, by=one)
    again = v9(data(256, BASIC, basic()), domain=1, sequence=2)
    assert flow(again, by=one)["citywatch.flow.sampling_interval"] == 10


@pytest.mark.parametrize(
    ("told", "interval"),
    [
        ({304: 1, 305: 1, 306: 999}, 1000),
        ({304: 1, 305: 10, 306: 990}, 100),
        ({304: 1, 305: 500}, 500),
        ({304: 3, 309: 2, 310: 128}, 64),
    ],
)
def test_psamp_selectors_tell_sampling_in_ipfix(told: dict[int, int], interval: int) -> None:
    fields: tuple[Field, ...] = (*MILLISECONDS, (302, 8))
    scope: list[Field] = [(302, 8)]
    packets: list[Field] = [(number, 4) for number in told]
    selector = data(400, [*scope, *packets], {302: 9, **told})
    frame = flows(
        decoded(
            v10(options_10(400, scope, packets), selector),
            v10(template_10(256, fields), data(256, fields, timed() | {302: 9}), sequence=1),
        )
    )
    assert frame["citywatch.flow.sampling_interval"].to_list() == [interval]


def test_a_sampling_probability_is_turned_over() -> None:
    scope: list[Field] = [(149, 4)]
    told: list[Field] = [(311, 8)]
    option = data(400, [*scope, *told], {149: 1, 311: b"\x3f\x50\x62\x4d\xd2\xf1\xa9\xfc"})
    frame = flows(
        decoded(
            v10(options_10(400, scope, told), option),
            v10(template_10(256, MILLISECONDS), data(256, MILLISECONDS, timed()), sequence=1),
        )
    )
    assert frame["citywatch.flow.sampling_interval"].to_list() == [1000]


def test_announced_interfaces_and_applications_are_named() -> None:
    fields: tuple[Field, ...] = (*BASIC, (10, 4), (14, 4), (95, 4))
    result = decoded(
        v9(options_9(257, [(2, 4)], [(82, 8)]), a_set(257, b"\0\0\0\1" + b"Gi0/1\0\0\0")),
        v9(
            options_9(258, [(1, 4)], [(95, 4), (96, 8)]),
            a_set(258, b"\0" * 7 + b"\x35dns" + b"\0" * 5),
        ),
        v9(
            template_9(256, fields),
            data(256, fields, basic() | {10: 1, 14: 2, 95: 0x35}),
        ),
    )
    row = flows(result).row(0, named=True)
    assert row["observer.ingress.interface.name"] == "Gi0/1"
    assert row["observer.egress.interface.name"] is None
    assert row["network.application"] == "dns"


def test_records_wait_for_their_template_and_keep_their_ids() -> None:
    late = decoder()
    early = v9(data(256, BASIC, basic()), data(257, BASIC, basic(sport=9)), sequence=7)
    assert decoded(early, by=late).frames == ()
    assert late.counters.sets_waiting == 2
    result = decoded(v9(template_9(256, BASIC), sequence=8), by=late)
    assert late.counters.sets_waiting == 1
    in_time = flows(decoded(v9(template_9(256, BASIC), sequence=6), early))
    assert flows(result)["event.id"].to_list() == in_time["event.id"].to_list()
    assert flows(result)["event.start"].to_list() == [START]
    late.finish()
    assert (late.counters.sets_waiting, late.counters.no_template) == (0, 1)
    assert late.counters.reconciles()


def test_waiting_is_bounded_in_time_and_room() -> None:
    small = decoder(Limits(waiting_octets=2_000, waiting_nanoseconds=60 * SECOND))
    for number in range(10):
        decoded(v9(data(256, BASIC, basic()), sequence=number), by=small)
    assert small.counters.sets_waiting == 3
    assert small.counters.no_template == 7
    small.decode([datagram(v9(sequence=10), received=NOW + 61)])
    assert (small.counters.sets_waiting, small.counters.no_template) == (0, 10)


def test_a_template_that_changes_holds_from_there_on() -> None:
    turned = tuple(reversed(BASIC))
    frame = flows(
        decoded(
            v9(template_9(256, BASIC), data(256, BASIC, basic(sport=1)), sequence=0),
            v9(
                data(256, BASIC, basic(sport=2)),
                template_9(256, turned),
                data(256, turned, basic(sport=3)),
                sequence=1,
            ),
            v9(data(256, turned, basic(sport=4)), sequence=2),
        )
    )
    assert sorted(frame["source.port"].to_list()) == [1, 2, 3, 4]
    assert frame["source.ip"].unique().to_list() == ["10.1.0.5"]


def test_withdrawn_templates_are_forgotten_one_or_all() -> None:
    one = decoder()
    decoded(v10(template_10(256, MILLISECONDS), template_10(257, MILLISECONDS)), by=one)
    decoded(v10(withdrawal(256), data(256, MILLISECONDS, timed())), by=one)
    assert one.counters.sets_waiting == 1
    decoded(v10(withdrawal(2), data(257, MILLISECONDS, timed())), by=one)
    assert one.counters.sets_waiting == 2
    assert one.counters.withdrawn == 2


def test_domains_and_exporters_have_templates_of_their_own() -> None:
    one = decoder()
    decoded(v9(template_9(256, BASIC), domain=1), by=one)
    decoded(v9(data(256, BASIC, basic()), domain=2), by=one)
    decoded(v9(data(256, BASIC, basic()), domain=1), by=one, exporter="192.0.2.2")
    assert one.counters.sets_waiting == 2


def test_templates_of_a_domain_are_bounded() -> None:
    one = decoder(Limits(templates=5))
    result = decoded(*(v9(template_9(256 + number, BASIC)) for number in range(8)), by=one)
    assert result.counters.templates == 5
    assert result.counters.sets_refused == {"too_many_templates": 3}


def test_a_thousand_exporters_with_one_template_are_decoded_together() -> None:
    one = decoder(Limits(domains=1000))
    names = [f"10.{number >> 8}.{number & 255}.1" for number in range(1000)]
    one.decode([datagram(v9(template_9(256, BASIC)), name) for name in names])
    sent = [datagram(v9(data(256, BASIC, basic()), sequence=1), name) for name in names]
    frame = flows(one.decode(sent))
    assert frame["observer.ip"].to_list() == names
    assert frame["citywatch.flow.id"].n_unique() == 1000
    assert one.counters.evicted == 0
    one.decode([datagram(v9(template_9(256, BASIC)), "192.0.2.77")])
    assert one.counters.evicted == 1
    assert len(one.domains) == 1000


def test_an_exporter_that_begins_anew_must_send_its_templates_again() -> None:
    one = decoder()
    decoded(v9(template_9(256, BASIC), sequence=900, uptime=UPTIME), by=one)
    result = decoded(v9(data(256, BASIC, basic()), uptime=20_000, exported=NOW + 60), by=one)
    assert result.counters.restarts == 1
    assert one.counters.sets_waiting == 1
    assert one.counters.lost == 0


def test_an_uptime_that_turns_over_is_no_restart_and_the_times_are_right() -> None:
    one = decoder()
    before = 2**32 - 30_000
    decoded(v9(template_9(256, BASIC), sequence=1, uptime=before), by=one)
    record = basic(start=before - 1_000, end=10_000)
    later = v9(data(256, BASIC, record), sequence=2, uptime=30_000, exported=NOW + 60)
    row = flow(later, by=one)
    assert one.counters.restarts == 0
    assert row["event.start"] == EXPORTED - dt.timedelta(seconds=1)
    assert row["event.end"] == EXPORTED + dt.timedelta(seconds=40)


def test_what_the_sequence_lacks_is_lost_in_the_unit_of_the_version() -> None:
    one = decoder()
    decoded(v5(basic(), basic(), sequence=10), v5(basic(), sequence=15), by=one)
    assert one.counters.lost == 3
    decoded(v9(sequence=1), v9(sequence=4), by=one)
    assert one.counters.lost == 5
    decoded(
        v10(template_10(256, MILLISECONDS), data(256, MILLISECONDS, timed(), timed())),
        v10(data(256, MILLISECONDS, timed()), sequence=2),
        v10(data(256, MILLISECONDS, timed()), sequence=7),
        by=one,
    )
    assert one.counters.lost == 9
    assert (one.counters.restarts, one.counters.late) == (0, 0)


def test_a_late_message_is_no_loss() -> None:
    one = decoder()
    decoded(*(v9(sequence=number) for number in (1, 3, 2, 4)), by=one)
    assert (one.counters.lost, one.counters.late) == (0, 1)


def test_times_far_ahead_are_kept_as_claimed_and_date_nothing() -> None:
    ahead = timed() | {152: (NOW + 2 * 86_400) * 1000, 153: (NOW + 2 * 86_400) * 1000}
    ancient = timed() | {152: 1_000_000, 153: 1_000_000}
    message = v10(template_10(256, MILLISECONDS), data(256, MILLISECONDS, ahead, ancient))
    frame = flows(decoded(message, by=decoder(oldest_days=30)))
    assert frame["@timestamp"].to_list() == [EXPORTED, EXPORTED]
    assert frame["citywatch.log.fault"].to_list() == ["future", "ancient"]
    assert frame["citywatch.log.time_origin"].to_list() == ["received", "received"]
    assert frame["citywatch.log.claimed_time"].to_list() == frame["event.start"].to_list()
    believed = flows(decoded(message))
    assert believed["@timestamp"][1] == dt.datetime.fromtimestamp(1_000, dt.UTC)


def test_all_domains_together_are_bounded_by_their_fields_and_names() -> None:
    one = decoder(Limits(weight=100))
    scope: list[Field] = [(10, 4)]
    names: list[Field] = [(82, 4)]
    decoded(v9(template_9(256, BASIC), domain=1), v9(template_9(256, BASIC), domain=2), by=one)
    told: list[Record] = [{10: number, 82: b"eth"} for number in range(70)]
    options = v9(
        options_9(257, [(2, 4)], names), a_set(257, data(0, [*scope, *names], *told)[4:]), domain=3
    )
    assert decoded(options, by=one).counters.evicted == 0
    decoded(v9(template_9(256, BASIC), domain=1), by=one)
    assert decoded(v9(template_9(258, BASIC), domain=3), by=one).counters.evicted == 1
    assert [domain.key.number for domain in one.domains] == [1, 3]


def test_names_beyond_the_limit_are_left_out_and_long_ones_cut() -> None:
    one = decoder()
    fields: list[Field] = [(10, 4), (82, 200)]
    options = v9(options_9(257, [(2, 4)], [(82, 200)]))
    names: list[Record] = [{10: number, 82: b"x" * 200} for number in range(4_200)]
    told = [data(257, fields, *names[at : at + 100])[4:] for at in range(0, 4_200, 100)]
    decoded(options, *(v9(a_set(257, body), sequence=1 + n) for n, body in enumerate(told)), by=one)
    (domain,) = one.domains
    assert len(domain.announced.interface_names) == 4096
    assert {len(name) for name in domain.announced.interface_names.values()} == {128}


@pytest.mark.parametrize(
    ("exporter", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", None),
        ("router", None),
    ],
)
def test_the_exporter_is_an_address_or_unknown(exporter: str, address: str | None) -> None:
    frame = flows(decoded(v5(basic()), exporter=exporter))
    assert frame["observer.ip"].to_list() == [address]


MESSAGES = (
    v9(template_9(256, BASIC), sequence=0),
    v9(data(256, BASIC, basic(sport=1), basic(sport=2)), sequence=1),
    v9(template_9(256, tuple(reversed(BASIC))), sequence=2),
    v9(data(257, BASIC, basic(sport=3)), data(256, BASIC[::-1], basic(sport=4)), sequence=3),
    v9(template_9(257, BASIC), sequence=4),
    v10(data(256, MILLISECONDS, timed(sport=5))),
    v5(basic(sport=6), basic(sport=7)),
    v10(template_10(256, MILLISECONDS), data(256, MILLISECONDS, timed(sport=8)), sequence=1),
    v5(basic(sport=9), sequence=2),
    v10(data(256, MILLISECONDS, timed(sport=10)), sequence=2),
)


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(1, len(MESSAGES) - 1)))
def test_however_datagrams_are_batched_the_same_rows_come_out(cuts: set[int]) -> None:
    one = decoder()
    ends = [0, *sorted(cuts), len(MESSAGES)]
    parts = [flows(decoded(*MESSAGES[a:b], by=one)) for a, b in itertools.pairwise(ends)]
    rows = pl.concat(parts).sort("source.port")
    assert rows["source.port"].to_list() == list(range(1, 11))
    assert rows.equals(flows(decoded(*MESSAGES)).sort("source.port"))
    assert (one.counters.lost, one.counters.late, one.counters.restarts) == (0, 0, 0)


def test_the_reason_of_the_end_is_named_and_null_where_it_is_not_told() -> None:
    fields: tuple[Field, ...] = (*BASIC, (136, 1))
    told = [
        (0, 0x13),
        (1, 0x13),
        (2, 0x13),
        (3, 0x13),
        (3, 0x17),
        (3, 0x10),
        (4, 0),
        (5, 0),
        (9, 0),
    ]
    records = [basic(flags=flags) | {136: reason} for reason, flags in told]
    frame = flows(decoded(v9(template_9(256, fields), data(256, fields, *records))))
    assert frame["citywatch.flow.end_reason"].to_list() == [
        None, "idle", "active", "fin", "rst", "end", "end", "evicted", None
    ]  # fmt: skip
    assert frame["citywatch.flow.final"].to_list() == [
        None, True, False, True, True, True, True, True, None
    ]  # fmt: skip
