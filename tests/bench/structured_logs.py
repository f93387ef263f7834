"""Structured logs a second on one core: Suricata, Zeek and Windows events to columns.

Started with POLARS_MAX_THREADS=1 in a process of its own, so that one core is what it says. The
rest of each document is made, too.
"""

import datetime as dt
import json
import os
import pathlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import polars as pl

from sensors.log.catalogue import kind_named
from sensors.log.host.evtx_file import BATCH, record_texts
from sensors.log.kind import SourceRules
from tests.testdata import ROOT

LINES = 60_000
BLOCK_LINES = 10_000
ROUNDS = 3
RECEIVED = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
EVTX_BAR = 150_000
EVTX_COPIES = 20

_ENDS = ("10.0.%d.7", "203.0.113.%d")


def _when(number: int) -> str:
    return f"2026-11-06T15:{number // 60 % 60:02d}:{number % 60:02d}.{number % 1_000_000:06d}+0800"


def _flow(number: int) -> dict[str, object]:
    return {
        "app_proto": "tls",
        "flow": {
            "pkts_toserver": number % 90, "pkts_toclient": number % 70, "bytes_toserver": number,
            "bytes_toclient": number * 3, "start": _when(number), "end": _when(number + 7),
            "age": 7, "state": "closed", "reason": "timeout", "alerted": False,
        },
        "tcp": {"tcp_flags": "1b", "tcp_flags_ts": "1b", "syn": True, "fin": True, "ack": True},
    }  # fmt: skip


def _dns(number: int) -> dict[str, object]:
    name = f"host{number % 900}.example.test"
    asked: dict[str, object] = {"type": "query", "id": number % 65_536, "rrname": name}
    return {"dns": {**asked, "rrtype": "A", "tx_id": 0}}


def _http(number: int) -> dict[str, object]:
    return {
        "tx_id": 0,
        "http": {
            "hostname": "portal.example.test", "url": f"/service/{number}?id={number % 7}",
            "http_user_agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/90.0 Safari",
            "http_method": "GET", "protocol": "HTTP/1.1", "status": 200, "length": number,
        },
    }  # fmt: skip


def _alert(number: int) -> dict[str, object]:
    return {
        "alert": {
            "action": "allowed", "gid": 1, "signature_id": 9_000_000 + number % 50, "rev": 1,
            "signature": "TEST poor reputation", "category": "Misc Attack", "severity": 2,
            "metadata": {"created_at": ["2026_01_01"], "tag": ["TEST"]},
        },
        "flow": {"pkts_toserver": 1, "pkts_toclient": 0, "bytes_toserver": 60,
                 "bytes_toclient": 0, "start": _when(number)},
    }  # fmt: skip


_SHARES = (("flow", _flow, 13), ("dns", _dns, 4), ("alert", _alert, 2), ("http", _http, 1))
"""Event types as a sensor at a border writes them: their parts in 20."""
_TYPES = [(name, made) for name, made, share in _SHARES for _ in range(share)]


def eve(number: int) -> str:
    """Return one line of EVE."""
    name, made = _TYPES[number % len(_TYPES)]
    source, destination = (form % (number % 250) for form in _ENDS)
    common = {
        "timestamp": _when(number), "flow_id": 10**15 + number, "in_iface": "ens5",
        "event_type": name, "src_ip": source, "src_port": number % 65_536,
        "dest_ip": destination, "dest_port": 443, "proto": "TCP",
        "community_id": "1:8Ki5ZmWbGyMfY8aLhjXk0nVqRsE=",
    }  # fmt: skip
    return json.dumps({**common, **made(number)}, separators=(",", ":"))


_FIELDS = {
    "ts": "time", "uid": "string", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr",
    "id.resp_p": "port", "proto": "enum", "service": "string", "duration": "interval",
    "orig_bytes": "count", "resp_bytes": "count", "conn_state": "string", "local_orig": "bool",
    "local_resp": "bool", "missed_bytes": "count", "history": "string", "orig_pkts": "count",
    "orig_ip_bytes": "count", "resp_pkts": "count", "resp_ip_bytes": "count",
    "tunnel_parents": "set[string]",
}  # fmt: skip
ZEEK_HEAD = (
    "#separator \\x09",
    "#path\tconn",
    "\t".join(("#fields", *_FIELDS)),
    "\t".join(("#types", *_FIELDS.values())),
)


