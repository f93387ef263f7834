"""Servers of the installation itself, which no message may be sent to."""

import socket
import urllib.parse

from situation.settings import Settings

_PORTS = {"http": 9200, "https": 9200, "postgresql": 5432}


def own_servers(settings: Settings) -> frozenset[tuple[str, int]]:
    """Return address and port of the database and of each node of the event store."""
    urls = [*settings.events_url.split(","), settings.state_url]
    return frozenset(found for url in urls for found in _addresses(url.strip()))


def _addresses(url: str) -> list[tuple[str, int]]:
    parts = urllib.parse.urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme.partition("+")[0], 0)
    if not parts.hostname or not port:
        return []
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:
        # A name that nobody knows is a server that nobody reaches.
        return []
    return [(str(one[4][0]), port) for one in found]
