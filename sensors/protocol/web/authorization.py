"""Who asks, as Authorization headers say it; the secret in them stays behind.

RFC 7617, RFC 7616, and RFC 4559 with NTLM as MS-NTHT has it.
"""

import base64
import binascii
import re

from sensors.protocol.text import text_of
from sensors.protocol.windows.ntlm import ntlm_fields
from situation.faults import Malformed

_NAME = re.compile(rb'username="([^"]*)"')
_CLEAR = (b"basic", b"bearer")
"""Schemes whose secret crosses as it is; that of Digest does not."""
_WINDOWS = (b"ntlm", b"negotiate")

Found = dict[str, object]


def authorization_fields(value: bytes) -> Found:
    """Return `user.name` and the mark of a secret in clear text."""
    scheme, _, credentials = value.partition(b" ")
    scheme = scheme.lower()
    fields: Found = {"http.request.authorization": text_of(scheme)}
    if scheme in _CLEAR and credentials.strip():
        fields["citywatch.credentials.cleartext"] = True
    name = _basic_name(credentials) if scheme == b"basic" else _digest_name(scheme, credentials)
    if name:
        fields["user.name"] = text_of(name)
    if scheme in _WINDOWS:
        fields |= windows_fields(credentials)
    return fields


def windows_fields(credentials: bytes) -> Found:
    """Return what the NTLM message in the credentials of a header says, nothing without one."""
    try:
        return dict(ntlm_fields(base64.b64decode(credentials)))
    except (binascii.Error, Malformed):
        return {}


def _basic_name(credentials: bytes) -> bytes:
    try:
        name, colon, _ = base64.b64decode(credentials).partition(b":")
    except binascii.Error:
        return b""
    return name if colon else b""


def _digest_name(scheme: bytes, credentials: bytes) -> bytes:
    found = _NAME.search(credentials) if scheme == b"digest" else None
    return found[1] if found else b""
