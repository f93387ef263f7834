"""Which parser a conversation gets: by what it begins with, ports being the first guess."""

from collections.abc import Iterable, Sequence

from sensors.protocol.parser import Parser

Ports = tuple[int, int]
"""Of client and server."""


class Choice:
    """The parsers of one transport, in the order in which they are asked."""

    def __init__(self, parsers: Sequence[Parser]) -> None:
        self._everywhere = tuple(parser for parser in parsers if parser.anywhere)
        self._of_port: dict[int, tuple[Parser, ...]] = {}
        self._named = {parser.name: parser for parser in reversed(parsers)}
        for parser in parsers:
            for port in parser.ports:
                self._of_port[port] = (*self._of_port.get(port, ()), parser)

    def named(self, name: str) -> Parser | None:
        """Return the parser of a protocol, None if it is not read."""
        return self._named.get(name)

    def candidates(self, ports: Ports) -> Iterable[Parser]:
        """Return who is asked: those of the server's port, of the client's, those of any port."""
        client, server = ports
        own = self._of_port.get(server, ()) + self._of_port.get(client, ())
        return own + self._everywhere if own else self._everywhere

    def claim(self, octets: bytes, ports: Ports, *, from_client: bool) -> Parser | None:
        """Return the first parser that claims a conversation in which `octets` come first."""
        for parser in self.candidates(ports):
            if parser.begins(octets, from_client):
                return parser
        return None
