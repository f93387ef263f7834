"""Files that lie inside a document: embedded objects, pictures, fonts, macros, other documents."""

from collections.abc import Iterator
from dataclasses import replace

from sensors.content.office.package import Package, going_on
from sensors.content.reader import Reading
from situation.content.piece import Piece

_OWN = (".xml", ".rels", ".vml", ".rdf", "mimetype")
"""Endings of parts that are the document itself."""
_SETTINGS = ("printersettings", ".odttf", "thumbnail", "/activex/", "objectreplacements/")
"""Parts that hold no text of people's: drivers, scrambled fonts, pictures of what is there."""


def embedded(package: Package, reading: Reading) -> Iterator[Piece]:
    """Yield what stands in each part that is a file of its own, by the way of any other file."""
    for name in package.names:
        if not name.endswith(_OWN) and not any(part in name for part in _SETTINGS):
            yield from going_on(_file(package, name, reading), reading.place)


def _file(package: Package, name: str, reading: Reading) -> Iterator[Piece]:
    with package.unspent(name) as part:
        pieces = reading.inner(part, name, replace(reading.place, role="body"))
        yield from pieces
