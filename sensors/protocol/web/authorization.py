"""Who asks, as Authorization headers say it (RFC 7617, 7616); the secret in them stays behind."""

import base64
import binascii
import re

from sensors.protocol.text import text_of

_NAME = re.compile(rb'username="([^"]*)"')
_CLEAR = (b"basic", b"bearer")
"""Schemes whose secret crosses as it is; that of Digest does not."""

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
    return fields


def _basic_name(credentials: bytes) -> bytes:
    try:
        name, colon, _ = base64.b64decode(credentials).partition(b":")
    except binascii.Error:
        return b""
    return name if colon else b""


def _digest_name(scheme: bytes, credentials: bytes) -> bytes:
    found = _NAME.search(credentials) if scheme == b"digest" else None
    return found[1] if found else b""
