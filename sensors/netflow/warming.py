"""Compilation of the decoder ahead of the first datagram, which else would wait for it."""

import struct

from sensors.netflow.decoder import Datagram, Decoder
from sensors.netflow.wire.template import IPFIX, VARIABLE

_FIELDS = ((8, 4), (12, 4), (4, 1), (82, VARIABLE))
_RECORD = bytes(_FIELDS[0][1] + _FIELDS[1][1]) + b"\x06\x00"
_TEMPLATE = struct.pack("!HHHH", 2, 24, 256, len(_FIELDS)) + b"".join(
    struct.pack("!HH", *field) for field in _FIELDS
)
_SETS = _TEMPLATE + struct.pack("!HH", 256, 4 + len(_RECORD)) + _RECORD
_FIXED = struct.pack("!HHIIIIBBH48x", 5, 1, 0, 0, 0, 0, 0, 0, 0)


def warm() -> None:
    """Compile, or load from disk, all that decoding needs: some ten seconds, once."""
    ipfix = struct.pack("!HHIII", IPFIX, 16 + len(_SETS), 0, 0, 0) + _SETS
    Decoder(observer="").decode([Datagram(ipfix, "", 0), Datagram(_FIXED, "", 0)])
