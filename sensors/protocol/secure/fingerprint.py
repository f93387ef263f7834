"""Fingerprints of hello messages: JA3 and JA3S (Althouse, Atkinson, Atkins), JA4 (Althouse).

They tell programs apart by what they offer, whatever they encrypt. JA4 is that of the TLS client
alone, after its technical description.
"""

import functools
import hashlib
from collections.abc import Mapping

from sensors.protocol.secure.hello import (
    ALPN,
    GROUPS,
    POINT_FORMATS,
    SERVER_NAME,
    SIGNATURE_ALGORITHMS,
    ClientHello,
    ServerHello,
    application_protocols,
    offered_version,
)
from sensors.protocol.secure.numbers import GREASE, hexadecimal, sixteen

_REMEMBERED = 4096
_NOTHING = "000000000000"
_DIGITS = 12
_MOST = 99

_JA4_VERSIONS = {
    0x0304: "13",
    0x0303: "12",
    0x0302: "11",
    0x0301: "10",
    0x0300: "s3",
    0x0002: "s2",
    0xFEFF: "d1",
    0xFEFD: "d2",
    0xFEFC: "d3",
}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS] if text else _NOTHING


def _joined(numbers: list[int]) -> str:
    return "-".join(map(str, numbers))


@functools.lru_cache(maxsize=_REMEMBERED)
def _decimal(octets: bytes) -> str:
    return _joined(sixteen(octets))


def _listed(bodies: Mapping[int, bytes], kind: int) -> bytes:
    """Return the list that an extension holds behind its length of 16 bits."""
    body = bodies.get(kind, b"")
    return body[2 : 2 + int.from_bytes(body[:2])]


def ja3(hello: ClientHello) -> str:
    """Return JA3: MD5 of version, suites, extensions, groups and point formats, without GREASE."""
    formats = hello.bodies.get(POINT_FORMATS) or b"\0"
    extensions = [kind for kind in hello.extensions if kind not in GREASE]
    return _md5(
        f"{hello.version},{_decimal(hello.ciphers)},{_joined(extensions)},"
        f"{_decimal(_listed(hello.bodies, GROUPS))},{_joined(list(formats[1 : 1 + formats[0]]))}"
    )


def ja3s(hello: ServerHello) -> str:
    """Return JA3S: MD5 of version, suite and extensions that the server chose."""
    return _md5(f"{hello.version},{hello.cipher},{_joined(list(hello.extensions))}")


def ja4(hello: ClientHello, carrier: str) -> str:
    """Return JA4; `carrier` is t for TCP, q for QUIC, d for DTLS."""
    version = _JA4_VERSIONS.get(offered_version(hello), "00")
    count, ciphers = _cipher_part(hello.ciphers)
    extensions = [kind for kind in hello.extensions if kind not in GREASE]
    named = "d" if SERVER_NAME in hello.bodies else "i"
    return (
        f"{carrier}{version}{named}{count:02}{min(len(extensions), _MOST):02}"
        f"{_protocol_part(hello)}_{ciphers}_"
        f"{_extension_part(tuple(sorted(extensions)), _listed(hello.bodies, SIGNATURE_ALGORITHMS))}"
    )


@functools.lru_cache(maxsize=_REMEMBERED)
def _cipher_part(octets: bytes) -> tuple[int, str]:
    """Return how many suites there are, at most 99, and the digest of the sorted ones."""
    ciphers = sorted(sixteen(octets))
    return min(len(ciphers), _MOST), _sha256(hexadecimal(ciphers))


@functools.lru_cache(maxsize=_REMEMBERED)
def _extension_part(extensions: tuple[int, ...], signatures: bytes) -> str:
    """Return the digest of the sorted extensions and of the signature algorithms in order."""
    kinds = [kind for kind in extensions if kind not in (SERVER_NAME, ALPN)]
    algorithms = hexadecimal(sixteen(signatures))
    text = hexadecimal(kinds)
    return _sha256(f"{text}_{algorithms}" if algorithms else text)


def _protocol_part(hello: ClientHello) -> str:
    """Return first and last character of the first protocol of ALPN.

    Where one of them is no letter or digit, they are those of its octets in hexadecimal.
    """
    names = application_protocols(hello.bodies)
    if not names or not names[0]:
        return "00"
    first = names[0]
    ends = bytes((first[0], first[-1]))
    if ends.isalnum():
        return ends.decode()
    digits = first.hex()
    return digits[0] + digits[-1]
