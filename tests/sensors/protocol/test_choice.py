"""Who is asked about a payload that nobody claimed yet."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sensors.protocol.catalogue import PARSERS
from sensors.protocol.choice import OPENING_PAYLOADS, Choice

DATAGRAMS = [parser for parser in PARSERS if parser.transport == "udp"]
CHOICE = Choice(DATAGRAMS)
KNOWN = {port for one in DATAGRAMS for port in one.ports}
PORTS = st.sampled_from(sorted(KNOWN)) | st.integers(0, 0xFFFF)


@given(st.lists(st.tuples(st.integers(0, 255), PORTS, PORTS), min_size=1))
def test_whether_anybody_is_asked_is_told_for_many_payloads_at_once(
    payloads: list[tuple[int, int, int]],
) -> None:
    firsts, clients, servers = (
        np.array(column, np.uint64) for column in zip(*payloads, strict=True)
    )
    told = CHOICE.asks(firsts.astype(np.uint8), clients, servers).tolist()
    for (first, *ports), is_asked in zip(payloads, told, strict=True):
        client, server = ports
        asked = list(CHOICE.candidates(first, (client, server), 0))
        assert is_asked == bool(asked or KNOWN & {*ports})


def test_those_of_the_servers_port_are_asked_first_then_those_of_the_clients() -> None:
    names = [one.name for one in CHOICE.candidates(0x30, (161, 389), 0)]
    assert names[:2] == ["ldap", "snmp"]


def test_one_that_cannot_begin_so_is_not_asked() -> None:
    assert [one.name for one in CHOICE.candidates(0x81, (40_000, 40_001), 0)] == ["quic", "bacnet"]


def test_of_later_payloads_only_those_that_may_begin_late_are_asked() -> None:
    asked = CHOICE.candidates(22, (40_000, 40_001), OPENING_PAYLOADS)
    assert [one.name for one in asked] == ["dtls"]
