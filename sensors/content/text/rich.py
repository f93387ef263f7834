r"""RTF (Rich Text Format 1.9.1): its text, without the words that say how it is set.

Chinese text stands as `\'d6\'d0` in the code page of the file or as `\u20013` with a substitute.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.limits import MIB
from sensors.content.reader import OverLimit, Reading, TooDeep
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

_WHOLE_OCTETS = 64 * MIB
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)
_CODE_PAGES = {936: "gb18030", 950: "big5", 1252: "cp1252", 65001: "utf-8", 932: "cp932"}
_BREAKS = frozenset({b"par", b"line", b"cell", b"row", b"sect", b"page", b"nestcell", b"nestrow"})
_SILENT = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"objdata", b"listtable", b"themedata"}
    | {b"listoverridetable", b"rsidtbl", b"generator", b"datastore", b"latentstyles", b"xmlnstbl"}
    | {b"blipuid", b"fontemb", b"colorschememapping", b"listtext", b"fldinst", b"revtbl"}
)
_ROLES: dict[bytes, Role] = {
    b"header": "header",
    b"headerl": "header",
    b"headerr": "header",
    b"headerf": "header",
    b"footer": "footer",
    b"footerl": "footer",
    b"footerr": "footer",
    b"footerf": "footer",
    b"footnote": "footnote",
    b"annotation": "comment",
    b"shptxt": "text_box",
    b"info": "property",
    b"deleted": "revision",
}
_SYMBOLS = {b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘"}
_SYMBOLS |= {b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"}
_DEPTH = 1000
_UNSIGNED = 0x10000


@dataclass(slots=True)
class _Group:
    """What holds between a pair of braces."""

    role: Role = "body"
    silent: bool = False
    skip: int = 1
    """Characters after `\\u` that only stand in for it."""


def read_rtf(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield its paragraphs."""
    if reading.size > _WHOLE_OCTETS:
        raise OverLimit("too_large", f"{reading.size // MIB} MiB of RTF", reading.place)
    yield from _Text(reading.place).told(stream.read(reading.size))


class _Text:
    """The walk through one file: collects a paragraph until it ends."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._groups = [_Group()]
        self._parts: list[str] = []
        self._octets = bytearray()
        self._page = "gb18030"
        self._ordinal = 0
        self._pending = 0
        """Substitutes that are still to be left out."""

    def told(self, data: bytes) -> Iterator[Passage]:
        """Yield the paragraphs of a whole file."""
        for token in _TOKEN.finditer(data):
            word, figure, octet, symbol, brace, text = token.groups()
            if word is not None:
                yield from self._word(word, int(figure) if figure else None)
            elif brace is not None:
                yield from self._brace(brace)
            elif octet is not None:
                self._put(bytes.fromhex(octet.decode()))
            elif symbol is not None:
                self._symbol(symbol)
            elif text is not None:
                self._put(text)
        yield from self._paragraph()

    def _word(self, word: bytes, figure: int | None) -> Iterator[Passage]:
        group = self._groups[-1]
        if word == b"u" and figure is not None:
            self._decode()
            self._say(chr(figure % _UNSIGNED))
            self._pending = group.skip
        elif word in _BREAKS:
            yield from self._paragraph()
        elif word in _ROLES and figure != 0:
            yield from self._paragraph()
            group.role, group.silent = _ROLES[word], False
        elif word in _SILENT:
            group.silent = True
        elif word in _SYMBOLS:
            self._decode()
            self._say(_SYMBOLS[word])
        elif word == b"uc" and figure is not None:
            group.skip = max(0, min(figure, 8))
        elif word == b"ansicpg" and figure in _CODE_PAGES:
            self._page = _CODE_PAGES[figure]
        elif word == b"bin" and figure:
            group.silent = True

    def _brace(self, brace: bytes) -> Iterator[Passage]:
        self._pending = 0
        if brace == b"{":
            if len(self._groups) > _DEPTH:
                raise TooDeep
            self._groups.append(replace(self._groups[-1]))
        elif len(self._groups) > 1:
            before = self._groups[-2]
            role = self._groups[-1].role
            if role in {before.role, "body"} and role != "property":
                self._decode()
            else:
                yield from self._paragraph()
            self._groups.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._groups[-1].silent = True  # a destination that only some programs know
        elif symbol == b"~":
            self._put(b" ")
        elif symbol in {b"\\", b"{", b"}"}:
            self._put(symbol)

    def _put(self, octets: bytes) -> None:
        left_out = min(self._pending, len(octets))
        self._pending -= left_out
        if not self._groups[-1].silent:
            self._octets += octets[left_out:]

    def _say(self, text: str) -> None:
        if not self._groups[-1].silent:
            self._parts.append(text)

    def _decode(self) -> None:
        if self._octets:
            self._parts.append(self._octets.decode(self._page, errors="replace"))
            self._octets.clear()

    def _paragraph(self) -> Iterator[Passage]:
        self._decode()
        text = "".join(self._parts).strip()
        self._parts.clear()
        if text:
            self._ordinal += 1
            place = replace(self._place, role=self._groups[-1].role)
            yield Passage(text=_joined(text), place=place, ordinal=self._ordinal)


def _joined(text: str) -> str:
    """Return text whose characters beyond the first plane came as two halves in one piece."""
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
