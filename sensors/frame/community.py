"""Community ID v1 (corelight/community-id-spec): a hash of the flow tuple, alike in all tools."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import ICMP, ICMP6, SCTP, TCP, UDP
from sensors.frame.column import Buffer, Offsets, text_column

_WORD = 0xFFFFFFFF
_BLOCK_OCTETS, _BLOCK_WORDS, _ROUNDS, _KIND_ROUNDS = 64, 16, 80, 20
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_CONSTANTS = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)
_PORTED = (ICMP, TCP, UDP, ICMP6, SCTP)
_IPV4 = 4
_ALPHABET = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", np.uint8
)
_PREFIX = np.frombuffer(b"1:", np.uint8)
_PADDING = ord("=")
_TEXT_OCTETS = 30
_DIGEST_WORDS = 5
_FIELDS = ("a_high", "a_low", "b_high", "b_low", "ports")
_TUPLE = np.dtype([(name, np.uint64) for name in _FIELDS])
_OCTET = np.uint64(0xFF)
_PORT = np.uint64(0xFFFF)

_Words = npt.NDArray[np.int64]
_State = tuple[int, int, int, int, int]


@compiled
def _rotate(value: int, by: int) -> int:
    """Rotate 32 bits to the left."""
    return ((value << by) | (value >> (32 - by))) & _WORD


@compiled
def _mixed(kind: int, b: int, c: int, d: int) -> int:
    """Return function and constant of one of the four kinds of SHA-1 rounds, added."""
    if kind == 0:
        return ((b & c) | (~b & d)) + _CONSTANTS[0]
    if kind == 1:
        return (b ^ c ^ d) + _CONSTANTS[1]
    if kind == 2:  # noqa: PLR2004 - FIPS 180-4, 4.1.1
        return ((b & c) | (b & d) | (c & d)) + _CONSTANTS[2]
    return (b ^ c ^ d) + _CONSTANTS[3]


@compiled
def _twenty(kind: int, state: _State, schedule: _Words) -> _State:
    """Do the twenty rounds of one kind."""
    a, b, c, d, e = state
    for number in range(_KIND_ROUNDS * kind, _KIND_ROUNDS * (kind + 1)):
        step = _rotate(a, 5) + _mixed(kind, b, c, d) + e + schedule[number]
        a, b, c, d, e = step & _WORD, a, _rotate(b, 30), c, d
    return a, b, c, d, e


@compiled
def _sha1(block: Buffer, schedule: _Words, digest: _Words) -> None:
    """Hash one padded block (FIPS 180-4, 6.1.2)."""
    for word in range(_BLOCK_WORDS):
        value = 0
        for octet in range(4):
            value = (value << 8) | integer(block[4 * word + octet])
        schedule[word] = value
    for word in range(_BLOCK_WORDS, _ROUNDS):
        mixed = schedule[word - 3] ^ schedule[word - 8]
        schedule[word] = _rotate(mixed ^ schedule[word - 14] ^ schedule[word - 16], 1)
    state = _twenty(1, _twenty(0, _START, schedule), schedule)
    state = _twenty(3, _twenty(2, state, schedule), schedule)
    for place in range(_DIGEST_WORDS):
        digest[place] = (_START[place] + state[place]) & _WORD


@compiled
def _put(block: Buffer, at: int, value: np.uint64, octets: int) -> int:
    """Write the low `octets` of a value in network order; return the end."""
    for octet in range(octets):
        shift = np.uint64(8 * (octets - 1 - octet))
        block[at + octet] = integer((value >> shift) & _OCTET)
    return at + octets


@compiled
def _fill(row: np.void, seed: int, block: Buffer) -> None:
    """Write the padded input: seed, addresses, protocol, zero, ports if the protocol has them."""
    block[:] = 0
    ports = row["ports"]
    at = _put(block, 0, np.uint64(seed), 2)
    if ports & _OCTET == _IPV4:
        at = _put(block, at, row["a_low"], 4)
        at = _put(block, at, row["b_low"], 4)
    else:
        for word in (row["a_high"], row["a_low"], row["b_high"], row["b_low"]):
            at = _put(block, at, word, 8)
    protocol = integer((ports >> PROTOCOL) & _OCTET)
    block[at] = protocol
    at += 2
    if protocol in _PORTED:
        at = _put(block, at, ports >> PORT_A, 2)
        at = _put(block, at, (ports >> PORT_B) & _PORT, 2)
    block[at] = 0x80
    _put(block, _BLOCK_OCTETS - 8, np.uint64(8 * at), 8)


@compiled
def _put_base64(digest: _Words, text: Buffer, at: int) -> int:
    """Write the 20 octets of a digest in base64 (RFC 4648); return the end."""
    for group in range(7):
        bits = 0
        for octet in range(3 * group, 3 * group + 3):
            value = 0
            if octet < 4 * _DIGEST_WORDS:
                value = (digest[octet // 4] >> (8 * (3 - octet % 4))) & 0xFF
            bits = (bits << 8) | value
        for place in range(4):
            text[at + place] = _ALPHABET[(bits >> (6 * (3 - place))) & 0x3F]
        at += 4
    text[at - 1] = _PADDING
    return at


@stage
def _put_ids(
    rows: Rows, scratch: tuple[Buffer, _Words, _Words], text: Buffer, ends: Offsets
) -> None:
    """Write the Community ID of each row, seed 0."""
    block, schedule, digest = scratch
    at = 0
    for number in range(len(rows)):
        _fill(rows[number], 0, block)
        _sha1(block, schedule, digest)
        text[at] = _PREFIX[0]
        text[at + 1] = _PREFIX[1]
        at = _put_base64(digest, text, at + 2)
        ends[number + 1] = at


def _scratch() -> tuple[Buffer, _Words, _Words]:
    return (
        np.zeros(_BLOCK_OCTETS, np.uint8),
        np.zeros(_ROUNDS, np.int64),
        np.zeros(_DIGEST_WORDS, np.int64),
    )


def community_ids(rows: Rows) -> pl.Series:
    """Return the Community ID of rows that hold a flow key."""
    # One dtype whoever asks: the stage is compiled once, and no record passes for another.
    keys = np.empty(len(rows), _TUPLE)
    for name in _FIELDS:
        keys[name] = rows[name]
    return text_column(
        len(keys), _TEXT_OCTETS, lambda text, ends: _put_ids(keys, _scratch(), text, ends)
    )
