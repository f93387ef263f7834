"""Which parser a conversation gets: by what it begins with, ports being the first guess."""

from collections.abc import Iterable, Sequence

from sensors.protocol.parser import Parser

OPENING_PAYLOADS = 4
"""Payloads about which everybody is asked."""
UNCLAIMED_PAYLOADS = 8
"""Payloads after which nobody is asked any more."""
LATE = frozenset(("tls", "dtls", "http", "ssh"))
"""Protocols that may begin behind the opening of another: SOCKS, STUN, a database that is asked
for TLS. Only they are asked about the payloads in between."""

Ports = tuple[int, int]
"""Of client and server."""


Table = tuple[tuple[Parser, ...], ...]
"""Parsers by the octet that comes first."""


def _table(parsers: Iterable[Parser]) -> Table:
    every = tuple(parsers)
    return tuple(
        tuple(parser for parser in every if parser.first is None or octet in parser.first)
        for octet in range(256)
    )


_NOBODY = _table(())


class Choice:
    """The parsers of one transport, in the order in which they are asked."""

    def __init__(self, parsers: Sequence[Parser]) -> None:
        everywhere = [parser for parser in parsers if parser.anywhere]
        self._everywhere = _table(everywhere)
        self._late = _table(parser for parser in everywhere if parser.name in LATE)
        self._named = {parser.name: parser for parser in reversed(parsers)}
        of_port: dict[int, list[Parser]] = {}
        for parser in parsers:
            for port in parser.ports:
                of_port.setdefault(port, []).append(parser)
        self._of_port = {port: _table(some) for port, some in of_port.items()}

    def named(self, name: str) -> Parser | None:
        """Return the parser of a protocol, None if it is not read."""
        return self._named.get(name)

    def candidates(self, first: int, ports: Ports, offered: int) -> Iterable[Parser]:
        """Return who is asked: those of the server's port, of the client's, those of any port.

        `first` is the octet that comes first; `offered` is how many payloads of the conversation
        nobody claimed before.
        """
        if offered >= OPENING_PAYLOADS:
            return self._late[first]
        client, server = ports
        of_port = self._of_port
        own = of_port.get(server, _NOBODY)[first] + of_port.get(client, _NOBODY)[first]
        return own + self._everywhere[first] if own else self._everywhere[first]

    def claim(
        self, octets: bytes, ports: Ports, offered: int, *, from_client: bool
    ) -> Parser | None:
        """Return the first parser that claims a conversation in which `octets` come first."""
        for parser in self.candidates(octets[0], ports, offered):
            if parser.begins(octets, from_client):
                return parser
        return None
