"""Logins by SASL (RFC 4422) in mail protocols: who logs in, never with what."""

import base64
import binascii

from sensors.protocol.parser import Session
from sensors.protocol.text import text_of
from sensors.protocol.windows.ntlm import NTLM_FIELDS, ntlm_fields
from situation.faults import Malformed

FIELDS = ("citywatch.credentials.cleartext", *NTLM_FIELDS)
"""Fields that an exchange may tell."""

_EXCHANGE = "sasl"
_CLEAR = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
"""Mechanisms that send the secret as it is."""
_WINDOWS = ("NTLM", "GSS-SPNEGO")
_STEPS = 6
"""Lines that an exchange may have."""

Found = dict[str, object]


def begin_exchange(session: Session, mechanism: str, initial: str) -> Found:
    """Return what AUTH says (RFC 4954, 4; RFC 5034; RFC 9051, 6.2.2), and wait for what follows."""
    mechanism = mechanism.upper()
    found: Found = {"citywatch.credentials.cleartext": True} if mechanism in _CLEAR else {}
    session[_EXCHANGE] = [mechanism, 0]
    if initial and initial != "=":
        found |= go_on(session, initial.encode(errors="replace"))
    return found


def is_under_way(session: Session) -> bool:
    """Tell whether lines of the client are those of an exchange."""
    return _EXCHANGE in session


def go_on(session: Session, line: bytes) -> Found:
    """Return who logs in, as far as a line of the client says it; the line is a secret else."""
    state = session.get(_EXCHANGE)
    if not isinstance(state, list):
        return {}
    mechanism, step = state
    state[1] += 1
    if state[1] >= _STEPS:
        end_exchange(session)
    try:
        octets = base64.b64decode(line.strip())
    except binascii.Error:
        return {}
    if mechanism in _WINDOWS:
        return _windows_fields(octets)
    name = _name(mechanism, step, octets)
    return {"user.name": text_of(name)} if name else {}


def end_exchange(session: Session) -> None:
    """Take lines of the client for commands again."""
    session.pop(_EXCHANGE, None)


def _windows_fields(octets: bytes) -> Found:
    try:
        return dict(ntlm_fields(octets))
    except Malformed:
        return {}


def _name(mechanism: str, step: int, octets: bytes) -> bytes:
    if mechanism == "LOGIN":
        return octets if step == 0 else b""
    if mechanism == "PLAIN":
        parts = octets.split(b"\0")
        return (parts[1] or parts[0]) if len(parts) == 3 else b""  # noqa: PLR2004 - RFC 4616, 2
    if mechanism == "XOAUTH2" and octets.startswith(b"user="):
        return octets[5:].partition(b"\1")[0]
    if mechanism == "CRAM-MD5":
        return octets.rpartition(b" ")[0]
    return b""
