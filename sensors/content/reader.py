"""What a reader of one format is given, what it yields, and how it says that it cannot.

A reader is a lazy generator: it reads as far as its pieces are taken. What it cannot read it says
by `Broken`, `Encrypted`, `Truncated` or `NoReader`; what was read before stays.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from sensors.content.limits import Limits
from situation.content.piece import BODY, Piece, UnreadableReason
from situation.content.place import Place
from situation.faults import Malformed


class Undone(Malformed):
    """Why a content cannot be read, or not to its end. `detail` names no value out of it."""

    cause: UnreadableReason = "broken"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.cause)
        self.detail = detail


class Broken(Undone):
    """It is not what its format asks for."""


class Encrypted(Undone):
    """It asks for a password."""

    cause = "encrypted"


class Truncated(Undone):
    """It ends before it should."""

    cause = "truncated"


class TooDeep(Undone):
    """It is nested deeper than anything that people write."""

    cause = "too_deep"


class NoReader(Undone):
    """Its format is known, but nothing here reads it."""

    cause = "no_reader"


class OverLimit(Undone):
    """It takes more than the limits allow. It ends the reading of the whole file."""

    def __init__(self, cause: UnreadableReason, detail: str = "", place: Place = BODY) -> None:
        self.cause = cause
        super().__init__(detail)
        self.place = place


class Reading(Protocol):
    """What a reader knows of its task, and what it may ask for."""

    @property
    def limits(self) -> Limits:
        """The limits of the whole file."""
        ...

    @property
    def place(self) -> Place:
        """Where this content stands: members that lead to it, role, page. Build places on it."""
        ...

    @property
    def name(self) -> str:
        """Name of the file, the last of its path."""
        ...

    @property
    def size(self) -> int:
        """Octets of the content; a file that grows is read up to here."""
        ...

    def inner(
        self, content: BinaryIO | bytes, name: str, place: Place, *, counted: bool = True
    ) -> Iterator[Piece]:
        """Read an embedded file, a member, an attachment: type by content, depth, budget.

        `place` is where it stands in this content; its `member` gets `name` as a further step.
        What is handed over is counted here, not to be spent before. A stream is read to its end
        at once, so that it may be closed when the first piece has come. The name itself comes as
        the first piece. One that is not `counted`, such as a mail in a box of mails, is none of
        the members whose number is limited.
        """
        ...

    def spend(self, octets: int) -> None:
        """Count what the reader unpacked for itself; raises `OverLimit` where it is too much.

        0 only looks at the clock.
        """
        ...

    def enter(self) -> None:
        """Count one member that `inner` does not see; raises `OverLimit` where they are many."""
        ...


Reader = Callable[[BinaryIO, Reading], Iterator[Piece]]
"""Reads a seekable stream from its beginning."""
