"""From octets to lines of text: bounded, every octet accounted for, any encoding survived.

A block of valid UTF-8 passes as one column, without work per line. A line that is not UTF-8 is
read as GB18030 where the source allows it; octets that are neither become U+FFFD.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from situation.fields import TEXT_LIMIT

Encoding = Literal["utf-8", "gb18030", "auto"]

LINE_LIMIT = 4 * TEXT_LIMIT
"""Characters of a line that are parsed; what is longer is clipped and told in its fault.

More than what is stored of a raw line: long records of JSON are to be parsed whole.
"""

HELD_OCTETS = 4 * LINE_LIMIT
"""Octets of one unfinished line that are held: enough for the characters in any encoding."""

CLIPPED, ENCODING, NUL = "clipped", "encoding", "nul"
"""Faults of a line: too long; octets of no encoding replaced; NUL octets replaced."""

_BOM = b"\xef\xbb\xbf"
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of one stream, in order."""

    text: pl.Series
    """String, without line ends."""
    offsets: pl.Series
    """Int64: octet of the stream at which each line began, or the number of the message."""
    faults: pl.Series
    """String: what was wrong with the octets of the line; null where nothing was."""

    @property
    def count(self) -> int:
        """How many lines they are."""
        return len(self.text)


class LineReader:
    """Cuts one stream into lines; of an unfinished line it holds at most `HELD_OCTETS`."""

    def __init__(self, *, encoding: Encoding = "auto", offset: int = 0) -> None:
        self._encoding = encoding
        self._held = bytearray()
        self._began = offset
        """Octet at which the unfinished line began."""
        self._dropped = 0
        """Octets of the unfinished line that were not held."""

    @property
    def offset(self) -> int:
        """Octet of the stream up to which all lines have been handed out."""
        return self._began

    def feed(self, block: bytes) -> Lines:
        """Return the lines that `block` completes."""
        end = block.rfind(b"\n")
        if end < 0:
            self._hold(block)
            return _none()
        if self._held or self._dropped:
            first = block.find(b"\n")
            self._hold(block[:first])
            begun = self._finished(line_end=1)
            rest = self._lines_of(block[first + 1 : end + 1])
            self._hold(block[end + 1 :])
            return _joined(begun, rest)
        lines = self._lines_of(block[: end + 1])
        self._hold(block[end + 1 :])
        return lines

    def finish(self) -> Lines:
        """Return the last line where it has no end, and begin anew behind it."""
        return self._finished(line_end=0) if self._held or self._dropped else _none()

    def _hold(self, octets: bytes) -> None:
        room = HELD_OCTETS - len(self._held)
        self._held += octets[:room]
        self._dropped += max(0, len(octets) - room)

    def _finished(self, line_end: int) -> Lines:
        raw = bytes(self._held)
        lines = lines_of([raw], [self._began], encoding=self._encoding)
        if self._dropped:
            lines = Lines(lines.text, lines.offsets, pl.Series([CLIPPED]))
        self._began += len(raw) + self._dropped + line_end
        self._held.clear()
        self._dropped = 0
        return lines

    def _lines_of(self, block: bytes) -> Lines:
        """Return the lines of a block that ends with a line end, or is empty."""
        if not block:
            return _none()
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
        starts = np.concatenate(([0], ends[:-1] + 1)) + self._began
        self._began += len(block)
        try:
            whole = block.decode("gb18030" if self._encoding == "gb18030" else "utf-8")
        except UnicodeDecodeError:
            return lines_of(block[:-1].split(b"\n"), starts.tolist(), encoding=self._encoding)
        text = pl.Series("line", [whole[:-1]]).str.split("\n").explode()
        return _cleaned(text, pl.Series(starts, dtype=pl.Int64), _no_faults(len(text)))


def lines_of(raw: Sequence[bytes], offsets: Sequence[int], *, encoding: Encoding = "auto") -> Lines:
    """Return messages that were cut before, each a line; a line end at its end is taken off."""
    decoded = [_decoded(octets.removesuffix(b"\n"), encoding) for octets in raw]
    text = pl.Series("line", [line for line, _ in decoded], dtype=pl.String())
    faults = pl.Series("fault", [fault for _, fault in decoded], dtype=pl.String())
    return _cleaned(text, pl.Series(offsets, dtype=pl.Int64), faults)


def text_lines(text: Sequence[str], offsets: Sequence[int] | None = None) -> Lines:
    """Return texts that were decoded elsewhere as lines; without offsets they are numbered."""
    lines = pl.Series("line", text, dtype=pl.String())
    numbers = range(len(text)) if offsets is None else offsets
    return _cleaned(lines, pl.Series(numbers, dtype=pl.Int64), _no_faults(len(text)))


def _decoded(octets: bytes, encoding: Encoding) -> tuple[str, str | None]:
    """Return one line as text, and what was wrong with it."""
    for codec in ("utf-8", "gb18030") if encoding == "auto" else (encoding,):
        try:
            return octets.decode(codec), None
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", errors="replace"), ENCODING


def _cleaned(text: pl.Series, offsets: pl.Series, faults: pl.Series) -> Lines:
    """Take off CR and the mark of a file's beginning, replace NUL, clip what is too long."""
    frame = pl.DataFrame({"text": text, "fault": faults})
    line, fault = pl.col("text"), pl.col("fault")
    frame = frame.with_columns(line.str.strip_suffix("\r").str.strip_prefix(_BOM.decode()))
    if frame["text"].str.contains("\0", literal=True).any():
        nul = pl.when(line.str.contains("\0", literal=True)).then(pl.lit(NUL))
        cleaned = line.str.replace_all("\0", _REPLACEMENT, literal=True)
        frame = frame.with_columns(cleaned, pl.coalesce(fault, nul).alias("fault"))
    if _longest(frame["text"]) > LINE_LIMIT:
        long = pl.when(line.str.len_chars() > LINE_LIMIT).then(pl.lit(CLIPPED))
        clipped = line.str.slice(0, LINE_LIMIT)
        frame = frame.with_columns(clipped, pl.coalesce(long, fault).alias("fault"))
    return Lines(frame["text"], offsets, frame["fault"])


def _longest(text: pl.Series) -> int:
    octets = text.str.len_bytes().max()
    return octets if isinstance(octets, int) else 0


def _no_faults(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String(), eager=True).alias("fault")


def _none() -> Lines:
    return text_lines([])


def _joined(first: Lines, second: Lines) -> Lines:
    return Lines(
        pl.concat([first.text, second.text]),
        pl.concat([first.offsets, second.offsets]),
        pl.concat([first.faults.alias("fault"), second.faults.alias("fault")]),
    )
