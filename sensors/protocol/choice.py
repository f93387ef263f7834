"""Which parser a conversation gets: by what it begins with, ports being the first guess."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

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
Octets = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Table = tuple[tuple[Parser, ...], ...]
"""Parsers by the octet that comes first."""


def _table(parsers: Sequence[Parser]) -> Table:
    return tuple(
        tuple(parser for parser in parsers if parser.first is None or octet in parser.first)
        for octet in range(256)
    )


class Choice:
    """The parsers of one transport, in the order in which they are asked."""

    def __init__(self, parsers: Sequence[Parser]) -> None:
        everywhere = [parser for parser in parsers if parser.anywhere]
        self._everywhere = _table(everywhere)
        self._late = _table([parser for parser in everywhere if parser.name in LATE])
        self._of_port: dict[int, tuple[Parser, ...]] = {}
        self._named = {parser.name: parser for parser in reversed(parsers)}
        for parser in parsers:
            for port in parser.ports:
                self._of_port[port] = (*self._of_port.get(port, ()), parser)
        self._is_port = np.zeros(0x10000, np.bool_)
        self._is_port[list(self._of_port)] = True
        self._is_first = np.array([bool(asked) for asked in self._everywhere])

    def named(self, name: str) -> Parser | None:
        """Return the parser of a protocol, None if it is not read."""
        return self._named.get(name)

    def asks(self, firsts: Octets, *ports: npt.NDArray[np.uint64]) -> Flags:
        """Return for payloads, by their first octets and both ports, whether anybody is asked."""
        asked: Flags = self._is_first[firsts]
        for column in ports:
            asked = asked | self._is_port[column]
        return asked

    def candidates(self, first: int, ports: Ports, offered: int) -> Iterable[Parser]:
        """Return who is asked: those of the server's port, of the client's, those of any port.

        `first` is the octet that comes first; `offered` is how many payloads of the conversation
        nobody claimed before.
        """
        if offered >= OPENING_PAYLOADS:
            return self._late[first]
        client, server = ports
        own = self._of_port.get(server, ()) + self._of_port.get(client, ())
        return own + self._everywhere[first] if own else self._everywhere[first]

    def claim(
        self, octets: bytes, ports: Ports, offered: int, *, from_client: bool
    ) -> Parser | None:
        """Return the first parser that claims a conversation in which `octets` come first."""
        for parser in self.candidates(octets[0], ports, offered):
            if parser.begins(octets, from_client):
                return parser
        return None
