"""Identities of documents: the same input gives the same ids, in every run."""

import hashlib
import pathlib
import secrets
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import polars as pl

from sensors.capture.origin import is_pipe
from sensors.compilation import stage
from sensors.frame.column import Buffer, Integers, Offsets, constant_column, text_column
from sensors.frame.text import put_hexadecimal
from sensors.meter.settings import MeterSettings

_PREFIX_DIGITS, _SERIAL_DIGITS, _NUMBER_DIGITS = 20, 12, 8
_FLOW_DIGITS = _PREFIX_DIGITS + _SERIAL_DIGITS
_EDITION = "2"
"""Raised when the meter gives other rows for the same packets."""
_WHOLE_OCTETS = 64 * 1024 * 1024
_SAMPLES = 256
_SAMPLE_OCTETS = 64 * 1024
_DIGEST_OCTETS = 32


def _content(path: pathlib.Path) -> bytes:
    """Hash a file: whole if small, else its size and evenly spread samples with both ends.

    A pipe can be read but once, so it gets a number of its own each time.
    """
    if is_pipe(path):
        return secrets.token_bytes(_DIGEST_OCTETS)
    digest = hashlib.blake2b(digest_size=_DIGEST_OCTETS)
    size = path.stat().st_size
    digest.update(size.to_bytes(8))
    with path.open("rb", buffering=0) as file:
        if size <= _WHOLE_OCTETS:
            while piece := file.read(_SAMPLE_OCTETS * 16):
                digest.update(piece)
            return digest.digest()
        for sample in range(_SAMPLES):
            file.seek((size - _SAMPLE_OCTETS) * sample // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE_OCTETS))
    return digest.digest()


def fingerprint(
    files: Sequence[pathlib.Path], observer: str, drill_id: str | None, settings: MeterSettings
) -> str:
    """Return what identifies the rows of a run: content, observer, drill and settings."""
    digest = hashlib.blake2b(digest_size=20)
    for text in (_EDITION, observer, drill_id or "", repr(astuple(settings))):
        digest.update(len(text.encode()).to_bytes(4) + text.encode())
    for path in files:
        digest.update(_content(path))
    return digest.hexdigest()


@stage
def _put_ids(
    prefix: Buffer, serials: Integers, numbers: Integers, text: Buffer, ends: Offsets
) -> None:
    """Write prefix and serial, and where there are numbers a mark and the number."""
    at = 0
    for row in range(len(serials)):
        for place in range(_PREFIX_DIGITS):
            text[at + place] = prefix[place]
        at = put_hexadecimal(text, at + _PREFIX_DIGITS, serials[row], _SERIAL_DIGITS)
        if len(numbers) > 0:
            text[at] = prefix[_PREFIX_DIGITS]
            at = put_hexadecimal(text, at + 1, numbers[row], _NUMBER_DIGITS)
        ends[row + 1] = at


class Identity:
    """Makes ids out of the fingerprint of a run and the numbers that the meter gives."""

    def __init__(self, fingerprint: str, *, observer: str, drill_id: str | None) -> None:
        self.fingerprint = fingerprint
        self._prefix = fingerprint[:_PREFIX_DIGITS]
        self._observer = observer
        self._drill_id = drill_id

    def flow_ids(self, serials: Integers) -> pl.Series:
        """Return the id that all records of a flow share."""
        return self._ids(serials, np.zeros(0, np.int64), " ")

    def event_ids(self, serials: Integers, numbers: Integers, mark: str) -> pl.Series:
        """Return the flow's id with a mark for the kind of document and its number."""
        return self._ids(serials, numbers, mark)

    def _ids(self, serials: Integers, numbers: Integers, mark: str) -> pl.Series:
        prefix = np.frombuffer((self._prefix + mark).encode(), np.uint8)
        return text_column(
            len(serials),
            _FLOW_DIGITS + 1 + _NUMBER_DIGITS,
            lambda text, ends: _put_ids(prefix, serials, numbers, text, ends),
        )

    def constants(self, count: int) -> dict[str, pl.Series]:
        """Return the columns that are the same in every document of the run."""
        return {
            "observer.name": constant_column(self._observer, count),
            "citywatch.drill.id": constant_column(self._drill_id, count),
        }

    def batch_name(self, number: int) -> str:
        """Return the name of a batch."""
        return f"{self.fingerprint}-{number:06d}"
