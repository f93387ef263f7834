"""Elements of the Basic Encoding Rules made of octets."""

_LONG = 0x80


def octets(tag: int, *contents: bytes) -> bytes:
    """Return an element."""
    body = b"".join(contents)
    size = len(body)
    if size < _LONG:
        return bytes((tag, size)) + body
    return bytes((tag, _LONG | 2)) + size.to_bytes(2) + body


def number(value: int, tag: int = 2) -> bytes:
    """Return an integer."""
    return octets(tag, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def text(value: str, tag: int = 0x1B) -> bytes:
    """Return text, a general string unless another tag is given."""
    return octets(tag, value.encode())


def sequence(*contents: bytes) -> bytes:
    """Return a sequence."""
    return octets(0x30, *contents)


def context(place: int, *contents: bytes) -> bytes:
    """Return a context tag with elements inside."""
    return octets(0xA0 | place, *contents)
