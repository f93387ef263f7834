"""What a target says about its server: address and login, out of its URL and its settings."""

import urllib.parse
from dataclasses import dataclass

from situation.faults import Misconfigured
from situation.scan_settings import ScanTargetSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Host, port and path of a URL, and who logs in there. An IPv6 host has no brackets."""

    host: str
    port: int
    path: str
    user: str
    password: str

    def shown_host(self) -> str:
        """Return the host as it stands in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host


def address_of(target: ScanTargetSettings, port: int) -> Address:
    """Return the address of a target; `port` is the one of its protocol.

    Raises `Misconfigured` where its URL names no host, or its password cannot be read.
    """
    try:
        parts = urllib.parse.urlsplit(target.url)
        host, given = parts.hostname, parts.port
    except ValueError as error:
        raise Misconfigured("is no URL", where="url") from error
    if not host:
        raise Misconfigured("names no host", where="url")
    return Address(
        host=host,
        port=given or port,
        path=urllib.parse.unquote(parts.path),
        user=target.user or urllib.parse.unquote(parts.username or ""),
        password=secret_of(target) or urllib.parse.unquote(parts.password or ""),
    )


def secret_of(target: ScanTargetSettings) -> str:
    """Return the password or secret key of a target, empty where there is none.

    Raises `Misconfigured` where its file cannot be read.
    """
    given = target.password.get_secret_value()
    if given or target.password_file is None:
        return given
    try:
        return target.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no UTF-8"
        raise Misconfigured(f"{target.password_file}: {reason}", where="password_file") from error
