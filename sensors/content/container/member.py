"""Members of archives: each is read by the same way as a file, or it is said why not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece, Unreadable, UnreadableReason
from situation.content.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member. `link` is where a link leads to; a link has no content of its own."""

    name: str
    open: Callable[[], BinaryIO]
    link: str = ""
    encrypted: bool = False


def read_members(
    members: Iterator[Member], reading: Reading, faults: tuple[type[Exception], ...]
) -> Iterator[Piece]:
    """Yield the pieces of all members. `faults` are what opening one may raise.

    Nothing is written by a member's name, so that one whose name leads out of the archive is
    said and read all the same.
    """
    for member in members:
        place = _at(reading.place, member.name)
        if _leads_out(member.name) or _leads_out(member.link):
            yield Unreadable(reason="path", detail="leads out of the archive", place=place)
        if member.link or member.encrypted:
            reading.enter()
            yield Passage(text=member.name, place=replace(place, role="name"))
        if member.encrypted:
            yield Unreadable(reason="encrypted", place=place)
        elif not member.link:
            yield from _read(member, reading, place, faults)


def _read(
    member: Member, reading: Reading, place: Place, faults: tuple[type[Exception], ...]
) -> Iterator[Piece]:
    try:
        stream = member.open()
    except faults as fault:
        reading.enter()
        yield Passage(text=member.name, place=replace(place, role="name"))
        yield Unreadable(reason=_reason(fault), detail=type(fault).__name__, place=place)
        return
    with stream:
        yield from reading.inner(stream, member.name, reading.place)


def _reason(fault: Exception) -> UnreadableReason:
    return "no_reader" if isinstance(fault, NotImplementedError) else "broken"


def _at(place: Place, name: str) -> Place:
    return replace(place, member=f"{place.member}!{name}" if place.member else name)


def _leads_out(name: str) -> bool:
    """Whether a name is absolute, names a drive, or climbs out of its folder."""
    steps = name.replace("\\", "/").split("/")
    return steps[0].endswith(":") or (name[:1] in {"/", "\\"}) or ".." in steps
