"""Ids of the documents: the same datagrams give the same ids, in every run."""

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.compilation import compiled, integer, stage
from sensors.frame.column import Buffer, Integers, Offsets, text_column
from sensors.frame.text import put_hexadecimal
from sensors.netflow.flow.endpoint import Ends
from sensors.netflow.flow.origin import DIGITS

_NUMBER_DIGITS = 8
_MARK = ord("-")
_LANES, _LANE_DIGITS, _HALF_DIGITS = 2, 16, 8
_SEEDS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT, _HALF = np.uint64(33), np.uint64(32)
_HALF_MASK = np.uint64(0xFFFFFFFF)

_Words = npt.NDArray[np.uint64]


@stage
def _put_event_ids(
    messages: npt.NDArray[np.uint8], numbers: Integers, text: Buffer, ends: Offsets
) -> None:
    """Write the digits of the message, a mark and the number of the record in it."""
    at = 0
    for row in range(len(numbers)):
        for place in range(DIGITS):
            text[at + place] = messages[row, place]
        text[at + DIGITS] = _MARK
        at = put_hexadecimal(text, at + DIGITS + 1, numbers[row], _NUMBER_DIGITS)
        ends[row + 1] = at


@compiled
def _mixed(value: np.uint64, word: np.uint64) -> np.uint64:
    """Mix a word into a hash (multiply and xor-shift, twice)."""
    value = (value ^ word) * _FIRST
    value = (value ^ (value >> _SHIFT)) * _SECOND
    return value ^ (value >> _SHIFT)


@stage
def _put_flow_ids(words: _Words, text: Buffer, ends: Offsets) -> None:
    """Write the hash of each row of words as 32 digits."""
    at = 0
    for row in range(len(words)):
        for lane in range(_LANES):
            value = _SEEDS[lane]
            for word in words[row]:
                value = _mixed(value, word)
            at = put_hexadecimal(text, at, integer(value >> _HALF), _HALF_DIGITS)
            at = put_hexadecimal(text, at, integer(value & _HALF_MASK), _HALF_DIGITS)
        ends[row + 1] = at


def event_ids(messages: npt.NDArray[np.uint8], numbers: Integers) -> pl.Series:
    """Return the ids of records: the identity of their message and their number in it."""
    return text_column(
        len(numbers),
        DIGITS + 1 + _NUMBER_DIGITS,
        lambda text, ends: _put_event_ids(messages, numbers, text, ends),
    )


def flow_ids(exporter: _Words, ends: Ends, start: Integers) -> pl.Series:
    """Return what all records of a flow share: exporter and domain, both ends, start.

    `exporter` holds a number of exporter and observation domain.
    """
    ports = ends.source_port << 32 | ends.destination_port << 16 | ends.protocol << 8
    words = np.stack(
        [
            exporter,
            ends.source.high,
            ends.source.low,
            ends.destination.high,
            ends.destination.low,
            (ports | ends.source.version).astype(np.uint64),
            start.astype(np.uint64),
        ],
        axis=1,
    )
    with np.errstate(over="ignore"):
        return text_column(
            len(words),
            _LANES * _LANE_DIGITS,
            lambda text, places: _put_flow_ids(words, text, places),
        )


def number_of(exporter: str, domain: int) -> int:
    """Return 64 bits that stand for an exporter's observation domain."""
    text = f"{exporter} {domain}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
