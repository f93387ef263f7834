"""Connection strings that hold a password: URLs, JDBC, ODBC and ADO.NET, libpq, Oracle."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from detect.classified.recogniser import Candidate
from detect.classified.secret.found import candidate
from detect.classified.secret.noise import is_code, is_made_up

_SURE: Final = 0.85
_NOT_CONNECTED: Final = frozenset({"mailto", "data", "urn", "tel", "javascript"})

_URL: Final = re.compile(
    r"(?<![A-Za-z0-9+.\-])(?P<scheme>(?:jdbc:)?[A-Za-z][A-Za-z0-9+.\-]{1,24})://"
    r"(?P<user>[^\s:/@\"'<>`，。；]{0,64}):(?P<secret>[^\s/\"'<>`，。；]{1,128})@"
    r"(?P<host>[A-Za-z0-9_.\-\[\]:,${}]{1,255})(?:/[^\s\"'<>`,;。)\u4e00-\u9fff]{0,300})?"
)
_JDBC: Final = re.compile(
    r"(?<![A-Za-z0-9])jdbc:[a-z0-9:]{2,40}(?://|@|:)[^\s\"'<>`]{1,300}?"
    r"[?&;](?:password|pwd)=(?P<secret>[^\s&;\"'<>`]{1,128})[^\s\"'<>`]{0,200}",
    re.IGNORECASE,
)
_ORACLE: Final = re.compile(
    r"(?<![A-Za-z0-9])"
    r"(?:jdbc:oracle:(?:thin|oci8?):|(?:sqlplus|expdp|impdp)\s+(?:-\w+\s+)?)"
    r"(?P<user>[\w$#]{1,30})/(?P<secret>[^\s@\"'<>]{1,60})@[^\s\"'<>`]{3,200}",
    re.IGNORECASE,
)
_PAIRS: Final = re.compile(
    r"(?<![A-Za-z])(?:(?:Server|Data Source|Host|Address|Addr|Provider|Driver|Database|"
    r"Initial Catalog|Dsn|User Id|Uid|User|Username|Port)\s?=\s?[^;=\n\"']{0,120};\s?){1,12}"
    r"(?:Password|Pwd)\s?=\s?(?P<secret>[^;\s\"']{1,128})"
    r"(?:;(?:[\w ]{2,40}=[^;\n\"']{0,80};?){0,8})?",
    re.IGNORECASE,
)
_LIBPQ: Final = re.compile(
    r"(?<![\w.])(?:host(?:addr)?|dbname|user|port)=[^\s=\"']{1,100}"
    r"(?:[ \t]+\w{2,30}=[^\s=\"']{1,100}){0,8}[ \t]+password=(?P<secret>[^\s\"']{1,128})",
)
_FORMS: Final = (
    (re.compile(r"://[^\s:/@\"'<>`]{0,64}:[^\s/\"'<>`]{1,128}@"), _URL),
    (re.compile(r"jdbc:|JDBC:"), _JDBC),
    (re.compile(r"jdbc:oracle|(?i:sqlplus|expdp|impdp)\s"), _ORACLE),
    (re.compile(r";\s?(?i:password|pwd)\s?="), _PAIRS),
    (re.compile(r"password="), _LIBPQ),
)
"""Each form with what has to be there before it is worth a search."""


class ConnectionString:
    """Finds connection strings by which whoever reads them can log in."""

    kind = "connection_string"

    def __init__(self, group: int) -> None:
        self.group = group

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of which one stands in every such string."""
        return (
            r"://[^ \t\r\n:/@\"'<>]{0,64}:[^ \t\r\n/\"'<>]{1,128}@",
            r"(?i)jdbc:",
            r"(?i)(?:sqlplus|expdp|impdp)[ \t]",
            r"(?i)(?:;[ ]?|[ \t])(?:password|pwd)[ ]?=",
        )

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the strings of a text."""
        for sign, pattern in _FORMS:
            if sign.search(text) is None:
                continue
            for found in pattern.finditer(text):
                if _opens(found):
                    yield candidate(self.kind, found.span(), _SURE, "password", found[0])

    def fits(self, cell: str) -> Candidate | None:
        """Return the string that a cell is."""
        return next((one for one in self.find(cell) if one.start == 0), None)


def _opens(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    secret = unquote(found["secret"])
    if is_made_up(secret) or secret.casefold() == "pass" or (parts.get("scheme") in _NOT_CONNECTED):
        return False
    host, user = parts.get("host") or "", parts.get("user") or ""
    return not ("{" in host or "{" in user or is_code(secret))
