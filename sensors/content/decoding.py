"""From octets to text: which encoding, and blocks of whole lines in UTF-8.

Text that is UTF-8 already is checked and passed through. What is not is decoded line by line:
files that were written by two programs hold two encodings.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

Encoding = Literal["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]

HEAD_OCTETS = 64 * 1024
"""Octets by which a file is judged."""
BLOCK_OCTETS = 256 * 1024
_CUT_WITHIN = 4096
"""Octets before the end of a block in which a line without end is cut, behind a separator."""

_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\x01\x1a\x00")) + b"\x7f"
"""Octets that text does not hold; 01 divides the columns of some exports, 1A ends old files."""
_CONTROL_SHARE = 0.003
_WIDE_SHARE = 0.9
_SEPARATORS = b" ,;\t\"'<>|&}])"
_USUAL: tuple[frozenset[str], ...] = tuple(
    frozenset(map(chr, points))
    for points in (
        (*range(0x20, 0x7F), 0x09, 0x0A, 0x0D),
        range(0x4E00, 0xA000),  # unified ideographs
        range(0x3000, 0x3040),  # their punctuation
        range(0xFF00, 0xFF5F),  # full-width forms
        (0x2018, 0x2019, 0x201C, 0x201D, 0x2014, 0x2026, 0xB7),
    )
)
"""Characters that Chinese and English texts are made of."""
_HOLE = re.compile(rb"\0{4,}")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Whole lines as UTF-8, with the number of the first one, from 1.

    `offset` is the character of that line at which the block begins, where a line was cut.
    """

    data: bytes
    line: int
    offset: int | None = None


def encoding_of(head: bytes) -> Encoding | None:
    """Return the encoding of a file that begins with `head`; None where it is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _wide(head) or _holed(head)
    if _controls(head) > _CONTROL_SHARE * len(head):
        return None
    if _decodes(head, "utf-8") or not _decodes(head, "gb18030"):
        return "utf-8"
    return "gb18030"


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, _CONTROLS))


def _holed(head: bytes) -> Encoding | None:
    """Judge a text with holes of NUL, as logs have that were cut while they were written."""
    rest = _HOLE.sub(b"", head)
    if not rest or rest.count(b"\0") > _CONTROL_SHARE * len(rest):
        return None
    return encoding_of(rest.replace(b"\0", b""))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD_OCTETS)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> Encoding | None:
    """Judge UTF-16 without a mark by the share of characters that texts are made of."""
    shares: list[tuple[float, Encoding]] = [
        (_plausible(head, "utf-16-le"), "utf-16-le"),
        (_plausible(head, "utf-16-be"), "utf-16-be"),
    ]
    share, encoding = max(shares)
    return encoding if share >= _WIDE_SHARE else None


def _plausible(head: bytes, encoding: str) -> float:
    text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    if not text:
        return 0.0
    return sum(map(_usual, text)) / len(text)


def _usual(character: str) -> bool:
    return any(character in points for points in _USUAL)


def blocks(stream: BinaryIO, size: int, encoding: Encoding) -> Iterator[TextBlock]:
    """Yield the text of the first `size` octets of `stream` as blocks of whole lines."""
    octets = _octets(stream, size, encoding)
    line, offset, held = 1, 0, b""
    ahead = next(octets, None)
    while (chunk := ahead) is not None:
        ahead = next(octets, None)
        data = held + chunk if held else chunk
        end = len(data) if ahead is None else data.rfind(b"\n") + 1
        if not end:
            if len(data) < BLOCK_OCTETS:
                held = data
                continue
            end = _cut(data)
        held, whole = data[end:], as_utf8(data[:end])
        yield TextBlock(whole, line, offset or None)
        lines = whole.count(b"\n")
        line += lines
        offset = 0 if whole.endswith(b"\n") else _length(whole) + (0 if lines else offset)


def _length(data: bytes) -> int:
    return len(data[data.rfind(b"\n") + 1 :].decode("utf-8", errors="replace"))


def _cut(data: bytes) -> int:
    """Return where a line without end may be cut: behind a separator, else between characters."""
    tail = data[-_CUT_WITHIN:]
    best = max(tail.rfind(separator) for separator in _SEPARATORS)
    if best >= 0:
        return len(data) - len(tail) + best + 1
    end = len(data)
    while end > len(data) - 4 and data[end - 1] & 0xC0 == 0x80:  # noqa: PLR2004 - RFC 3629, 3
        end -= 1
    return end - 1 if data[end - 1] >= 0xC0 else len(data)  # noqa: PLR2004 - same


def _octets(stream: BinaryIO, size: int, encoding: Encoding) -> Iterator[bytes]:
    """Yield the octets, of wide encodings as UTF-8, without the mark of order."""
    decoder = None if encoding in {"utf-8", "gb18030"} else _decoder(encoding)
    left, first = size, True
    while left > 0:
        chunk = stream.read(min(BLOCK_OCTETS, left))
        if not chunk:
            break
        left -= len(chunk)
        if decoder:
            chunk = decoder.decode(chunk).encode("utf-8", errors="replace")
        if first:
            chunk, first = chunk.removeprefix(codecs.BOM_UTF8), False
        yield chunk


def _decoder(encoding: Encoding) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(errors="replace")


def as_utf8(data: bytes) -> bytes:
    """Return whole lines as UTF-8; lines that are not are read as GB18030, damage as U+FFFD."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return b"".join(map(_line_as_utf8, _lines(data)))
    return data


def _lines(data: bytes) -> list[bytes]:
    """Return the data as one where all of it is GB18030, else its lines."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return data.splitlines(keepends=True)
    return [data] if _mostly_wide(data) else data.splitlines(keepends=True)


def _mostly_wide(data: bytes) -> bool:
    """Whether no line of it is UTF-8 beyond ASCII, so that the whole may be read as GB18030."""
    return not any(not line.isascii() and _is_utf8(line) for line in data.splitlines())


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _line_as_utf8(line: bytes) -> bytes:
    if _is_utf8(line):
        return line
    return decoded(line).encode("utf-8", errors="replace")


def decoded(octets: bytes) -> str:
    """Return a short text whose encoding nobody says: UTF-8, else GB18030, damage as U+FFFD."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("gb18030", errors="replace")


def as_text(octets: bytes, encoding: Encoding) -> str:
    """Return octets, which may end within a character, as text without the mark of order."""
    codec = codecs.getincrementaldecoder(encoding)(errors="replace")
    return codec.decode(octets).removeprefix("\ufeff")
