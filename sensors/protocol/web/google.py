"""The client hello of Google's QUIC (QUIC Crypto, 2016: CHLO), which crosses in clear text."""

import struct

from sensors.protocol.text import text_of

_HELLO = b"CHLO"
_HEAD, _ENTRY = struct.Struct("<4sHxx"), struct.Struct("<4sI")
_MOST_ENTRIES = 128
_NAMES = {b"SNI\0": "tls.client.server_name", b"UAID": "user_agent.original"}

Found = dict[str, object]


def google_hello(octets: bytes) -> Found:
    """Return what the hello in a datagram says; nothing where there is none or it is cut."""
    begin = octets.find(_HELLO)
    if begin < 0 or begin + _HEAD.size > len(octets):
        return {}
    count = _HEAD.unpack_from(octets, begin)[1]
    table = begin + _HEAD.size
    values = table + count * _ENTRY.size
    if count > _MOST_ENTRIES or values > len(octets):
        return {}
    found: Found = {}
    at = values
    for tag, end in _ENTRY.iter_unpack(octets[table:values]):
        value, at = octets[at : values + end], max(at, values + end)
        if tag in _NAMES and value and values + end <= len(octets):
            found[_NAMES[tag]] = text_of(value)
    return found
