"""Damaged messages: counted by their reason, never raised, and never more than they hold."""

import random

import pytest

from sensors.netflow.decoder import Decoded, Limits
from sensors.netflow.reading import PORTS, Export
from tests.sensors.netflow.exporting import (
    BASIC,
    VARIABLE,
    Field,
    a_set,
    basic,
    check,
    data,
    datagram,
    decoded,
    decoder,
    options_9,
    options_10,
    template_9,
    template_10,
    v5,
    v9,
    v10,
    withdrawal,
)
from tests.testdata import testdata

VARIED: tuple[Field, ...] = (
    (82, VARIABLE), *BASIC[:8], (154, 8), (155, 8), (27, 16), (56, 6), (311, 8), (1, 4, 29305),
    (99, VARIABLE, 9), (434, 3), (83, 5),
)  # fmt: skip
"""Fields of all types."""


def varied() -> dict[int, int | bytes]:
    return {
        **basic(), 82: b"eth0", 154: 0xE8000000 << 32, 155: 0xE8000001 << 32, 27: 1, 56: 2,
        311: b"\x3f\xe0", 99: b"abc", 434: 0xFFFFFE, 83: b"ab",
    }  # fmt: skip


MESSAGES = {
    "v5": v5(basic(), basic(sport=2)),
    "v9": v9(
        template_9(256, BASIC),
        options_9(257, [(1, 4)], [(34, 4), (48, 1)]),
        a_set(257, b"\0\0\0\1\0\0\0\x64\1"),
        data(256, BASIC, basic(), basic(sport=2), padded=True),
    ),
    "ipfix": v10(
        template_10(256, VARIED),
        options_10(257, [(149, 4)], [(305, 4), (306, 4), (160, 8)]),
        data(257, [(149, 4), (305, 4), (306, 4), (160, 8)], {149: 1, 305: 1, 306: 9, 160: 10**12}),
        withdrawal(300),
        data(256, VARIED, varied(), varied()),
    ),
}


def from_all(payloads: list[bytes]) -> Decoded:
    """Decode payloads, each from an exporter of its own, and check the whole."""
    one = decoder()
    result = one.decode(
        [
            datagram(payload, f"10.0.{number >> 8}.{number & 255}")
            for number, payload in enumerate(payloads)
        ]
    )
    check(result, one)
    return result


@pytest.mark.parametrize("payload", MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_cut_at_any_octet_is_counted(payload: bytes) -> None:
    result = from_all([payload[:length] for length in range(len(payload))])
    damaged = result.counters.refused.total() + result.counters.sets_refused.total()
    assert len(payload) - 20 <= damaged <= len(payload)


@pytest.mark.parametrize("payload", MESSAGES.values(), ids=MESSAGES.keys())
def test_any_octet_at_any_place_raises_nothing(payload: bytes) -> None:
    values = random.Random(4)  # noqa: S311 - the same octets in every run
    flipped = []
    for at in range(len(payload)):
        octets = bytearray(payload)
        octets[at] ^= values.randrange(1, 256)
        flipped.append(bytes(octets))
    assert from_all(flipped).counters.datagrams == len(payload)


@pytest.mark.parametrize("name", ["ndpi/pcap/netflow-fritz.pcap", "arkime/arkime_synthetic.pcap"])
def test_messages_of_public_captures_survive_every_cut_and_flip(name: str) -> None:
    sent = Export(testdata("captures", *name.split("/")), PORTS if "arkime" in name else ())
    for payload in {one.payload for one in sent.datagrams()}:
        cut = from_all([payload[:length] for length in range(len(payload))])
        flipped = from_all(
            [
                payload[:at] + bytes([payload[at] ^ 0xFF]) + payload[at + 1 :]
                for at in range(len(payload))
            ]
        )
        assert cut.counters.datagrams == flipped.counters.datagrams == len(payload)


def test_messages_of_noise_raise_nothing() -> None:
    values = random.Random(5)  # noqa: S311 - the same octets in every run
    one = decoder(Limits(domains=50, templates=5, waiting_octets=20_000))
    heads = [b"\0\x05", b"\0\x09", b"\0\x0a", b""]
    noise = [values.choice(heads) + values.randbytes(values.randrange(120)) for _ in range(3000)]
    check(one.decode([datagram(payload) for payload in noise]), one)
    assert one.counters.datagrams == 3000
    assert len(one.domains) <= 50


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "too_short"),
        (v9(bytes(70_000)), "too_long"),
        (b"\0\x05", "too_short"),
        (b"\0\x07" + bytes(60), "unknown_version"),
        (v5(basic())[:-1], "message_length"),
        (v5(), "message_length"),
        (v10()[:2] + b"\0\x0f" + v10()[4:], "message_length"),
        (v10()[:2] + b"\0\x11" + v10()[4:], "message_length"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    assert decoded(payload).counters.refused == {reason: 1}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (v9(b"\1\0\0\3"), "set_length"),
        (v9(b"\1\0\0\5"), "set_length"),
        (v9(a_set(5, b"")), "set_number"),
        (v10(a_set(0, b"")), "set_number"),
        (v9(a_set(0, b"\0\x10\0\1\0\1\0\4")), "template_number"),
        (v9(a_set(0, b"\1\0\0\2\0\1\0\4")), "template_length"),
        (v9(a_set(0, b"\1\0\0\1\0\1\xff\xff")), "template_length"),
        (v9(a_set(1, b"\1\0\0\3\0\4\0\0\0\0\0\0")), "template_length"),
        (v9(template_9(256, [(1, 0)])), "template_without_octets"),
        (v9(template_9(256, [])), "template_without_octets"),
        (v9(template_9(256, [(1, 1)] * 513)), "template_too_wide"),
        (v10(a_set(2, b"\0\5\0\1\0\1\0\4")), "template_number"),
        (v10(a_set(3, b"\1\0\0\1\0\2\0\1\0\4")), "template_number"),
        (v10(a_set(2, b"\1\0\0\1\x80\1\0\4")), "template_length"),
        (v9(template_9(256, BASIC), a_set(256, b"\0\0\0")), "record_beyond_set"),
        (v10(template_10(256, [(82, VARIABLE)]), a_set(256, b"\5abc")), "record_beyond_set"),
        (v10(template_10(256, [(82, VARIABLE)]), a_set(256, b"\xff\0")), "record_beyond_set"),
    ],
)
def test_a_damaged_set_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    assert decoded(payload).counters.sets_refused == {reason: 1}


def test_what_stands_before_the_damage_is_kept() -> None:
    good = template_9(256, BASIC) + data(256, BASIC, basic())
    result = decoded(v9(good, b"\1\0\xff\xff"))
    assert result.counters.records == 1
    both = template_10(256, [(82, VARIABLE), (1, 4)]) + a_set(256, b"\2ab\0\0\0\1\x09xxxxxx")
    assert decoded(v10(both)).counters.records == 1


def test_a_thousand_messages_of_one_octet_records_stay_small() -> None:
    one = decoder()
    body = a_set(256, bytes(1400))
    sent = [v9(template_9(256, [(4, 1)]), body), *(v9(body, sequence=n) for n in range(1, 20))]
    result = one.decode([datagram(payload) for payload in sent])
    check(result, one)
    assert result.counters.records == 20 * 1400


def test_wide_templates_of_variable_fields_take_no_more_room_than_their_octets() -> None:
    fields: list[Field] = [(82, VARIABLE)] * 512
    body = a_set(256, bytes(60_000))
    result = decoded(v10(template_10(256, fields)), v10(body), by=decoder())
    assert result.counters.records == 60_000 // 512
