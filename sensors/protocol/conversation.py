"""One flow as its parser sees it: messages cut out of datagrams and streams."""

from collections import Counter
from typing import NamedTuple

from sensors.protocol.choice import UNCLAIMED_PAYLOADS, Choice, Ports
from sensors.protocol.parser import (
    DONE,
    HANDOVER,
    MESSAGE_LIMIT,
    MORE,
    SKIP,
    Fields,
    Message,
    Parser,
    Session,
)
from sensors.protocol.stream import Segment, Stream
from situation.faults import Malformed

WRONG_IN_A_ROW = 3
"""Messages that a parser may refuse one after the other before the conversation is given up."""
SHORT_OCTETS = 16
"""What came before may be the begin of a message that was cut into segments, if it is no more."""


class Key(NamedTuple):
    """What the meter knows of a flow; addresses and ports in the order of its key."""

    serial: int
    a_high: int
    a_low: int
    b_high: int
    b_low: int
    ports: int
    initiator: int
    """Side of the client."""


class Event(NamedTuple):
    """One record of a parser with what makes it a row."""

    key: Key
    number: int
    """Of the record in its flow."""
    name: str
    time: int
    fields: Fields


class Yield:
    """What the conversations gave: records, and messages that a parser refused, by protocol."""

    __slots__ = ("events", "refused")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refused: Counter[str] = Counter()


