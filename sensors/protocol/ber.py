"""Elements of the Basic Encoding Rules of ASN.1 (ITU-T X.690, 8): SNMP, LDAP, Kerberos, SPNEGO.

No length is believed: an element ends within the one that holds it, elements lie at most
`DEPTH_LIMIT` deep in one another, and nothing is read until it is asked for.
"""

from collections.abc import Iterator

from sensors.protocol.cursor import Short
from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed

BOOLEAN, INTEGER, OCTETS, NULL, OID, ENUMERATED = 0x01, 0x02, 0x04, 0x05, 0x06, 0x0A
SEQUENCE, SET = 0x30, 0x31
CONSTRUCTED, APPLICATION, CONTEXT = 0x20, 0x40, 0x80
"""Bits of a tag: `CONTEXT | CONSTRUCTED | 3` is the context tag 3 with elements inside."""

DEPTH_LIMIT = 24
_INTEGER_LIMIT = 8
_TAG_LIMIT = 3
_ARC_LIMIT, _ARC_OCTETS = 128, 10
_LENGTH_LIMIT = 4
_LONG, _INDEFINITE, _SEVEN = 0x80, 0x80, 0x7F
_MULTIPLE = 0x1F
_END_OCTETS = 2
_WHERE = "element"


class Element:
    """One element: its tag and where its contents lie in `octets`.

    The tag is its identifier octet; of a tag that has several, all of them as one number.
    """

    __slots__ = ("at", "cut", "depth", "end", "octets", "partial", "tag")

    def __init__(
        self, octets: bytes, tag: int, span: tuple[int, int], depth: int, *, partial: bool
    ) -> None:
        self.octets = octets
        self.tag = tag
        self.at, self.end = span
        self.depth = depth
        self.partial = partial
        self.cut = False
        """Whether it announces more octets than there are."""

    def value(self) -> bytes:
        """Return the octets of the contents."""
        return self.octets[self.at : self.end]

    def integer(self) -> int:
        """Return the contents as a number of 64 bits (8.3); raise Malformed if they are none."""
        if not 0 < self.end - self.at <= _INTEGER_LIMIT:
            raise Malformed("a number of so many octets is none", where=_WHERE)
        return int.from_bytes(self.octets[self.at : self.end], signed=True)

    def oid(self) -> str:
        """Return the contents as an object identifier with dots (8.19); raise Malformed if none."""
        arcs: list[int] = []
        arc = count = 0
        for octet in self.value():
            arc = arc << 7 | octet & _SEVEN
            count += 1
            if count > _ARC_OCTETS or len(arcs) >= _ARC_LIMIT:
                raise Malformed("an object identifier is too long", where=_WHERE)
            if octet < _LONG:
                arcs.append(arc)
                arc = count = 0
        if count or not arcs:
            raise Malformed("an object identifier is cut", where=_WHERE)
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))

    def inside(self) -> Iterator["Element"]:
        """Yield the elements inside, in order; raise Malformed where there is none."""
        at = self.at
        while at < self.end:
            found, at = _element(self.octets, at, self.end, self.depth + 1, partial=self.partial)
            yield found

    def only(self, *tags: int) -> "Element":
        """Return the first element inside with the first tag, in it that with the second, ...

        Raises Malformed where one of them is missing.
        """
        element = self
        for tag in tags:
            found = element.find(tag)
            if found is None:
                raise Malformed(f"element {tag:#04x} is missing", where=_WHERE)
            element = found
        return element

    def find(self, tag: int) -> "Element | None":
        """Return the first element inside with the tag, None if there is none."""
        return next((element for element in self.inside() if element.tag == tag), None)


def element(
    octets: bytes, at: int = 0, end: int | None = None, *, partial: bool = False
) -> Element:
    """Return the element that begins at `at` and ends before `end`; raise Malformed if none.

    With `partial`, it and those inside end where the octets end if they announce more, as in a
    datagram that was cut.
    """
    end = len(octets) if end is None else min(end, len(octets))
    found, _ = _element(octets, at, end, 0, partial=partial)
    return found


def whole(octets: bytes) -> int:
    """Return the octets of the element that stands in front of a stream, head included.

    MORE if its head is not whole yet, LOST if that is none. One of indefinite length is LOST:
    the protocols over streams forbid it (RFC 4511, 5.1).
    """
    if len(octets) < _END_OCTETS:
        return MORE
    first = octets[1]
    if first < _LONG:
        return _END_OCTETS + first
    count = first & _SEVEN
    if not 0 < count <= _LENGTH_LIMIT or octets[0] & _MULTIPLE == _MULTIPLE:
        return LOST
    if len(octets) < _END_OCTETS + count:
        return MORE
    return _END_OCTETS + count + int.from_bytes(octets[2 : 2 + count])


def _octet(octets: bytes, at: int, end: int) -> int:
    if at >= end:
        raise Short(1, end - at)
    return octets[at]


def _tag(octets: bytes, at: int, end: int) -> tuple[int, int]:
    """Return a tag and the place behind it (8.1.2)."""
    tag = _octet(octets, at, end)
    if tag & _MULTIPLE != _MULTIPLE:
        return tag, at + 1
    for place in range(at + 1, at + 1 + _TAG_LIMIT):
        octet = _octet(octets, place, end)
        tag = tag << 8 | octet
        if octet < _LONG:
            return tag, place + 1
    raise Malformed("a tag of so many octets is none", where=_WHERE)


def _element(octets: bytes, at: int, end: int, depth: int, *, partial: bool) -> tuple[Element, int]:
    """Return the element at `at` and the place behind it."""
    if depth > DEPTH_LIMIT:
        raise Malformed("elements lie too deep in one another", where=_WHERE)
    tag, at = _tag(octets, at, end)
    size = _octet(octets, at, end)
    at += 1
    if size == _INDEFINITE:
        behind = _behind_contents(octets, at, end, depth)
        return Element(octets, tag, (at, behind - _END_OCTETS), depth, partial=False), behind
    if size > _LONG:
        count = size & _SEVEN
        if count > _LENGTH_LIMIT or at + count > end:
            raise Short(count, end - at)
        size = int.from_bytes(octets[at : at + count])
        at += count
    is_cut = at + size > end
    if is_cut and not partial:
        raise Short(size, end - at)
    behind = end if is_cut else at + size
    found = Element(octets, tag, (at, behind), depth, partial=partial)
    found.cut = is_cut
    return found, behind


def _behind_contents(octets: bytes, at: int, end: int, depth: int) -> int:
    """Return the place behind the end-of-contents of an element of indefinite length (8.1.5)."""
    while True:
        found, at = _element(octets, at, end, depth + 1, partial=False)
        if found.tag == 0 and found.at == found.end:
            return at
