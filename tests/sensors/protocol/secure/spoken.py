"""Messages of handshakes made of octets, and what a parser says of them."""

from collections.abc import Iterable

from sensors.protocol.parser import DONE, Fields, Message, Parser, Session
from tests.sensors.building import START

CLIENT_RANDOM, SERVER_RANDOM = b"c" * 32, b"s" * 32
SUITES = (0x1301, 0xC02F, 0x009C)


def sized(width: int, octets: bytes) -> bytes:
    """Return octets with their length in front, of `width` octets."""
    return len(octets).to_bytes(width) + octets


def numbers(*values: int) -> bytes:
    """Return numbers of 16 bits."""
    return b"".join(value.to_bytes(2) for value in values)


def extension(kind: int, body: bytes = b"") -> bytes:
    """Return an extension."""
    return numbers(kind) + sized(2, body)


def named(host: str) -> bytes:
    """Return the extension that asks for a host."""
    return extension(0, sized(2, b"\0" + sized(2, host.encode())))


def versions(*offered: int) -> bytes:
    """Return the extension by which a client offers versions."""
    return extension(43, sized(1, numbers(*offered)))


def protocols(*names: bytes) -> bytes:
    """Return ALPN."""
    return extension(16, sized(2, b"".join(sized(1, name) for name in names)))


def message(kind: int, body: bytes) -> bytes:
    """Return a handshake message."""
    return bytes((kind,)) + sized(3, body)


def client_body(
    *extensions: bytes,
    version: int = 0x0303,
    suites: Iterable[int] = SUITES,
    session: bytes = b"",
    cookie: bytes | None = None,
) -> bytes:
    """Return the content of a client's hello."""
    between = b"" if cookie is None else sized(1, cookie)
    block = sized(2, b"".join(extensions)) if extensions else b""
    suite_list = sized(2, numbers(*suites))
    return (
        numbers(version)
        + CLIENT_RANDOM
        + sized(1, session)
        + between
        + suite_list
        + (b"\1\0" + block)
    )


def server_body(
    *extensions: bytes,
    version: int = 0x0303,
    suite: int = 0xC02F,
    session: bytes = b"",
    random: bytes = SERVER_RANDOM,
) -> bytes:
    """Return the content of a server's hello."""
    block = sized(2, b"".join(extensions)) if extensions else b""
    return numbers(version) + random + sized(1, session) + numbers(suite) + b"\0" + block


def chain(*certificates: bytes) -> bytes:
    """Return the content of a certificate message."""
    return sized(3, b"".join(sized(3, one) for one in certificates))


def record(kind: int, content: bytes, version: int = 0x0303) -> bytes:
    """Return a record of TLS."""
    return bytes((kind,)) + numbers(version) + sized(2, content)


def hello(*extensions: bytes, version: int = 0x0303) -> bytes:
    """Return the record of a client's hello."""
    return record(22, message(1, client_body(*extensions, version=version)))


def heard(parser: Parser, *said: tuple[bool, bytes]) -> list[dict[str, object]]:
    """Return the records of a conversation: whether the client said it, and what.

    Streams are cut as the parser has it; the conversation ends with the last octet.
    """
    session: Session = {}
    records: list[Fields] = []
    for number, (from_client, octets) in enumerate(said):
        at = 0
        while at < len(octets) and not session.get(DONE):
            length = parser.length(octets[at:])
            assert length > 0
            part = octets[at : at + length]
            records += parser.read(Message(part, from_client, START + number, session))
            at += length
    records += [] if session.get(DONE) else parser.finish(session)
    return [dict(one) for one in records]


def told(parser: Parser, *said: tuple[bool, bytes]) -> dict[str, object]:
    """Return the only record of a conversation, all of whose fields are declared by the parser."""
    records = heard(parser, *said)
    assert len(records) == 1
    assert set(records[0]) <= set(parser.fields)
    return records[0]


def begun(parser: Parser, octets: bytes) -> bool:
    """Tell whether the parser claims a conversation that a client begins so."""
    from_client = True
    return parser.begins(octets, from_client)
