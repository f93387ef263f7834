"""RDP: the cookie, the protocol of security, and what is said in clear."""

import struct

from sensors.protocol.windows.rdp import PARSER
from tests.sensors.protocol.talking import named, told


def packet(kind: int, rest: bytes) -> bytes:
    unit = bytes((6 + len(rest), kind)) + b"\0" * 5 + rest
    return b"\3\0" + (4 + len(unit)).to_bytes(2) + unit


def request(cookie: bytes = b"", protocols: int | None = None) -> bytes:
    wanted = b"" if protocols is None else struct.pack("<BBHI", 1, 0, 8, protocols)
    return packet(0xE0, cookie + wanted)


def confirm(kind: int, value: int) -> bytes:
    return packet(0xD0, struct.pack("<BBHI", kind, 0, 8, value))


def data(key: bytes, *blocks: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack("<HH", kind, 4 + len(block)) + block for kind, block in blocks)
    unit = b"\2\xf0\x80" + b"\x7f\x65" + b"\0" * 20 + key + (0x8000 | len(body)).to_bytes(2) + body
    return b"\3\0" + (4 + len(unit)).to_bytes(2) + unit


def wide(text: str, octets: int) -> bytes:
    return text.encode("utf-16-le").ljust(octets, b"\0")


def test_the_cookie_is_the_user_and_the_protocols_are_told() -> None:
    asked = request(b"Cookie: mstshash=clerk\r\n", 3)
    (record,) = told(3389, (">", asked), ("<", confirm(2, 2)))
    assert record["user.name"] == "clerk"
    assert record["rdp.requested_protocols"] == ["rdp", "tls", "credssp"]
    assert record["rdp.security_protocol"] == "credssp"
    assert record["event.outcome"] == "success"


def test_a_refusal_has_its_reason_on_any_port() -> None:
    records = told(4000, (">", request(protocols=0)), ("<", confirm(3, 5)))
    assert named(records, "event.outcome", "event.reason") == [
        ("failure", "hybrid_required_by_server")
    ]


def test_a_request_without_an_answer_is_told() -> None:
    (record,) = told(3389, (">", request(b"Cookie: msts=3640205228.15629.0000\r\n")))
    assert record["rdp.routing_token"] == "3640205228.15629.0000"
    assert "user.name" not in record


def test_what_client_and_server_say_in_clear_is_told() -> None:
    core = struct.pack("<IHHHHII", 0x80004, 1920, 1080, 0xCA01, 0xAA03, 0x804, 9600)
    core += wide("DESK-7", 32) + b"\0" * 90 + wide("product-1", 64)
    channels = struct.pack("<I", 2) + b"rdpdr\0\0\0" + b"\0" * 4 + b"cliprdr\0" + b"\0" * 4
    records = told(
        3389,
        (">", request()),
        ("<", packet(0xD0, b"")),
        (">", data(b"Duca", (0xC001, core), (0xC003, channels))),
        ("<", data(b"McDn", (0x0C01, b"\4\0\x08\0"), (0x0C02, struct.pack("<II", 2, 2)))),
        (">", data(b"Duca", (0xC001, core))),
    )
    assert named(records, "event.action") == [("rdp_connect",), ("rdp_client",), ("rdp_server",)]
    assert records[0]["rdp.security_protocol"] == "rdp"
    assert records[1]["rdp.client_name"] == "DESK-7"
    assert records[1]["rdp.client_product_id"] == "product-1"
    assert records[1]["rdp.keyboard_layout"] == "0x00000804"
    assert records[1]["rdp.desktop_width"] == 1920
    assert records[1]["rdp.channels"] == ["rdpdr", "cliprdr"]
    assert records[2]["rdp.encryption_method"] == "128bit"
    assert records[2]["rdp.encryption_level"] == "client_compatible"


def test_what_is_no_connection_request_does_not_begin_a_conversation() -> None:
    s7 = packet(0xE0, b"\xc1\2\1\0\xc2\2\1\2\xc0\1\x0a")
    began = [(s7, True), (b"GET / HTTP/1.1\r\n", True), (request(protocols=0), False)]
    assert [PARSER.begins(octets, from_client) for octets, from_client in began] == [False] * 3
