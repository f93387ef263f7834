"""NTLM messages (MS-NLMP 2.2.1), wherever a protocol carries them.

They say who logs in, from which workstation, to which server. Challenge and responses, out of
which a password can be guessed, are never read.
"""

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import Fields
from sensors.protocol.text import text_of

NTLM_FIELDS = (
    "ntlm.message",
    "ntlm.target",
    "ntlm.version",
    "ntlm.workstation",
    "ntlm.server.name",
    "ntlm.server.domain",
    "ntlm.server.dns_name",
    "ntlm.server.dns_domain",
    "ntlm.server.dns_forest",
    "user.name",
    "user.domain",
)

_SIGNATURE = b"NTLMSSP\0"
_NEGOTIATE, _CHALLENGE, _AUTHENTICATE = 1, 2, 3
_UNICODE = 1
_OLD_RESPONSE = 24
_PAIRS = {
    1: "ntlm.server.name",
    2: "ntlm.server.domain",
    3: "ntlm.server.dns_name",
    4: "ntlm.server.dns_domain",
    5: "ntlm.server.dns_forest",
}
"""AV_PAIR ids (2.2.2.1) that name the server."""
_PAIRS_LIMIT = 16
_SPAN_OCTETS, _WORD_OCTETS = 8, 4


def ntlm_fields(blob: bytes) -> Fields:
    """Return what the first NTLM message in a security blob says, nothing if there is none.

    Raises Malformed where it is broken.
    """
    at = blob.find(_SIGNATURE)
    if at < 0:
        return {}
    cursor = Cursor(blob, at + len(_SIGNATURE))
    kind = cursor.little(4)
    if kind == _CHALLENGE:
        return _challenge(blob[at:], cursor)
    if kind == _AUTHENTICATE:
        return _authenticate(blob[at:], cursor)
    return _negotiate(blob[at:], cursor) if kind == _NEGOTIATE else {}


def _span(message: bytes, cursor: Cursor) -> bytes:
    """Return the octets that a length, a room and an offset point to."""
    length = cursor.little(2)
    cursor.skip(2)
    offset = cursor.little(4)
    return Cursor(message, offset).take(length) if length else b""


def _negotiate(message: bytes, cursor: Cursor) -> Fields:
    fields: dict[str, object] = {"ntlm.message": "negotiate"}
    if cursor.left < _WORD_OCTETS + 2 * _SPAN_OCTETS:
        return fields
    cursor.skip(_WORD_OCTETS)
    for name in ("user.domain", "ntlm.workstation"):
        value = _span(message, cursor)
        if value:
            fields[name] = text_of(value)
    return fields


def _challenge(message: bytes, cursor: Cursor) -> Fields:
    target = _span(message, cursor)
    flags = cursor.little(4)
    cursor.skip(16)
    fields = {"ntlm.message": "challenge", "ntlm.target": _text(target, flags)}
    pairs = Cursor(_span(message, cursor)) if cursor.left >= _SPAN_OCTETS else Cursor(b"")
    for _ in range(_PAIRS_LIMIT):
        if pairs.left < _WORD_OCTETS:
            break
        name = _PAIRS.get(pairs.little(2))
        value = pairs.take(pairs.little(2))
        if name is not None and value:
            fields[name] = text_of(value, "utf-16-le")
    return fields


def _authenticate(message: bytes, cursor: Cursor) -> Fields:
    old, response = _length(cursor), _length(cursor)
    domain, user, workstation = (_span(message, cursor) for _ in range(3))
    cursor.skip(8)
    flags = cursor.little(4) if cursor.left >= _WORD_OCTETS else _UNICODE
    fields: dict[str, object] = {"ntlm.message": "authenticate"}
    if response:
        fields["ntlm.version"] = 1 if response == _OLD_RESPONSE else 2
    elif old == _OLD_RESPONSE:
        fields["ntlm.version"] = 1
    for name, value in (
        ("user.domain", domain),
        ("user.name", user),
        ("ntlm.workstation", workstation),
    ):
        if value:
            fields[name] = _text(value, flags)
    return fields


def _length(cursor: Cursor) -> int:
    """Return the length of what is not read."""
    length = cursor.little(2)
    cursor.skip(6)
    return length


def _text(octets: bytes, flags: int) -> str:
    return text_of(octets, "utf-16-le" if flags & _UNICODE else "utf-8")
