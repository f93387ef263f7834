"""One JSON object a line over a Unix socket, of limited length, within a limited time."""

import json
import socket
import time
from collections.abc import Mapping

from situation.faults import Malformed, Unavailable

LONGEST = 4 * 1024 * 1024
"""Octets of a line: the networks of 65,536 blocks fit in."""
_PIECE = 65536


def put(connection: socket.socket, said: Mapping[str, object]) -> None:
    """Send an object; raise `Unavailable` where the other side is gone."""
    try:
        connection.sendall(json.dumps(said).encode() + b"\n")
    except OSError as error:
        raise Unavailable(error.strerror or "cut off", where="firewall helper") from error


def get(connection: socket.socket, seconds: float) -> Mapping[str, object]:
    """Return the object that the other side sends within `seconds`.

    Raise `Unavailable` where none comes, `Malformed` where it is too long or no object.
    """
    try:
        text = _line(connection, time.monotonic() + seconds)
    except OSError as error:
        raise Unavailable("no answer in time", where="firewall helper") from error
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("is no JSON", where="firewall helper") from error
    if not isinstance(found, dict):
        raise Malformed("is no JSON object", where="firewall helper")
    return found


def _line(connection: socket.socket, end: float) -> bytes:
    got = bytearray()
    while not got.endswith(b"\n"):
        # What drips in does not stretch the time.
        connection.settimeout(max(end - time.monotonic(), 0.001))
        piece = connection.recv(_PIECE)
        if not piece:
            raise ConnectionResetError
        got += piece
        if len(got) > LONGEST:
            raise Malformed("is too long", where="firewall helper")
    return bytes(got)
