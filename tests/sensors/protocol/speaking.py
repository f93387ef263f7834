"""Messages by hand, given to one parser, and what it tells of them."""

from collections.abc import Sequence

from sensors.protocol.parser import Fields, Message, Parser, Session

Turn = tuple[str, str | bytes]
"""Who sends it, `>` the client and `<` the server, and the message, as hexadecimal or octets."""


def octets_of(written: str | bytes) -> bytes:
    """Return a message that was written as hexadecimal digits and blanks."""
    return bytes.fromhex(written) if isinstance(written, str) else written


def read(parser: Parser, *turns: Turn) -> list[Fields]:
    """Return the records of a conversation of whole messages."""
    session: Session = {}
    return [
        record
        for who, written in turns
        for record in parser.read(Message(octets_of(written), who == ">", 0, session))
    ]


def begins(parser: Parser, written: str | bytes, who: str = ">") -> bool:
    """Tell whether a parser claims a conversation that begins so."""
    return parser.begins(octets_of(written), who == ">")


def picked(records: Sequence[Fields], *names: str) -> list[tuple[object, ...]]:
    """Return some fields of each record."""
    return [tuple(record.get(name) for name in names) for record in records]


def encoded(tag: int, contents: bytes) -> bytes:
    """Return an element of the Basic Encoding Rules with the shortest length."""
    size = len(contents)
    if size < 128:
        return bytes([tag, size]) + contents
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 128 + len(octets)]) + octets + contents
