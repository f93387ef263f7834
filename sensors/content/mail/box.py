"""Boxes of mails (mbox, RFC 4155): one mail after the other, each as a member."""

from collections.abc import Iterator
from typing import BinaryIO

from sensors.content.limits import MIB
from sensors.content.reader import OverLimit, Reading
from situation.content.piece import Piece

_LINE_OCTETS = 1 * MIB
_MAIL_OCTETS = 256 * MIB
_FROM = b"From "


def read_mbox(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of each mail; its number is its name."""
    for number, mail in enumerate(_mails(stream, reading), start=1):
        yield from reading.inner(mail, f"{number}.eml", reading.place, counted=False)


def _mails(stream: BinaryIO, reading: Reading) -> Iterator[bytes]:
    """Yield the mails without the line that divides them."""
    lines: list[bytes] = []
    octets, left, blank = 0, reading.size, True
    while left > 0 and (line := stream.readline(min(left, _LINE_OCTETS))):
        left -= len(line)
        if blank and line.startswith(_FROM):
            yield from _joined(lines)
            lines, octets, blank = [], 0, False
            continue
        octets += len(line)
        if octets > _MAIL_OCTETS:
            raise OverLimit("too_large", f"a mail of {octets // MIB} MiB", reading.place)
        blank = not line.strip()
        lines.append(line.removeprefix(b">") if line.startswith(b">From ") else line)
    yield from _joined(lines)


def _joined(lines: list[bytes]) -> Iterator[bytes]:
    if any(map(bytes.strip, lines)):
        yield b"".join(lines)
