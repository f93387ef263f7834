"""What a package says about itself: title, author, keywords, own properties, variables.

Source: ISO/IEC 29500-2, 10 (core), ISO/IEC 29500-1, 22.2 (extended), 22.3 (custom), 17.15.1.31
(variables of a document), 22.5 (custom XML that fields of a document are bound to).
"""

from collections.abc import Iterator
from dataclasses import replace

from sensors.content.office.markup import (
    Element,
    attribute,
    attributes,
    events,
    release,
)
from sensors.content.office.package import Package, going_on
from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece
from situation.content.place import Place

_COUNTS = frozenset(
    {
        *("TotalTime", "Pages", "Words", "Characters", "Lines", "Paragraphs", "Slides", "Notes"),
        *("CharactersWithSpaces", "HiddenSlides", "MMClips", "PresentationFormat", "revision"),
        *("HeadingPairs", "Application", "AppVersion", "DocSecurity", "ScaleCrop", "SharedDoc"),
        *("LinksUpToDate", "Template"),
        *("HyperlinksChanged", "created", "modified", "lastPrinted"),
    }
)
"""Properties that are figures or times and never anybody's words."""


def properties(package: Package, reading: Reading) -> Iterator[Piece]:
    """Yield each property that holds text as `name: value`."""
    place = replace(reading.place, role="property")
    for name in package.names:
        if name.startswith("docprops/") and name.endswith(".xml"):
            yield from going_on(_listed(package, name, place), place)
        elif (
            name.startswith("customxml/item") and "itemprops" not in name and name.endswith(".xml")
        ):
            yield from going_on(_leaves(package, name, place), place)
        elif name.endswith("/settings.xml"):
            yield from going_on(_variables(package, name, place), place)


def _listed(package: Package, name: str, place: Place) -> Iterator[Piece]:
    with package.open(name) as part:
        for _, key, element in events(part):
            if not _is_property(element):
                continue
            label = attribute(element, "name") or key
            text = " ".join(filter(None, (below.text for below in element.iter()))).strip()
            if text and label not in _COUNTS:
                yield Passage(text=f"{label}: {text}", place=place)
            release(element)


def _is_property(element: Element) -> bool:
    """Whether it stands right below the root."""
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _leaves(package: Package, name: str, place: Place) -> Iterator[Piece]:
    with package.open(name) as part:
        for _, label, element in events(part):
            text = (element.text or "").strip()
            for key, value in ((label, text), *attributes(element).items()):
                if value:
                    yield Passage(text=f"{key}: {value}", place=place)
            release(element)


def _variables(package: Package, name: str, place: Place) -> Iterator[Piece]:
    with package.open(name) as part:
        for _, _, element in events(part, ("docVar",)):
            text = attribute(element, "val")
            if text.strip():
                yield Passage(text=f"{attribute(element, 'name')}: {text}", place=place)
