import pytest

from sensors.protocol.industry.dnp3 import PARSERS
from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed
from tests.sensors.protocol.speaking import begins, octets_of, picked, read

TCP, UDP, ANYWHERE, _ = PARSERS
FUNCTION, ACT = "citywatch.ics.function", "citywatch.ics.act"


def crc(octets: bytes) -> bytes:
    """Return the checksum as IEEE 1815 gives it, bit by bit."""
    value = 0
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0xA6BC if value & 1 else 0)
    return (value ^ 0xFFFF).to_bytes(2, "little")


def frame(data: str, *, control: int = 0xC4) -> bytes:
    """Return a frame from station 1 to station 10."""
    octets = octets_of(data)
    head = b"\x05\x64" + bytes([len(octets) + 5, control]) + b"\x0a\0\1\0"
    blocks = (octets[at : at + 16] for at in range(0, len(octets), 16))
    return head + crc(head) + b"".join(block + crc(block) for block in blocks)


OUTPUT = "0c 01 28 0100 0700 41 01 64000000 64000000 00"


def test_a_relay_output_is_told_with_its_point_and_its_refusal() -> None:
    records = read(
        TCP,
        (">", frame("c0 c3 05" + OUTPUT)),
        ("<", frame("c0 c3 81 0004" + OUTPUT[:-2] + "09", control=0x44)),
    )
    names = (FUNCTION, ACT, "dnp3.control.index", "dnp3.control.operation", "dnp3.control.status")
    assert picked(records, *names) == [
        ("direct_operate", "write", 7, "pulse_on", None),
        ("response", "other", 7, "pulse_on", "not_authorized"),
    ]
    assert records[0]["dnp3.control.trip_close"] == "close"
    assert records[1]["dnp3.request"] == "direct_operate"
    assert records[1]["event.reason"] == "parameter_error"


@pytest.mark.parametrize(
    ("code", "function", "act"),
    [("0d", "cold_restart", "restart"), ("0e", "warm_restart", "restart"),
     ("12", "stop_application", "stop"), ("11", "start_application", "start"),
     ("02", "write", "write"), ("03", "select", "write"), ("04", "operate", "write"),
     ("06", "direct_operate_no_ack", "write"), ("01", "read", "read"),
     ("7f", "function_127", "other")],
)  # fmt: skip
def test_a_function_is_told_by_name_and_act(code: str, function: str, act: str) -> None:
    assert picked(read(TCP, (">", frame(f"c0 c1 {code}"))), FUNCTION, ACT) == [(function, act)]


def test_later_segments_of_a_fragment_say_nothing_and_links_say_their_state() -> None:
    records = read(TCP, ("<", frame("02 0102030405", control=0x44)), (">", frame("", control=0xC9)))
    assert picked(records, FUNCTION) == [("request_link_status",)]


def test_a_datagram_may_hold_several_frames() -> None:
    records = read(UDP, (">", frame("c0 c1 01 3c0206") + frame("c1 c2 0d")))
    assert picked(records, FUNCTION) == [("read",), ("cold_restart",)]


def test_a_checksum_tells_dnp3_on_any_port() -> None:
    good = frame("c0 c1 01")
    bad = good[:8] + b"\0\0" + good[10:]
    assert begins(TCP, good)
    assert begins(ANYWHERE, good)
    assert not begins(ANYWHERE, bad)
    assert picked(read(TCP, (">", bad)), "dnp3.checksum_error") == [(True,)]


def test_a_stream_is_cut_by_frames() -> None:
    long = frame("c0 c1 01" + "00" * 60)
    assert TCP.length(long + b"\x05\x64") == len(long)
    assert TCP.length(b"\x05") == MORE
    assert TCP.length(b"\x05\x65" + bytes(20)) == LOST
    with pytest.raises(Malformed):
        read(UDP, (">", long[:-1]))
