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
    "server_protocol": "protocol",
    "status": "http.response.status_code",
    "body_bytes_sent": "http.response.body.bytes",
    "bytes_sent": "http.response.bytes",
    "request_length": "http.request.bytes",
    "content_length": "http.request.body.bytes",
    "sent_http_content_type": "http.response.mime_type",
    "http_referer": "http.request.referrer",
    "http_user_agent": "user_agent.original",
    "hostname": "host.name",
    "ssl_protocol": "tls.version",
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
    "H": "protocol",
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
    return rf"(?:-|(?P<{name}>{value}*?))"


def _nginx(name: str, value: str, seen: dict[str, int]) -> str:
    if name == "request":
        return _REQUEST % value
    if name == "time_local":
        return r"(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})"
    return _group(NGINX.get(name, name), value, seen)


def _apache(name: str, value: str, seen: dict[str, int]) -> str:
    special = {"r": _REQUEST % value, "t": r"\[(?P<time>[^\]]+)\]", "%": "%"}
    if name in special:
        return special[name]
    return _group(APACHE.get(name, re.sub(r"\W+", "_", name).strip("_")), value, seen)


def _postgresql(name: str, value: str, seen: dict[str, int]) -> str:
    special = {
        "%": "%",
        "q": "",
        "m": r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+)",
        "t": r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+)",
        "s": r"(?P<started>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+)",
        "r": r"(?:(?P<source.ip>[^\s(]*)(?:\((?P<source.port>\d+)\))?)",
    }
    return special[name] if name in special else _group(POSTGRESQL.get(name, name), value, seen)


_MAKERS: Mapping[str, Callable[[str, str, dict[str, int]], str]] = {
    "nginx": _nginx,
    "apache": _apache,
    "postgresql": _postgresql,
}
