"""JA3, JA3S and JA4, against worked examples and where they are particular."""

import hashlib

import pytest

from sensors.protocol.secure.fingerprint import ja3, ja3s, ja4
from sensors.protocol.secure.hello import client_hello, server_hello
from tests.sensors.protocol.secure.spoken import (
    client_body,
    extension,
    named,
    numbers,
    protocols,
    server_body,
    sized,
    versions,
)

GROUPS = extension(10, sized(2, numbers(0x2A2A, 29, 23)))
FORMATS = extension(11, sized(1, b"\0\1"))
SIGNATURES = extension(13, sized(2, numbers(0x0403, 0x0804)))


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_ja3_names_what_is_offered_in_its_order_without_grease() -> None:
    hello = client_hello(
        client_body(
            extension(0x0A0A), GROUPS, FORMATS, named("a.example"), suites=(0x1A1A, 49199, 156)
        )
    )
    assert ja3(hello) == md5("771,49199-156,10-11-0,29-23,0-1")


def test_ja3_of_a_hello_without_extensions_has_empty_lists() -> None:
    assert ja3(client_hello(client_body(version=0x0301, suites=(5,)))) == md5("769,5,,,")


def test_ja3s_names_what_is_chosen() -> None:
    hello = server_hello(server_body(extension(65281, b"\0"), extension(23), suite=49199))
    assert ja3s(hello) == md5("771,49199,65281-23")


def test_ja4_sorts_what_is_offered_and_leaves_name_and_protocols_out_of_the_digest() -> None:
    hello = client_hello(
        client_body(
            extension(0x3A3A),
            named("a.example"),
            SIGNATURES,
            protocols(b"h2", b"http/1.1"),
            versions(0x4A4A, 0x0304, 0x0303),
            suites=(0x5A5A, 0xC02F, 0x1301),
        )
    )
    ciphers, rest = digest("1301,c02f"), digest("000d,002b_0403,0804")
    assert ja4(hello, "t") == f"t13d0204h2_{ciphers}_{rest}"


def test_ja4_of_a_bare_hello() -> None:
    hello = client_hello(client_body(version=0x0301, suites=()))
    assert ja4(hello, "t") == "t10i000000_000000000000_000000000000"


def test_ja4_counts_to_99() -> None:
    many = [extension(0x8000 + number) for number in range(120)]
    hello = client_hello(client_body(*many, suites=range(0x4000, 0x4000 + 150)))
    assert ja4(hello, "q").startswith("q12i9999")


@pytest.mark.parametrize(
    ("protocol", "ends"),
    [
        (b"h2", "h2"),
        (b"http/1.1", "h1"),
        (b"x", "xx"),
        (b"\xab", "ab"),
        (b"\xab\xcd", "ad"),
        (b"0\xab", "3b"),
        (b"01\xab\xcd", "3d"),
        (b"0\xab\xcd1", "01"),
        (b"", "00"),
    ],
)
def test_ja4_takes_the_ends_of_the_first_protocol(protocol: bytes, ends: str) -> None:
    assert ja4(client_hello(client_body(protocols(protocol))), "t")[8:10] == ends


@pytest.mark.parametrize(
    ("version", "offered", "letters"),
    [
        (0x0303, (), "12"),
        (0x0300, (), "s3"),
        (0x0303, (0x7F12, 0x0304), "00"),
        (0xFEFD, (), "d2"),
        (0xFEFF, (), "d1"),
        (0xFEFD, (0xFEFD, 0xFEFC), "d3"),
        (0x0101, (), "00"),
    ],
)
def test_ja4_tells_the_highest_version(
    version: int, offered: tuple[int, ...], letters: str
) -> None:
    cookie = b"" if version > 0x8000 else None
    more = [versions(*offered)] if offered else []
    hello = client_hello(client_body(*more, version=version, cookie=cookie))
    assert ja4(hello, "t")[1:3] == letters
