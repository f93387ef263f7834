"""Conversations by hand: what is said, segment by segment, and what the parsers tell of it."""

from collections.abc import Sequence

from sensors.protocol.catalogue import PARSERS
from sensors.protocol.choice import Choice
from sensors.protocol.conversation import Conversation, Key, Yield
from sensors.protocol.parser import Fields, Parser
from sensors.protocol.stream import Segment

KEY = Key(serial=0, a_high=0, a_low=1, b_high=0, b_low=2, ports=0, initiator=0)

Turn = tuple[str, bytes]
"""Who says it, `>` the client and `<` the server, and what."""


class Talk:
    """A TCP conversation whose segments come in the order in which they are said."""

    def __init__(self, port: int, parsers: Sequence[Parser] = PARSERS) -> None:
        self.found = Yield()
        streams = [parser for parser in parsers if parser.transport == "tcp"]
        self.conversation = Conversation(
            KEY, (40_000, port), Choice(streams), self.found, 0, is_stream=True
        )
        self._sequences = {">": 1000, "<": 0xFFFFFFF0}
        self._time = 0

    def say(self, who: str, octets: bytes, *, cut: int = 0) -> None:
        """Let a segment come; `cut` octets at its end were not captured."""
        sequence = self._sequences[who]
        self.hear(who, sequence, octets[: len(octets) - cut], cut=cut)
        self.pass_over(who, len(octets))

    def pass_over(self, who: str, octets: int) -> None:
        """Let so many octets be sent that nobody captures."""
        self._sequences[who] = (self._sequences[who] + octets) & 0xFFFFFFFF

    def hear(self, who: str, sequence: int, octets: bytes, *, cut: int = 0) -> None:
        """Let a segment of any sequence number come."""
        self._time += 1
        segment = Segment(sequence, octets, cut, self._time)
        self.conversation.segment(segment, from_client=who == ">")

    def end(self) -> list[Fields]:
        """Return all that was told, the end included."""
        self.conversation.finish()
        return [event.fields for event in self.found.events]


def told(port: int, *turns: Turn) -> list[Fields]:
    """Return the records of a conversation with a server's port."""
    talk = Talk(port)
    for who, octets in turns:
        talk.say(who, octets)
    return talk.end()


def named(records: Sequence[Fields], *names: str) -> list[tuple[object, ...]]:
    """Return some fields of each record."""
    return [tuple(record.get(name) for name in names) for record in records]
