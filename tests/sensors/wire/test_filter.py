import pytest

from sensors.wire.filter import compiled_filter
from sensors.wire.interface import Interface
from situation.faults import Misconfigured

BARE = Interface("tun9", 101, is_bare=True, is_loopback=False)


def test_no_words_are_no_program() -> None:
    assert compiled_filter("  ", BARE, where="") == b""


def test_packets_without_a_link_header_are_filtered_from_the_first_octet() -> None:
    program = compiled_filter("ip", BARE, where="")
    # Load octet 0, keep its upper half, compare it with 4 (bpf of linux/bpf_common.h).
    assert program[:8] == bytes([0x30, 0, 0, 0, 0, 0, 0, 0])
    assert len(program) % 8 == 0


def test_what_is_no_filter_is_told_with_its_place() -> None:
    with pytest.raises(Misconfigured, match=r"^inputs\.tun: filter 'ether': "):
        compiled_filter("ether", BARE, where="inputs.tun")
