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


class Choice:
    """The parsers of one transport, in the order in which they are asked."""

    def __init__(self, parsers: Sequence[Parser]) -> None:
        self._everywhere = tuple(parser for parser in parsers if parser.anywhere)
        self._late = tuple(parser for parser in self._everywhere if parser.name in LATE)
        self._of_port: dict[int, tuple[Parser, ...]] = {}
        self._named = {parser.name: parser for parser in reversed(parsers)}
        for parser in parsers:
            for port in parser.ports:
                self._of_port[port] = (*self._of_port.get(port, ()), parser)

    def named(self, name: str) -> Parser | None:
        """Return the parser of a protocol, None if it is not read."""
        return self._named.get(name)

    def candidates(self, ports: Ports, offered: int) -> Iterable[Parser]:
        """Return who is asked: those of the server's port, of the client's, those of any port.

        `offered` is how many payloads of the conversation nobody claimed before.
        """
        if offered >= OPENING_PAYLOADS:
            return self._late
        client, server = ports
        own = self._of_port.get(server, ()) + self._of_port.get(client, ())
        return own + self._everywhere if own else self._everywhere

    def claim(
        self, octets: bytes, ports: Ports, offered: int, *, from_client: bool
    ) -> Parser | None:
        """Return the first parser that claims a conversation in which `octets` come first."""
        for parser in self.candidates(ports, offered):
            if parser.begins(octets, from_client):
                return parser
        return None
