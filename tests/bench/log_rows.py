"""Log events as a log sensor delivers them: text, raw line, addresses and a JSON rest."""

import json

import numpy as np
import numpy.typing as npt
import polars as pl

from situation.fields import POLARS_TYPES, REST, Kind
from tests.bench.flow_rows import BATCH_NANOSECONDS, START_NANOSECONDS

_WORDS = np.array(
    ["Failed", "password", "for", "invalid", "user", "root", "from", "10.0.3.7", "port", "ssh2",
     "session", "opened", "异常登录", "用户", "认证失败", "来自", "终端", "closed", "by",
     "authenticating"]
)  # fmt: skip
_MESSAGE_WORDS = 14
_KEYWORDS = {
    "event.kind": 1, "event.dataset": 3, "event.action": 10, "event.category": 4,
    "event.type": 3, "event.outcome": 2, "event.code": 50, "event.provider": 10,
    "event.module": 3, "observer.name": 3, "host.name": 50, "user.name": 500,
    "process.name": 20, "log.level": 5, "log.syslog.hostname": 50, "log.syslog.appname": 20,
    "citywatch.log.kind": 4, "citywatch.log.source": 4, "service.name": 8,
}  # fmt: skip
"""Distinct values of each keyword."""
_NUMBERS = {"source.port": 65_536, "process.pid": 32_768, "log.syslog.priority": 192}
_ADDRESSES = {"source.ip": 256, "destination.ip": 8, "host.ip": 2}


def logs(rows: int, number: int) -> pl.DataFrame:
    """Return one batch of log events, seeded by its number."""
    made = np.random.default_rng(number)
    first = START_NANOSECONDS + number * BATCH_NANOSECONDS
    times = np.sort(first + made.integers(0, BATCH_NANOSECONDS, rows))
    texts = [" ".join(words) for words in made.choice(_WORDS, (rows, _MESSAGE_WORDS)).tolist()]
    columns = {
        "@timestamp": pl.Series(times).cast(POLARS_TYPES[Kind.DATE]),
        "event.id": [key.tobytes().hex() for key in made.integers(0, 2**63, (rows, 2))],
        "message": texts,
        "event.original": [_line(text, row) for row, text in enumerate(texts)],
        REST: [_rest(row) for row in range(rows)],
        **{name: _addresses(made, rows, nets) for name, nets in _ADDRESSES.items()},
        **{name: _keywords(made, rows, most) for name, most in _KEYWORDS.items()},
        **{name: made.integers(0, most, rows) for name, most in _NUMBERS.items()},
    }
    return pl.DataFrame(columns)


def _line(text: str, row: int) -> str:
    host = f"host-{row % 50}.district.city.example"
    return f"<38>Nov 26 10:00:00 {host} sshd[{row}]: {text} ssh2 preauth key none offered"


def _rest(row: int) -> str | None:
    if row % 2:
        return None
    rest = {f"vendor.{name}": f"value {row}" for name in "abcd"}
    figures = {"vendor.count": row, "vendor.share": row / 7, "vendor.known": True}
    nested = {
        "vendor.place": {"x": 1.5, "y": [1, 2, 3]},
        "vendor.名称": "登录",
        "vendor.none": None,
    }
    return json.dumps(rest | figures | nested, ensure_ascii=False)


def _addresses(made: np.random.Generator, rows: int, nets: int) -> list[str]:
    octets: npt.NDArray[np.int64] = made.integers(0, (4, nets, 256), (rows, 3))
    return [f"10.{first}.{second}.{third}" for first, second, third in octets.tolist()]


def _keywords(made: np.random.Generator, rows: int, most: int) -> list[str]:
    return [f"value-{number}" for number in made.integers(0, most, rows).tolist()]
