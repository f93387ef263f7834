"""The option `format`: a server's own format string becomes the pattern of its lines.

Syntaxes: nginx `log_format`, Apache `LogFormat`, PostgreSQL `log_line_prefix`; each as its
manual describes it.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from sensors.log.mapping.document import Pattern, checked_document
from situation.faults import Misconfigured

_REQUEST = (
    r"(?:(?P<http.request.method>[A-Za-z][A-Za-z_-]*) (?P<url.original>\S+)"
    r"(?: HTTP/(?P<http.version>[\d.]+))?|(?P<request>%s*?))"
)

_HTTP = r"(?:HTTP/(?P<http.version>[\d.]+)|-|(?P<protocol>\S*?))"
_TLS = r"(?:TLSv(?P<tls.version>[\d.]+)|-|(?P<tls_protocol>\S*?))"
_UPSTREAM = "upstream_"
"""How variables begin that hold a list: one value for each server that was asked."""

NGINX = {
    "remote_addr": "source.ip",
    "remote_port": "source.port",
    "remote_user": "user.name",
    "time_local": "time",
    "time_iso8601": "time",
    "msec": "time",
    "request": "",
    "request_method": "http.request.method",
    "request_uri": "url.original",
    "uri": "url.path",
    "args": "url.query",
    "query_string": "url.query",
    "host": "url.domain",
    "http_host": "url.domain",
    "server_name": "url.domain",
    "server_addr": "destination.ip",
    "server_port": "destination.port",
    "status": "http.response.status_code",
    "body_bytes_sent": "http.response.body.bytes",
    "bytes_sent": "http.response.bytes",
    "request_length": "http.request.bytes",
    "content_length": "http.request.body.bytes",
    "sent_http_content_type": "http.response.mime_type",
    "http_referer": "http.request.referrer",
    "http_user_agent": "user_agent.original",
    "hostname": "host.name",
    "ssl_cipher": "tls.cipher",
    "ssl_server_name": "tls.client.server_name",
}
"""Variables of nginx with their field; any other goes into the rest by its name."""

APACHE = {
    "h": "source.ip",
    "a": "source.ip",
    "l": "logname",
    "u": "user.name",
    "t": "time",
    "r": "",
    "m": "http.request.method",
    "U": "url.path",
    "q": "query",
    "s": "http.response.status_code",
    "b": "http.response.body.bytes",
    "B": "http.response.body.bytes",
    "O": "http.response.bytes",
    "I": "http.request.bytes",
    "v": "url.domain",
    "V": "url.domain",
    "p": "destination.port",
    "A": "destination.ip",
    "P": "process.pid",
    "D": "microseconds",
    "T": "seconds",
    "{Referer}i": "http.request.referrer",
    "{User-Agent}i": "user_agent.original",
    "{Host}i": "url.domain",
    "{Content-Type}o": "http.response.mime_type",
    "{SSL_CIPHER}x": "tls.cipher",
}
"""Directives of Apache with their field; any other goes into the rest by its letters."""

POSTGRESQL = {
    "m": "time",
    "t": "time",
    "n": "time",
    "p": "process.pid",
    "u": "user.name",
    "d": "database",
    "h": "source.ip",
    "r": "",
    "a": "application",
    "b": "backend",
    "c": "session",
    "l": "event.sequence",
    "e": "event.code",
    "i": "command",
    "s": "started",
    "v": "virtual_transaction",
    "x": "transaction",
}
"""Escapes of PostgreSQL's line prefix with their field."""

_STAMP = (
    r"(?:(?P<utc>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:UTC|GMT)"
    r"|(?P<zoned>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d\d(?::?\d\d)?)"
    r"|(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) [A-Z]\w*)"
)
"""Time of a server that writes UTC, an offset, or the name of its zone, which is the source's."""

_VARIABLE = {
    "nginx": re.compile(r"\$\{(\w+)\}|\$(\w+)"),
    "apache": re.compile(r"%[!<>,\d]*((?:\{[^}]*\})?\^?[A-Za-z]+?|%)(?![^\W\d_]*\})"),
    "postgresql": re.compile(r"%-?\d*([A-Za-z%])"),
}
_QUOTED = {"nginx": r'[^"]', "apache": r'(?:[^"\\]|\\.)', "postgresql": r'[^"]'}


