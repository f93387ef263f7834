"""Text documents of Office Open XML (.docx, .docm, .dotx; WPS writes them too).

Every part that holds paragraphs is read by the name of its root, wherever it lies in the package:
body, headers and footers, footnotes, endnotes, comments, building blocks. Source: ISO/IEC 29500-1.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.office.embedded import embedded
from sensors.content.office.package import Package, going_on
from sensors.content.office.properties import properties
from sensors.content.office.story import Story
from sensors.content.office.style import Styles, styles_of
from sensors.content.reader import Reading, Undone
from situation.content.piece import Passage, Piece
from situation.content.place import Place

_ORDER = ("document", "header", "footer")
"""Beginnings of the names of parts in the order of reading; whatever else there is comes last."""
_SHAPELESS = ("/_rels/", "/theme/", "/media/", "/embeddings/", "docprops/", "customxml/")
"""Folders whose parts hold no paragraphs."""


def read_docx(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield paragraphs in the order of the parts, then properties, then embedded files."""
    package = Package(stream, reading)
    styles = _styles(package)
    for name in _stories(package):
        yield from going_on(_part(package, name, styles, reading.place), reading.place)
    yield from properties(package, reading)
    yield from embedded(package, reading)


def _stories(package: Package) -> list[str]:
    """Return the parts that may hold paragraphs, the body first."""
    parts = [
        name
        for name in package.names
        if name.endswith(".xml") and not any(folder in f"/{name}" for folder in _SHAPELESS)
    ]
    return sorted(parts, key=_turn)


def _turn(name: str) -> int:
    """Return when a part is read: first the body, then what stands on its pages."""
    last = name.rpartition("/")[2]
    return next((at for at, begin in enumerate(_ORDER) if last.startswith(begin)), len(_ORDER))


def _styles(package: Package) -> Styles:
    try:
        with package.open("word/styles.xml") as part:
            return styles_of(part)
    except Undone:
        return Styles()


def _part(package: Package, name: str, styles: Styles, place: Place) -> Iterator[Piece]:
    with package.open(name) as part:
        yield from numbered(Story(styles, place).pieces(part))


def numbered(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Give the passages of the body their ordinals, from 1."""
    ordinal = 0
    for piece in pieces:
        if isinstance(piece, Passage) and piece.place.role == "body":
            ordinal += 1
            yield replace(piece, ordinal=ordinal)
        else:
            yield piece
