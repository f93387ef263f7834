"""What the scan and its confined readers say to each other: JSON with a length before it.

A request carries the descriptor of the stream beside it. An answer is a verdict: no value of the
content is in it, so none crosses from one process to the other.
"""

import socket

import orjson
from pydantic import TypeAdapter

from situation.content.verdict import Verdict

_LENGTH = 8
_MOST = 1 << 28
_VERDICT = TypeAdapter(Verdict)


def send(wire: socket.socket, message: object) -> None:
    """Send an object of dataclasses, lists and plain values; octets go as hexadecimal digits."""
    send_octets(wire, orjson.dumps(message, default=_plain))


def send_octets(wire: socket.socket, body: bytes) -> None:
    """Send octets as they are."""
    wire.sendall(len(body).to_bytes(_LENGTH, "big") + body)


def send_stream(wire: socket.socket, message: object, descriptor: int) -> None:
    """Send an object and a descriptor beside it."""
    body = orjson.dumps(message, default=_plain)
    socket.send_fds(wire, [len(body).to_bytes(_LENGTH, "big")], [descriptor])
    wire.sendall(body)


def receive(wire: socket.socket) -> bytes | None:
    """Return the octets of the next message; None once the other side is gone."""
    head = _exactly(wire, _LENGTH)
    return None if head is None else _body(wire, head)


def receive_stream(wire: socket.socket) -> tuple[bytes, int] | None:
    """Return the JSON of the next message and the descriptor beside it; None at the end."""
    head, descriptors, _, _ = socket.recv_fds(wire, _LENGTH, 1)
    if not head or not descriptors:
        return None
    rest = _exactly(wire, _LENGTH - len(head)) if len(head) < _LENGTH else b""
    body = None if rest is None else _body(wire, head + rest)
    return None if body is None else (body, descriptors[0])


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def read_verdict(answer: bytes) -> Verdict:
    """Return the verdict of an answer."""
    told = orjson.loads(answer)
    return _VERDICT.validate_python({**told, "sketch": bytes.fromhex(told["sketch"])})


def _body(wire: socket.socket, head: bytes) -> bytes | None:
    length = int.from_bytes(head, "big")
    return _exactly(wire, length) if length <= _MOST else None


def _exactly(wire: socket.socket, length: int) -> bytes | None:
    taken = bytearray()
    while len(taken) < length:
        piece = wire.recv(min(length - len(taken), 1 << 20))
        if not piece:
            return None
        taken += piece
    return bytes(taken)
