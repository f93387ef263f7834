"""Logs that hosts write of the traffic on a tape: sshd with cron, and a web server."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pcaps.background import DAY
from pcaps.traffic import Connection, Dice, Host, Request, Tape

ZONE = "Asia/Shanghai"
"""Zone of the hosts' clocks, which is that of the scenario."""

_SHELL, _TLS = 22, 443
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOGIN_TURNS = 6
"""Turns of an SSH connection up to the answer to the first password."""

Line = tuple[float, str]
"""Seconds from the start, and what stands after the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log as a file: where it lies, what it is, who wrote it."""

    file: str
    kind: str
    host: Host
    lines: Sequence[Line]
    zone: str = ZONE

    def content(self, start: dt.datetime) -> bytes:
        """Return the file; lines stand in order of time, which is written as the kind does."""
        write = _accessed if self.kind == "nginx-access" else _logged
        ordered = sorted(self.lines, key=lambda line: line[0])
        text = (write(start + dt.timedelta(seconds=at), rest) for at, rest in ordered)
        return "".join(f"{line}\n" for line in text).encode()


def _logged(time: dt.datetime, rest: str) -> str:
    """Write a line of syslog as in a file (RFC 3164, 4.1.2, without PRI)."""
    return f"{_MONTHS[time.month - 1]} {time.day:2d} {time:%H:%M:%S} {rest}"


def _accessed(time: dt.datetime, rest: str) -> str:
    """Write a line of the combined format; `rest` has a place for the time."""
    stamp = f"{time.day:02d}/{_MONTHS[time.month - 1]}/{time:%Y:%H:%M:%S %z}"
    return rest.replace("\0", f"[{stamp}]", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """How one host's SSH server is used."""

    host: Host
    name: str
    guessed: tuple[str, ...] = ("root",)
    """Accounts that guessers try."""
    known: frozenset[str] = frozenset({"root"})
    """Accounts that exist; the others are called invalid."""
    stranger_gets: str = ""
    """Account by which somebody from outside gets in."""
    inside: str = "ops"
    """Account by which the city's own people get in."""
    until: float = DAY
    """When it stops to write its log."""


def shell_log(tape: Tape, dice: Dice, shell: Shell, own: frozenset[Host]) -> LogFile:
    """Write what sshd and cron of a host log; `own` are the hosts that have a key."""
    lines = list(_cron(dice.split("cron")))
    for seen in tape.connections:
        if seen.server == shell.host and seen.port == _SHELL:
            lines += _connection(dice, shell, seen, own)
    kept = [(at, f"{shell.name} {rest}") for at, rest in lines if at < shell.until]
    return LogFile(file=f"{shell.name}-auth.log", kind="auth", host=shell.host, lines=kept)


def _cron(dice: Dice) -> list[Line]:
    lines: list[Line] = []
    at = 1.0
    while at < DAY:
        head = f"CRON[{dice.whole(2000, 30_000)}]: pam_unix(cron:session): session"
        lines.append((at, f"{head} opened for user root(uid=0) by (uid=0)"))
        lines.append((at + dice.between(0.1, 1.5), f"{head} closed for user root"))
        at += 300
    return lines


def _connection(dice: Dice, shell: Shell, seen: Connection, own: frozenset[Host]) -> list[Line]:
    head = f"sshd[{dice.whole(2000, 30_000)}]:"
    source = f"{seen.client.ip} port {seen.client_port}"
    if seen.turns < _LOGIN_TURNS:
        return [(seen.end, f"{head} Connection closed by {source} [preauth]")]
    if seen.turns == _LOGIN_TURNS:
        account = dice.pick(shell.guessed)
        invalid = "" if account in shell.known else "invalid user "
        return [(seen.end, f"{head} Failed password for {invalid}{account} from {source} ssh2")]
    is_own = seen.client in own
    account, means = (shell.inside, "publickey") if is_own else (shell.stranger_gets, "password")
    key = f": ED25519 SHA256:{dice.label(43)}" if is_own else ""
    session = f"{head} pam_unix(sshd:session): session"
    return [
        (seen.start + 0.3, f"{head} Accepted {means} for {account} from {source} ssh2{key}"),
        (seen.start + 0.4, f"{session} opened for user {account}(uid=1001) by (uid=0)"),
        (seen.end, f"{session} closed for user {account}"),
    ]


_BROWSERS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/132.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
        "Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
    ),
)
_PAGES = (
    "/", "/index.html", "/news/", "/news/2026/03/spring-planting.html", "/service/list?type=2",
    "/static/site.css", "/static/app.3f2a9c.js", "/images/emblem.png", "/favicon.ico",
)  # fmt: skip
_ODD = (
    ("/search?q=%E5%85%AC%E7%A7%AF%E9%87%91+%E6%8F%90%E5%8F%96", 200),
    ("/search?q=%B9%AB%BB%FD%BD%F0&charset=gbk", 200),
    ("/search?q=%C0%AE%B0%C8%B3%C7&charset=gbk", 200),
    ("/search?q=O'Brien%20and%20daughters", 200),
    ("/search?q=%22annual%20report%22%20or%20budget", 200),
    ("/search?q=select%20a%20school%20from%20the%20list", 200),
    ("/login?return=https%253A%252F%252Fwww.city.example%252Fmy%252Fcases", 200),
    ("/service/list?id=5&cat=3&ls=2&type=news&sort=price;page=2", 200),
    ("/docs/../index.html", 301),
    ("/images/old-logo.gif", 404),
    ("/apple-touch-icon.png", 404),
    ("/form?field=" + "%E5%B8%82" * 60, 200),
)
"""Honest requests that look odd, with their statuses."""


def web_log(tape: Tape, dice: Dice, host: Host, name: str) -> LogFile:
    """Write the access log of a web server: known requests, and pages for other connections."""
    known = [one for one in tape.requests if one.server == host]
    told = {one.client for one in known}
    lines = [_line(one) for one in known]
    for seen in tape.connections:
        is_visit = seen.server == host and seen.port == _TLS and seen.turns > 0
        if is_visit and seen.client not in told:
            lines += [_line(one) for one in _visit(dice, seen)]
    return LogFile(file=f"{name}-access.log", kind="nginx-access", host=host, lines=lines)


def _visit(dice: Dice, seen: Connection) -> list[Request]:
    agent = _BROWSERS[int(seen.client.ip.rsplit(".", 1)[-1]) % len(_BROWSERS)]
    asked = [(dice.pick(_PAGES), 200) for _ in range(dice.whole(1, 4))]
    if dice.between(0, 1) < 0.3:
        asked.append(dice.pick(_ODD))
    return [
        Request(
            at=seen.start + 0.05 * (number + 1), client=seen.client, server=seen.server,
            target=target, status=status, octets=seen.answered // len(asked), agent=agent,
        )
        for number, (target, status) in enumerate(asked)
    ]  # fmt: skip


def _line(one: Request) -> Line:
    asked = f'"{one.method} {one.target} HTTP/1.1" {one.status} {one.octets}'
    return one.at, f'{one.client.ip} - - \0 {asked} "-" "{one.agent}"'