class Conversation:
    """A flow that is read. It is `over` once nobody claims it or nothing more is to be said."""

    __slots__ = (
        "_choice", "_found", "_heard", "_key", "_last", "_number", "_offered", "_parser", "_ports",
        "_session", "_sides", "_wrong", "held", "is_stream", "name", "over",
    )  # fmt: skip

    def __init__(
        self, key: Key, ports: Ports, choice: Choice, found: Yield, number: int, *, is_stream: bool
    ) -> None:
        self._key = key
        self._ports = ports
        self._choice = choice
        self._found = found
        self._number = number
        self._session: Session = {}
        self._sides: tuple[Stream, ...] = (Stream(), Stream()) if is_stream else ()
        self._last = 0
        self._offered = 0
        self._wrong = 0
        self._heard = False
        self._parser: Parser | None = None
        self.name: str | None = None
        """Protocol that it was first known as."""
        self.over = False
        self.is_stream = is_stream
        self.held = 0
        """Octets that wait for the rest of their message."""

    def datagram(self, octets: bytes, time: int, *, from_client: bool, cut: bool) -> None:
        """Read a datagram, which is one message."""
        if self._parser is None and not self._claimed(octets, from_client=from_client):
            return
        self._read(Message(octets, from_client, time, self._session, cut, self._ports))

    def segment(self, segment: Segment, *, from_client: bool) -> None:
        """Read what a segment completes."""
        server, client = self._sides
        side = client if from_client else server
        if side.is_next(segment):
            self._advance(side, segment, from_client=from_client)
        else:
            self._order(side, segment, from_client=from_client)
        self.held = len(server.buffer) + server.waiting + len(client.buffer) + client.waiting

    def finish(self) -> None:
        """Say what is left to say at the end of the conversation."""
        if self.held:
            self._read_rest()
        if not self.over:
            self._conclude()
            self.over = True

    def _order(self, side: Stream, segment: Segment, *, from_client: bool) -> None:
        """Read what can be read once a segment has come that is not simply the next."""
        for piece in side.take(segment, lambda octets: self._fits(octets, from_client=from_client)):
            self._advance(side, piece, from_client=from_client)

    def _read_rest(self) -> None:
        """Read what waited for octets that never came."""
        for from_client, side in enumerate(self._sides):
            for piece in side.rest():
                self._advance(side, piece, from_client=bool(from_client))
            self._end_partly(side, self._last, from_client=bool(from_client))

    def _claimed(self, octets: bytes, *, from_client: bool) -> bool:
        """Look for a parser; after some payloads that nobody claims nobody is asked any more."""
        is_claimed = self._finds(octets, from_client=from_client)
        if not is_claimed:
            self._pass_by()
        return is_claimed

    def _pass_by(self) -> None:
        self._offered += 1
        self.over = self._offered >= UNCLAIMED_PAYLOADS

    def _finds(self, octets: bytes, *, from_client: bool) -> bool:
        parser = self._choice.claim(octets, self._ports, self._offered, from_client=from_client)
        if parser is not None:
            self._begin(parser)
        return parser is not None

    def _begin(self, parser: Parser | None) -> None:
        self._parser = parser
        self._session = {}
        self._offered = self._wrong = 0
        self._heard = False
        if self.name is None and parser is not None:
            self.name = parser.name

    def _fits(self, octets: bytes, *, from_client: bool) -> bool:
        """Tell whether a message may begin here."""
        parser = self._parser
        if parser is None:
            return False
        return parser.length(octets) > MORE or parser.begins(octets, from_client)

    def _advance(self, side: Stream, piece: Segment, *, from_client: bool) -> None:
        octets = side.wanted(piece)
        if self.over or not octets:
            return
        side.buffer += octets
        if self._parser is None:
            if not self._claims(side, piece.octets, from_client=from_client):
                return
            self._cut_out(self._sides[not from_client], piece.time, from_client=not from_client)
        self._cut_out(side, piece.time, from_client=from_client)
        if piece.cut:
            self._end_partly(side, piece.time, from_client=from_client)

    def _end_partly(self, side: Stream, time: int, *, from_client: bool) -> None:
        """Read the beginning of a message whose rest will not come."""
        octets, side.buffer = side.buffer, b""
        if octets and not self.over and self._parser is not None and self._parser.partial:
            self._read(
                Message(octets, from_client, time, self._session, cut=True, ports=self._ports)
            )
            self._pass_over(side)

    def _claims(self, side: Stream, octets: bytes, *, from_client: bool) -> bool:
        """Offer the newest octets of a direction, with those before where these were few."""
        before = len(side.buffer) - len(octets)
        if 0 < before <= SHORT_OCTETS and self._finds(side.buffer, from_client=from_client):
            return True
        if self._finds(octets, from_client=from_client):
            side.buffer = octets
            return True
        if before > SHORT_OCTETS:
            side.buffer = octets
        self._pass_by()
        return False

    def _cut_out(self, side: Stream, time: int, *, from_client: bool) -> None:
        """Read the messages that stand whole in front of a direction."""
        while side.buffer and not self.over:
            parser = self._parser
            if parser is None:
                # Handed over to whoever claims what follows.
                if not self._claimed(side.buffer, from_client=from_client):
                    return
                continue
            size = self._size(parser, side, from_client=from_client)
            if size == MORE:
                return
            octets, side.buffer = side.buffer[:size], side.buffer[size:]
            self._read(Message(octets, from_client, time, self._session, ports=self._ports))
            if SKIP in self._session:
                self._pass_over(side)

    def _size(self, parser: Parser, side: Stream, *, from_client: bool) -> int:
        """Return the octets of the message in front, MORE where it is not whole, or is none."""
        buffer = side.buffer
        size = parser.length(buffer)
        if MORE < size <= min(len(buffer), MESSAGE_LIMIT):
            side.lost = False
            return size
        if side.lost:
            if size <= MORE and not parser.begins(buffer, from_client):
                side.buffer = b""
                return MORE
            side.lost = False
        if size < 0 or max(size, len(buffer)) > MESSAGE_LIMIT:
            self._lose(side)
        return MORE

    def _lose(self, side: Stream) -> None:
        """Pass over what is no message; bodies between messages are no fault of the parser."""
        side.buffer = b""
        side.lost = True
        if not self._heard:
            self._err()

    def _err(self) -> None:
        self._wrong += 1
        if self._wrong >= WRONG_IN_A_ROW and not self.over:
            self._conclude()
            self.over = True

    def _read(self, message: Message) -> None:
        parser = self._parser
        self._last = message.time
        if parser is None:
            return
        try:
            for fields in parser.read(message):
                self._tell(parser, fields)
            self._heard = True
        except Malformed:
            self._found.refused[parser.name] += 1
            self._err()
        if self._session:
            self._obey()

    def _tell(self, parser: Parser, fields: Fields) -> None:
        self._wrong = 0
        self._found.events.append(Event(self._key, self._number, parser.name, self._last, fields))
        self._number += 1

    def _obey(self) -> None:
        """Do what the parser left word of in the session."""
        session = self._session
        if session.get(DONE):
            self.over = True
        elif HANDOVER in session:
            name = str(session[HANDOVER])
            self._conclude()
            self._begin(self._choice.named(name) if name else None)
            self.over = bool(name) and self._parser is None

    def _pass_over(self, side: Stream) -> None:
        skip = self._session.pop(SKIP, 0)
        if isinstance(skip, int) and skip > 0:
            passed = min(skip, len(side.buffer))
            side.buffer = side.buffer[passed:]
            side.skip = skip - passed

    def _conclude(self) -> None:
        parser = self._parser
        if parser is None:
            return
        try:
            for fields in parser.finish(self._session):
                self._tell(parser, fields)
        except Malformed:
            self._found.refused[parser.name] += 1
