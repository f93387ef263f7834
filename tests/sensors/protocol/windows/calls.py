"""Messages of DCE/RPC made of octets."""

import struct
import uuid

TRANSFER = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860")


def _message(kind: int, number: int, body: bytes, *, flags: int = 3, proof: bytes = b"") -> bytes:
    trailer = b"\x0a\2\0\0\0\0\0\0" + proof if proof else b""
    length = 16 + len(body) + len(trailer)
    fixed = struct.pack("<BBBBIHHI", 5, 0, kind, flags, 0x10, length, len(proof), number)
    return fixed + body + trailer


def bind(interface: str, *, proof: bytes = b"", context: int = 0) -> bytes:
    """Return a bind to one interface, with NTLM as proof if there is any."""
    body = struct.pack("<HHIBBHHBB", 4280, 4280, 0, 1, 0, 0, context, 1, 0)
    body += uuid.UUID(interface).bytes_le + b"\1\0\0\0" + TRANSFER.bytes_le + b"\2\0\0\0"
    return _message(11, 1, body, proof=proof)


def call(operation: int, number: int, *, flags: int = 3, context: int = 0) -> bytes:
    """Return a request."""
    return _message(0, number, struct.pack("<IHH", 8, context, operation) + b"stub", flags=flags)


def reply(kind: int, number: int, body: bytes = b"\0" * 12) -> bytes:
    """Return what a server sends: a response, or another kind."""
    return _message(kind, number, body)


def proven(proof: bytes) -> bytes:
    """Return the message by which a client ends its login."""
    return _message(16, 1, b"\0" * 4, proof=proof)
