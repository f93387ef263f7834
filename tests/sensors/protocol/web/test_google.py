"""The client hello of Google's QUIC."""

import pytest

from sensors.protocol.secure.quic import PARSER
from sensors.protocol.web.google import google_hello
from tests.sensors.protocol.secure.spoken import told

VALUES = {b"PAD\0": b"-" * 40, b"SNI\0": b"portal.example", b"UAID": b"probe/1"}


def hello(values: dict[bytes, bytes]) -> bytes:
    """Return a hello with these values."""
    table, end = b"", 0
    for tag, value in values.items():
        end += len(value)
        table += tag + end.to_bytes(4, "little")
    head = b"CHLO" + len(values).to_bytes(2, "little") + b"\0\0"
    return head + table + b"".join(values.values())


def test_host_and_agent_are_told() -> None:
    datagram = b"\x0d" + b"c" * 8 + b"Q043" + b"\1" + b"x" * 30 + hello(VALUES) + b"\0" * 9
    said = told(PARSER, (True, datagram))
    assert said["tls.client.server_name"] == "portal.example"
    assert said["user_agent.original"] == "probe/1"
    assert said["quic.version"] == "Q043"


@pytest.mark.parametrize(
    "octets", [b"", b"CHLO", b"CHLO\xff\xff\0\0" + b"x" * 60, hello(VALUES)[:30]]
)
def test_a_hello_that_is_none_says_nothing(octets: bytes) -> None:
    assert google_hello(octets) == {}


def test_offsets_are_not_believed() -> None:
    assert google_hello(b"CHLO\1\0\0\0SNI\0\xff\xff\xff\xffportal") == {}
    backwards = b"CHLO\2\0\0\0UAID\4\0\0\0SNI\0\2\0\0\0abcd"
    assert google_hello(backwards) == {"user_agent.original": "abcd"}
