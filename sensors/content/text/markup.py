"""XML (XML 1.0, fifth edition): elements that repeat as tables, all others as tag with text.

No entity is resolved and nothing is fetched; the parser's own limits on depth and size hold.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from sensors.content.reader import Reading
from sensors.content.text.plain import text_from
from sensors.content.text.values import Rows
from situation.content.piece import Passage, Piece, Unreadable, UnreadableReason
from situation.content.place import Place, Role

XML_FAULTS: tuple[type[Exception], ...] = (etree.LxmlError, SyntaxError, AssertionError)
"""What lxml raises on markup that is broken."""

_LIMIT_CODES = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_ENTITY_LOOP})
_LIMIT_REASONS: tuple[tuple[str, UnreadableReason], ...] = (
    ("depth", "too_deep"),
    ("amplification", "ratio"),
    ("loop", "ratio"),
    ("", "too_large"),
)
"""By a word of the parser's message: why it gave up."""
_FIELDS = 2
"""Leaves in an element, or its attributes, from which it is a row."""
_WAITING = 500
"""Leaves that wait for their parent's end; a parent with more of them is no row."""
_TABLES = 100
"""Kinds of rows that are collected at once."""


def read_xml(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield rows as grids and texts as `tag: text`; from a fault on, the rest of it as text."""
    tree = _Tree(reading.place)
    try:
        for event, element in _events(stream):
            yield from tree.take(event, element)
    except etree.XMLSyntaxError as fault:
        yield from tree.rest()
        yield from text_from(stream, reading, fault.lineno or 1)
        if fault.code in _LIMIT_CODES:
            yield Unreadable(reason=_limit(str(fault)), detail="markup", place=reading.place)
        return
    yield from tree.rest()


def _limit(message: str) -> UnreadableReason:
    return next(reason for word, reason in _LIMIT_REASONS if word in message.lower())


def _events(stream: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    return etree.iterparse(  # type: ignore[no-any-return]
        stream,
        events=("end", "comment"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


class _Tree:
    """What was parsed and not yet told: leaves that wait for their parent, rows of tables.

    What was told is emptied at once and taken out behind the next element, so that a file of any
    length takes the memory of one of its records.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._tables: dict[str, Rows] = {}
        self._waiting = 0
        self._unresolved = False

    def take(self, event: str, element: etree._Element) -> Iterator[Piece]:
        """Take an element that is complete, or a comment; yields what can be told by then."""
        if event == "comment":
            yield from self._passages({"": element.text or ""}, element, "comment")
            return
        _drop_told(element)
        if not len(element) and self._waits(element):
            return
        yield from self._entities(element)
        children = [child for child in element if isinstance(child.tag, str)]
        if children:
            yield from self._branch(element, children)
        elif len(element.attrib) >= _FIELDS and not _text(element):
            yield from self._row(element, _attributes(element))
        else:
            yield from self._leaf(element)

    def _waits(self, element: etree._Element) -> bool:
        """Whether a leaf waits for the end of its parent; most elements do."""
        waits = (
            self._waiting < _WAITING
            and element.getparent() is not None
            and (len(element.attrib) < _FIELDS or bool(_text(element)))
        )
        self._waiting += waits
        return waits

    def rest(self) -> Iterator[Piece]:
        """Yield the rows that are held."""
        for rows in self._tables.values():
            yield from rows.rest()
        self._tables.clear()

    def _leaf(self, element: etree._Element) -> Iterator[Piece]:
        parent = element.getparent()
        self._waiting += 1
        if parent is None:
            yield from self._passages(_fields([element]), element)
        elif self._waiting > _WAITING:
            self._waiting = 0
            for child in reversed(list(element.itersiblings(preceding=True))):
                if isinstance(child.tag, str):
                    yield from self._passages(_fields([child]), child)
                parent.remove(child)

    def _branch(self, element: etree._Element, children: list[etree._Element]) -> Iterator[Piece]:
        self._waiting = 0
        if _is_mixed(element):
            text = "".join(map(str, element.itertext()))
            yield from self._passages({**_attributes(element), "": text}, element)
            element.clear(keep_tail=True)
            return
        yield from self._row(element, {**_attributes(element), **_fields(children)})

    def _row(self, element: etree._Element, fields: dict[str, str]) -> Iterator[Piece]:
        """Tell the fields of an element as a row where they are several."""
        if len(fields) >= _FIELDS:
            if len(self._tables) >= _TABLES:
                yield from self.rest()
            name = _local(element)
            yield from self._tables.setdefault(name, Rows(name, self._place)).take(fields)
        else:
            yield from self._passages(fields, element)
        element.clear(keep_tail=True)

    def _passages(
        self, fields: dict[str, str], element: etree._Element, role: Role = "body"
    ) -> Iterator[Passage]:
        place = replace(self._place, line=element.sourceline, role=role)
        for key, text in fields.items():
            if text.strip():
                yield Passage(text=f"{key}: {text.strip()}" if key else text.strip(), place=place)

    def _entities(self, element: etree._Element) -> Iterator[Piece]:
        if not self._unresolved and any(child.tag is etree.Entity for child in element):
            self._unresolved = True
            yield Unreadable(reason="broken", detail="entity not resolved", place=self._place)


def _drop_told(element: etree._Element) -> None:
    before, parent = element.getprevious(), element.getparent()
    if before is not None and parent is not None and _is_told(before):
        parent.remove(before)


def _is_told(element: etree._Element) -> bool:
    return (
        isinstance(element.tag, str)
        and not len(element)
        and not element.attrib
        and not element.text
        and not (element.tail or "").strip()
    )


def _is_mixed(element: etree._Element) -> bool:
    return bool(_text(element)) or any((child.tail or "").strip() for child in element)


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}


def _fields(children: list[etree._Element]) -> dict[str, str]:
    """Return the texts and attributes of leaves by their tags; those of one tag as lines."""
    fields: dict[str, str] = {}
    for child in children:
        tag = _local(child)
        pairs = [(f"{tag}.{key}", value) for key, value in _attributes(child).items()]
        for key, text in [(tag, _text(child)), *pairs]:
            if text:
                fields[key] = f"{fields[key]}\n{text}" if key in fields else text
    return fields