def format_patterns(syntax: str, text: str, *, where: str) -> tuple[Pattern, ...]:
    """Return the pattern of a format string; raise `Misconfigured` where it names nothing."""
    text = text.replace('\\"', '"')  # as it stands in a configuration file
    if not _VARIABLE[syntax].search(text):
        raise Misconfigured(f"the format names no value: {text}", where=where)
    pattern = "".join(_pieces(syntax, text))
    if syntax == "postgresql":
        pattern += r"(?P<log.level>[A-Z]+\d?): +(?P<message>.*)"
    checked_document(
        {"name": "format", "title": "", "form": "pattern", "patterns": [{"pattern": pattern}]},
        where=f"{where}: format",
    )
    return (Pattern(pattern=pattern),)


def _pieces(syntax: str, text: str) -> Iterator[str]:
    """Yield the pattern of each literal and each variable in turn."""
    seen: dict[str, int] = {}
    at = 0
    for found in _VARIABLE[syntax].finditer(text):
        yield _literal(text[at : found.start()])
        at = found.end()
        name = next(group for group in found.groups() if group)
        yield _MAKERS[syntax](name, _value(syntax, text[at : at + 1]), seen)
    yield _literal(text[at:])


def _literal(text: str) -> str:
    return re.sub(r" +", " +", re.sub(r"([^\w\s])", r"\\\1", text)) if text.isascii() else text


def _value(syntax: str, after: str) -> str:
    """Return the pattern of one character of a value before the literal `after`."""
    if after == '"':
        return _QUOTED[syntax]
    return rf"[^\{after}]" if after and not after.isalnum() and after not in "%$" else r"\S"


def _group(field: str, value: str, seen: dict[str, int]) -> str:
    seen[field] = seen.get(field, 0) + 1
    name = field if seen[field] == 1 else f"{field}__{seen[field]}"
    return rf"(?:-|\[unknown\]|(?P<{name}>{value}*?))"


def _nginx(name: str, value: str, seen: dict[str, int]) -> str:
    special = {
        "request": _REQUEST % value,
        "time_local": r"(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})",
        "server_protocol": _HTTP,
        "ssl_protocol": _TLS,
    }
    if name in special:
        return special[name]
    if name.startswith(_UPSTREAM) and value in {r"\S", r"[^\ ]"}:
        value = r"(?:[^ ]|, | : )"
    return _group(NGINX.get(name, name), value, seen)


def _apache(name: str, value: str, seen: dict[str, int]) -> str:
    special = {
        "r": _REQUEST % value,
        "t": r"\[(?P<time>[^\]]+)\]",
        "H": _HTTP,
        "{SSL_PROTOCOL}x": _TLS,
        "%": "%",
    }
    if name in special:
        return special[name]
    if name.endswith("}t"):
        return _group(_apache_time(name), value, seen)
    return _group(APACHE.get(name, re.sub(r"\W+", "_", name).strip("_")), value, seen)


def _apache_time(name: str) -> str:
    """Return the group of a time in a form of its own: the day with all, a zone, a fraction."""
    form = name[1:-2].removeprefix("begin:").removeprefix("end:")
    if form == "%z":
        return "zone"
    return "time" if form in {"", "sec"} or "%" in form else form


def _postgresql(name: str, value: str, seen: dict[str, int]) -> str:
    special = {
        "%": "%",
        "q": "",
        "m": _STAMP,
        "t": _STAMP,
        "s": r"(?P<started>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+)",
        "r": r"(?:\[unknown\]|(?P<source.ip>[^\s(]*)(?:\((?P<source.port>\d+)\))?)",
    }
    return special[name] if name in special else _group(POSTGRESQL.get(name, name), value, seen)


_MAKERS: Mapping[str, Callable[[str, str, dict[str, int]], str]] = {
    "nginx": _nginx,
    "apache": _apache,
    "postgresql": _postgresql,
}
