"""XML of documents as events: nothing outside of it is fetched, no entity is resolved.

Names are compared without their namespace: the transitional and the strict form of ISO/IEC 29500
and the editions of GB/T 33190 differ in nothing else that a scan reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Literal, Protocol

from lxml import etree

from sensors.content.reader import Broken

Edge = Literal["start", "end"]


class Element(Protocol):
    """An element, as far as the readers use it. Comments and the like have a tag of no text."""

    tag: object
    text: str | None
    tail: str | None

    @property
    def attrib(self) -> Mapping[str, str]:
        """The attributes by their full names."""
        ...

    def get(self, key: str, default: str = "") -> str:
        """Return an attribute by its full name."""
        ...

    def iter(self, *tags: str) -> "Iterator[Element]":
        """Walk the element and all below it."""
        ...

    def __len__(self) -> int:
        """Return how many elements stand right below."""
        ...

    def __iter__(self) -> "Iterator[Element]":
        """Walk the elements right below."""
        ...

    def getparent(self) -> "Element | None":
        """Return the element above."""
        ...

    def getprevious(self) -> "Element | None":
        """Return the element before it under the same parent."""
        ...

    def remove(self, element: "Element") -> None:
        """Take an element out."""
        ...

    def clear(self, *, keep_tail: bool = False) -> None:
        """Drop the content."""
        ...


def events(
    source: BinaryIO, names: Sequence[str] = (), *, starts: bool = False
) -> Iterator[tuple[Edge, str, Element]]:
    """Yield edge, local name and element of the elements with one of `names`; of all without.

    Whoever takes them drops what he has read by `release`. Raises `Broken` where it is no XML, and
    at the end where it defines entities, which the standards forbid and which stay unread.
    """
    walk = etree.iterparse(
        source,
        events=("start", "end") if starts else ("end",),
        tag=tuple("{*}" + name for name in names) or None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for edge, element in walk:
            yield edge, local(element), element
    except etree.XMLSyntaxError as error:
        raise Broken(f"XML, line {error.lineno}, column {error.offset}") from None
    subset = walk.root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise Broken("it defines entities of its own")


def local(element: Element) -> str:
    """Return the name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attributes(element: Element) -> dict[str, str]:
    """Return the attributes by their names without namespace."""
    return {name.rpartition("}")[2]: value for name, value in element.attrib.items()}


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without namespace; empty where there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Yield name and element of what stands right below."""
    for child in element:
        yield local(child), child


def text_of(element: Element, *names: str) -> str:
    """Join the texts of the elements below that have one of `names`; of all without."""
    wanted = frozenset(names)
    parts = (
        (below.text or "") if not wanted or local(below) in wanted else ""
        for below in element.iter()
    )
    return "".join(parts)


def release(element: Element) -> None:
    """Drop an element that was read, and what stands before it, so that memory stays small."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)
