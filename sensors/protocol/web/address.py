"""What a request asks for, as the fields of `url`, without the secrets that addresses may hold."""

import re

from sensors.protocol.text import text_of
from situation.fields import WILDCARD_LIMIT

_SECRET = re.compile(
    r"((?:^|[?&;])(?:pass|passwd|password|passphrase|pwd|secret|token|api_?key|access_token|"
    r"client_secret)=)[^&;#\s]+",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"(//[^/@:\s]*:)[^/@\s]+(?=@)")
_HOST_LIMIT = 261
"""Characters of a host name with a port."""
_TARGET_LIMIT = WILDCARD_LIMIT - 300
"""Characters of a target; scheme and host still fit before it."""
_HIDDEN = r"\1***"

Found = dict[str, object]


def without_secrets(address: str) -> tuple[str, bool]:
    """Return an address with its secrets hidden, and whether there were any."""
    if "=" not in address and "@" not in address:
        return address, False
    hidden, queried = _SECRET.subn(_HIDDEN, address)
    hidden, named = _PASSWORD.subn(_HIDDEN, hidden)
    return hidden, queried + named > 0


def _host(text: str) -> tuple[str, int | None]:
    """Return name and port of a host as a Host header has it (RFC 9110, 7.2)."""
    name, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or name.endswith(":"):
        return text.strip("[]"), None
    return name.strip("[]"), int(port[:5])


def address_fields(method: str, target: bytes, host: bytes) -> Found:
    """Return `url.*` for the target of a request (RFC 9112, 3.2) and its Host header.

    `citywatch.credentials.cleartext` is there where the address held a secret.
    """
    original, has_secret = without_secrets(text_of(target, limit=_TARGET_LIMIT))
    scheme, rest = "http", original
    authority = text_of(host, limit=_HOST_LIMIT)
    if method == "CONNECT":
        scheme, authority, rest = "", original, ""
    elif "://" in original[:8]:
        scheme, _, behind = original.partition("://")
        authority, slash, rest = behind.partition("/")
        authority, rest = authority.rpartition("@")[2], slash + rest
    name, port = _host(authority)
    path, mark, query = rest.partition("?")
    fields: Found = {"url.original": original, "url.domain": name.lower() or None}
    if port is not None:
        fields["url.port"] = port
    if rest:
        fields["url.path"] = path
    if mark:
        fields["url.query"] = query
    if name and rest:
        fields["url.full"] = f"{scheme}://{authority}{rest}"
    if has_secret:
        fields["citywatch.credentials.cleartext"] = True
    return fields
