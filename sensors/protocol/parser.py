"""What a parser of an application protocol is: one row of the catalogue."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Fields = Mapping[str, object]
"""Flat names of ECS, or ours, to text, numbers, truth values or lists of them. `event.action` says
what was done. `@timestamp` (nanoseconds) may say when, else it is the time of the message."""

Session = dict[str, object]
"""What a parser remembers between the messages of one conversation; small and bounded."""

DONE = "done"
"""Key of a session: set to True by a parser that has nothing more to say. What the conversation
still holds is passed over, and `finish` is not called."""
HANDOVER = "handover"
"""Key of a session: the name of the protocol that goes on in place of this one, as after STARTTLS
or CONNECT; an empty one leaves it to whoever claims what comes next."""
SKIP = "skip"
"""Key of a session: octets behind this message that its sender goes on with and nobody reads, as
the body of an HTTP message. The stream is taken up again behind them, be they captured or not."""

MORE = 0
"""A message is not whole yet."""
LOST = -1
"""The octets are no message of this protocol; the rest of what is at hand is passed over."""

MESSAGE_LIMIT = 64 * 1024
"""Octets that a conversation waits for until a message is whole; what claims more is LOST."""


class Message(NamedTuple):
    """One message of a conversation: a datagram, or what `length` cut out of a TCP stream."""

    octets: bytes
    from_client: bool
    """Whether the initiator sent it."""
    time: int
    """Nanoseconds since 1970, of the packet that made it whole."""
    session: Session
    cut: bool = False
    """Whether octets of the datagram were not captured or not kept; of a message of a stream this
    is told to `partial` parsers alone."""
    ports: tuple[int, int] = (0, 0)
    """Of client and server."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A message with what a parser must say of it. `fields` is a part of the first record."""

    octets: bytes
    fields: Fields
    from_client: bool = True


def none_left(_session: Session) -> Iterator[Fields]:
    """Say nothing at the end of a conversation."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """How one protocol is known and read over one transport.

    `begins` is asked with the first payload of a conversation in either direction, never an empty
    one, and must not believe a length; on any port where the signature is strong (`anywhere`), else
    on `ports` alone. `length` gives the octets of the message that stands in front of a stream:
    MORE if that cannot be told yet, LOST if it is none; a datagram is one message. `read` yields
    the records of a message; it raises `Malformed` (as `Cursor` does) where the message is none,
    and nothing else, whatever the octets are. `finish` yields what a conversation that ends still
    has to say.
    """

    name: str
    """`event.dataset` and `network.protocol` of its records."""
    standard: str
    transport: Literal["tcp", "udp"]
    ports: tuple[int, ...]
    begins: Callable[[bytes, bool], bool]
    """First octets, and whether the client sent them."""
    read: Callable[[Message], Iterable[Fields]]
    fields: tuple[str, ...]
    """Fields that its records may hold, beside those of every record."""
    length: Callable[[bytes], int] = len
    finish: Callable[[Session], Iterator[Fields]] = none_left
    anywhere: bool = False
    first: frozenset[int] | None = None
    """Octets that `begins` may be true for if they come first, whoever sent them: `begins` is not
    asked about any other. None, of a parser that is asked on its ports alone, leaves out none."""
    messages: bool = False
    """Whether message follows message as long as the conversation lasts, so that its ports keep
    more than the first payloads."""
    partial: bool = False
    """Whether `read` wants the beginning of a message of a stream whose rest never came, too."""
    samples: tuple[Sample, ...] = field(default=(), repr=False)
