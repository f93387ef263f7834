"""What an OFD is made of: its documents, their pages, templates, annotations and attachments.

Source: GB/T 33190-2016, 7.4 (entry), 7.5 (document), 7.6 (pages), 7.10 (annotations), 7.11
(attachments). Locations are relative to the part that names them, or begin at the root with `/`.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.content.office.markup import Element, attribute, children, events, release
from sensors.content.office.package import Package
from sensors.content.reader import Undone

ENTRY = "ofd.xml"
"""The part that every file begins with, in lower case."""

_FACTS = frozenset(
    {"Title", "Author", "Subject", "Abstract", "Keyword", "CustomData", "Cover", "DocUsage"}
)
_PATHS = ("DocRoot", "Annotations", "Attachments", "Encryptions")

Size = tuple[float, float]
"""Width and height in millimetres."""


@dataclass(slots=True)
class Outline:
    """One document. Names are those of parts, pages in their order; sizes in millimetres."""

    facts: list[str] = field(default_factory=list)
    size: Size = (0.0, 0.0)
    pages: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    """Parts of template pages by their ids."""
    annotations: list[tuple[int | None, str]] = field(default_factory=list)
    """Number of the page and part of its annotations."""
    attachments: list[tuple[str, str]] = field(default_factory=list)
    """Part and name of each attached file."""
    headings: list[str] = field(default_factory=list)
    is_encrypted: bool = False
    parts: list[str] = field(default_factory=list)
    """Parts that were read to know all this."""


def outlines_of(package: Package) -> Iterator[Outline]:
    """Yield the documents that the entry lists."""
    facts: list[str] = []
    is_encrypted = False
    with package.open(ENTRY) as entry:
        for _, name, element in events(entry, (*_FACTS, *_PATHS)):
            text = (element.text or "").strip()
            if name == "DocRoot":
                yield _outline(package, located(package, ENTRY, text), facts, is_encrypted)
                facts, is_encrypted = [], False
            elif name == "Encryptions":
                is_encrypted = True
            elif text:
                facts.append(f"{attribute(element, 'Name') or name}: {text}")


def located(package: Package, part: str, location: str) -> str:
    """Return the part that `location` means in `part`, in lower case, whether it is there or not.

    Some writers leave the stroke of a location at the root away.
    """
    near = posixpath.normpath(posixpath.join(posixpath.dirname(part), location)).lower()
    far = location.lstrip("/").lower()
    is_far = location.startswith("/") or (not package.has(near) and package.has(far))
    return far if is_far else near


def size_of(box: str) -> Size:
    """Return width and height of a box `x y width height`; zero where it is none."""
    numbers = figures(box)
    return (numbers[2], numbers[3]) if len(numbers) == 4 else (0.0, 0.0)  # noqa: PLR2004 - ST_Box


def figures(text: str) -> list[float]:
    """Return the figures of an array (ST_Array, ST_Box); none where it is damaged."""
    try:
        return [float(number) for number in text.split()]
    except ValueError:
        return []


def _outline(package: Package, root: str, facts: list[str], is_encrypted: bool) -> Outline:  # noqa: FBT001 - a fact of the entry
    outline = Outline(facts=facts, is_encrypted=is_encrypted, parts=[root])
    ids: dict[str, int] = {}
    lists: dict[str, str] = {}
    with package.open(root) as document:
        for _, name, element in events(document, tuple(_TAKEN)):
            _take(outline, name, element, ids, lists)
    outline.templates = {k: located(package, root, at) for k, at in outline.templates.items()}
    outline.pages = [located(package, root, at) for at in outline.pages]
    for name, location in lists.items():
        part = located(package, root, location)
        outline.parts.append(part)
        _listed(package, part, name, outline, ids)
    return outline


_TAKEN = (
    *("PhysicalBox", "TemplatePage", "Page", "OutlineElem", "Bookmark"),
    *("Annotations", "Attachments"),
)


def _take(
    outline: Outline, name: str, element: Element, ids: dict[str, int], lists: dict[str, str]
) -> None:
    location = attribute(element, "BaseLoc")
    if name == "PhysicalBox":
        outline.size = size_of(element.text or "")
    elif name == "TemplatePage":
        outline.templates[attribute(element, "ID")] = location
    elif name == "Page" and location:
        outline.pages.append(location)
        ids[attribute(element, "ID")] = len(outline.pages)
    elif name in {"OutlineElem", "Bookmark"}:
        outline.headings.append(attribute(element, "Title") or attribute(element, "Name"))
    elif element.text and element.text.strip():
        lists[name] = element.text.strip()


def _listed(package: Package, part: str, name: str, outline: Outline, ids: dict[str, int]) -> None:
    """Read a list of annotations or attachments; a missing one is noticed where it is missed."""
    try:
        with package.open(part) as listed:
            for _, _, element in events(listed, ("Page", "Attachment")):
                location = _location(element)
                if name == "Annotations":
                    page = ids.get(attribute(element, "PageID"))
                    outline.annotations.append((page, located(package, part, location)))
                else:
                    called = attribute(element, "Name")
                    outline.attachments.append((located(package, part, location), called))
                release(element)
    except Undone:
        return


def _location(element: Element) -> str:
    below = ((child.text or "").strip() for name, child in children(element) if name == "FileLoc")
    return next(below, attribute(element, "FileLoc"))
