"""Records of Linux audit become documents: type, stamp, and pairs with their codes undone.

Source: auditd's log format and the field dictionary of the audit documentation. Fields that
users can write are either quoted or in hexadecimal. What follows the octet 0x1d is auditd's own
translation of numbers into names.
"""

import re
from collections.abc import Iterator

from sensors.log.document.plan import Object

MARK = r"(?:node=\S+ )?type=[A-Z0-9_]+ (?:msg=)?audit\("
"""How a record begins, as a pattern that polars and Python both read."""

_RECORD = re.compile(
    r"(?:node=(\S+) )?type=([A-Z0-9_]+) (?:msg=)?audit\(([0-9.]+):([0-9]+)\):? ?(.*)$", re.DOTALL
)
_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)=(\"[^\"]*\"|'[^']*'|\{[^}]*\}|[^\s]*)")
_HEXADECIMAL = re.compile(r"(?:[0-9A-F]{2})+")
_ENRICHED = "\x1d"
_ENCODED = frozenset(
    {"acct", "cmd", "comm", "cwd", "data", "dir", "exe", "file", "key", "name", "path", "proctitle"}
)
"""Fields that are in hexadecimal where they are not quoted."""
_ARGUMENT = re.compile(r"a[0-9]+")
_NONE = frozenset({"", "?", "(null)", "(none)"})
_NUMBERS = {
    "1300": "SYSCALL", "1302": "PATH", "1305": "CONFIG_CHANGE", "1306": "SOCKADDR", "1307": "CWD",
    "1309": "EXECVE", "1325": "NETFILTER_CFG", "1326": "SECCOMP", "1327": "PROCTITLE",
    "1400": "AVC", "1401": "SELINUX_ERR", "1100": "USER_AUTH", "1101": "USER_ACCT",
    "1105": "USER_START", "1106": "USER_END", "1112": "USER_LOGIN", "1113": "USER_LOGOUT",
    "1123": "USER_CMD", "1130": "SERVICE_START", "1131": "SERVICE_STOP",
}  # fmt: skip
"""Types as the kernel numbers them where no auditd runs."""


def read_record(line: str) -> Object | None:
    """Return the document of a record, None for a line that holds none.

    Its members: node, type, time, serial, text, arguments, data, enriched.
    """
    found = _RECORD.search(line)
    if found is None:
        return None
    node, sort, time, serial, body = found.groups()
    sort = _NUMBERS.get(sort, sort)
    body, _, translated = body.partition(_ENRICHED)
    data = dict(_pairs(body, sort))
    document: Object = {
        "node": node,
        "type": sort,
        "time": time,
        "serial": serial,
        "text": _PAIR.sub("", body).strip(" '"),
        "arguments": _arguments(data, sort),
        "data": data,
        "enriched": {key: value.strip("\"'") for key, value in _PAIR.findall(translated)},
    }
    return {key: value for key, value in document.items() if value}


def _pairs(body: str, sort: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs, those within `msg='...'` among them."""
    for key, written in _PAIR.findall(body):
        if written.startswith("'"):
            yield from _pairs(written.strip("'"), sort)
            continue
        value = _value(key, written, sort)
        if value not in _NONE:
            yield key, value


def _value(key: str, written: str, sort: str) -> str:
    if written.startswith('"'):
        return written.strip('"')
    is_encoded = key in _ENCODED or (sort == "EXECVE" and _ARGUMENT.fullmatch(key) is not None)
    if not is_encoded or _HEXADECIMAL.fullmatch(written) is None:
        return written.rstrip("'")
    return bytes.fromhex(written).decode(errors="replace").rstrip("\0").replace("\0", " ")


def _arguments(data: dict[str, str], sort: str) -> str:
    """Return the command line of an EXECVE record; its arguments stay in the data, too."""
    if sort != "EXECVE":
        return ""
    numbered = [key for key in data if _ARGUMENT.fullmatch(key)]
    return " ".join(data[key] for key in sorted(numbered, key=lambda key: int(key[1:])))
