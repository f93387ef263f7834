"""Mails of Outlook ([MS-OXMSG]): properties as streams of an OLE2 file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import olefile

from sensors.content.decoding import decoded
from sensors.content.mail.packed_rtf import unpacked_rtf
from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

Path = tuple[str, ...]

_SUBJECT = "0037"
_HEADS: tuple[tuple[str, str], ...] = (
    ("0C1A", "From"),
    ("5D01", "From"),
    ("0C1F", "From"),
    ("0E04", "To"),
    ("0E03", "Cc"),
    ("0E02", "Bcc"),
    ("8037", "Keywords"),
)
_RECIPIENT: tuple[tuple[str, str], ...] = (("3001", "To"), ("39FE", "To"), ("3003", "To"))
_TRANSPORT = "007D"
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_LONG_NAME, _SHORT_NAME, _DATA, _EMBEDDED = "3707", "3704", "37010102", "3701000D"
_STREAM = "__substg1.0_"
_ATTACHED, _RECEIVED = "__attach_version1.0_", "__recip_version1.0_"
MSG_FAULTS: tuple[type[Exception], ...] = (TypeError, AttributeError, RecursionError)
"""What `olefile` raises on files that are broken, beyond those of every format."""
_DEPTH = 8


def read_msg(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield head, bodies and attachments, those of enclosed mails as well."""
    with olefile.OleFileIO(stream) as compound:
        yield from _Mail(compound, reading, (), reading.place).told()


class _Mail:
    """One mail of a file: the outermost, or one that is enclosed in another."""

    def __init__(
        self, compound: olefile.OleFileIO, reading: Reading, path: Path, place: Place
    ) -> None:
        self._compound = compound
        self._reading = reading
        self._path = path
        self._place = place

    def told(self) -> Iterator[Piece]:
        """Yield the pieces of the mail."""
        yield from self._line(self._path, _SUBJECT, "", "subject")
        for tag, label in _HEADS:
            yield from self._line(self._path, tag, f"{label}: ", "subject")
        for storage in self._storages(_RECEIVED):
            for tag, label in _RECIPIENT:
                yield from self._line(storage, tag, f"{label}: ", "subject")
        yield from self._line(self._path, _TRANSPORT, "", "subject")
        yield from self._bodies()
        for storage in self._storages(_ATTACHED):
            yield from self._attachment(storage)

    def _bodies(self) -> Iterator[Piece]:
        body = self._text(self._path, _BODY)
        for line, text in enumerate(body.splitlines(), start=1):
            if text.strip():
                place = replace(self._place, line=line)
                yield Passage(text=text, place=place, ordinal=line)
        html = self._octets((*self._path, f"{_STREAM}{_HTML}0102"))
        html = html or self._text(self._path, _HTML).encode()
        if html:
            yield from self._reading.inner(html, "body.html", self._place)
        elif not body and (packed := self._octets((*self._path, f"{_STREAM}{_RTF}0102"))):
            rtf = unpacked_rtf(packed, self._reading.spend)
            yield from self._reading.inner(rtf, "body.rtf", self._place)

    def _attachment(self, storage: Path) -> Iterator[Piece]:
        name = self._text(storage, _LONG_NAME) or self._text(storage, _SHORT_NAME) or storage[-1]
        embedded = (*storage, f"{_STREAM}{_EMBEDDED}")
        if self._compound.exists("/".join(embedded)):
            if len(embedded) < _DEPTH:
                self._reading.enter()
                member = f"{self._place.member}!{name}" if self._place.member else name
                place = replace(self._place, member=member)
                yield Passage(text=name, place=replace(place, role="name"))
                yield from _Mail(self._compound, self._reading, embedded, place).told()
            return
        data = self._octets((*storage, f"{_STREAM}{_DATA}"))
        if data:
            yield from self._reading.inner(data, name, self._place)

    def _storages(self, prefix: str) -> list[Path]:
        """Return the storages of this mail whose names begin so, in their order."""
        depth = len(self._path)
        found = {
            tuple(entry[: depth + 1])
            for entry in self._compound.listdir()
            if tuple(entry[:depth]) == self._path
            and len(entry) > depth
            and entry[depth].startswith(prefix)
        }
        return sorted(found)

    def _line(self, storage: Path, tag: str, label: str, role: Role) -> Iterator[Passage]:
        text = self._text(storage, tag).strip()
        if text:
            yield Passage(text=label + text, place=replace(self._place, role=role))

    def _text(self, storage: Path, tag: str) -> str:
        wide = self._octets((*storage, f"{_STREAM}{tag}001F"))
        if wide:
            return wide.decode("utf-16-le", errors="replace").rstrip("\0")
        return decoded(self._octets((*storage, f"{_STREAM}{tag}001E"))).rstrip("\0")

    def _octets(self, path: Path) -> bytes:
        name = "/".join(path)
        if not self._compound.exists(name):
            return b""
        with self._compound.openstream(name) as found:
            return bytes(found.read())