def _conn(number: int) -> tuple[object, ...]:
    source, destination = (form % (number % 250) for form in _ENDS)
    ends = (source, number % 65_536, destination, 443)
    return (
        f"{1_790_000_000 + number}.{number % 1_000_000:06d}", f"C{number:015d}", *ends, "tcp",
        "ssl", f"{number % 90}.{number % 1_000_000:06d}", number, number * 3, "SF", "T", "F", 0,
        "ShADadFf", number % 90, number + 4_000, number % 70, number * 3 + 3_000, "(empty)",
    )  # fmt: skip


def zeek_tsv(number: int) -> str:
    """Return one row of conn.log."""
    return "\t".join(map(str, _conn(number)))


def zeek_json(number: int) -> str:
    """Return the same as JSON."""
    row = dict(zip(_FIELDS, _conn(number), strict=True))
    row |= {"ts": 1_790_000_000.5 + number, "duration": number % 90 + 0.25, "tunnel_parents": []}
    return json.dumps({**row, "local_orig": True, "local_resp": False}, separators=(",", ":"))


MEASURED: tuple[tuple[str, str, tuple[str, ...], Callable[[int], str], int | None], ...] = (
    ("Suricata EVE", "suricata-eve", (), eve, 100_000),
    ("Zeek TSV, conn", "zeek-tsv", ZEEK_HEAD, zeek_tsv, 400_000),
    ("Zeek JSON, conn", "zeek-json", (), zeek_json, None),
)
"""Name, kind, head, one line by its number, and the bar in lines a second if there is one."""


def _seconds(
    lines: pl.Series, kind: str, head: tuple[str, ...] = (), block: int = BLOCK_LINES
) -> float:
    parser = kind_named(kind).parser(SourceRules())
    parser.prime(head)
    began = time.process_time()
    for at in range(0, len(lines), block):
        parser.parse(lines.slice(at, block), RECEIVED)
    return time.process_time() - began


def _print_evtx(path: pathlib.Path) -> None:
    """Print how fast records of a file become texts, and texts columns: one after the other."""
    texts = [text for batch in record_texts(path, Counter()) for text in batch]
    package, reading = min(_package_seconds(path) for _ in range(EVTX_COPIES)), len(texts)
    lines = pl.Series([_copied(text, copy) for copy in range(EVTX_COPIES) for text in texts])
    rounds = [_seconds(lines, "windows-event", block=BATCH) for _ in range(ROUNDS)]
    parsing = min(rounds) / EVTX_COPIES
    both, alone = reading / (package + parsing), reading / package
    met = "met" if both >= min(EVTX_BAR, alone) else "MISSED"
    print(
        f"EVTX, {path.name}: {both:,.0f} records/s in all; package evtx alone {alone:,.0f}, "
        f"its JSON to columns {reading / parsing:,.0f} (bar {EVTX_BAR:,}, or the package: {met})"
    )


def _copied(text: str, copy: int) -> str:
    """Tell the data of copies apart: it repeats itself no more often than within one file."""
    return text.replace('"EventData":{', f'"EventData":{{"Copy":"{copy}",')


def _package_seconds(path: pathlib.Path) -> float:
    began = time.process_time()
    for _ in record_texts(path, Counter()):
        pass
    return time.process_time() - began


def measure() -> None:
    """Print the rates of this process."""
    for name, kind, head, line, bar in MEASURED:
        lines = pl.Series([line(number) for number in range(LINES)])
        rate = LINES / min(_seconds(lines, kind, head) for _ in range(ROUNDS))
        met = "" if bar is None else f" (bar {bar:,}: {'met' if rate >= bar else 'MISSED'})"
        print(f"{name}: {rate:,.0f} lines/s parsed{met}")
    base = pathlib.Path(os.environ.get("CITYWATCH_TESTDATA", str(ROOT.parent / "shared")))
    for name in ("security_bad_string_cache", "system"):
        path = base / "logs" / "evtx" / "samples" / f"{name}.evtx"
        if path.exists():
            _print_evtx(path)
        else:
            print(f"EVTX: {path.name} is absent (set CITYWATCH_TESTDATA)")


def run() -> None:
    """Measure in a process with one thread."""
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-m", "tests.bench.structured_logs"],
        check=True,
        env=environment,
        cwd=ROOT,
    )


if __name__ == "__main__":
    measure()
