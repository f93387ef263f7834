"""Public flow samples as columns: Zeek connection logs and Argus flow lists."""

import csv
import datetime as dt
import json
import pathlib

import polars as pl

from tests.detect.frames import Row, flow, flows

_NEVER_ESTABLISHED = {"S0", "REJ", "RSTOS0", "REQ", "INT", "ECO"}


def zeek(path: pathlib.Path) -> pl.DataFrame:
    """Read a Zeek `conn.log`, TSV or JSON."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if lines[0].startswith("{"):
        return _flows([json.loads(line) for line in lines])
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    rows = [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if line[0] != "#"]
    return _flows(rows)


def _flows(rows: list[dict[str, str]]) -> pl.DataFrame:
    first = min(float(row["ts"]) for row in rows)
    return flows(
        _flow(
            float(row["ts"]) - first,
            (row["id.orig_h"], row["id.resp_h"]),
            (int(row["id.orig_p"]), int(row["id.resp_p"])),
            transport=row["proto"],
            answered=row["conn_state"] not in _NEVER_ESTABLISHED,
            number=number,
        )
        for number, row in enumerate(rows)
    )


def argus(path: pathlib.Path) -> pl.DataFrame:
    """Read an Argus flow list."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    moments = [
        dt.datetime.strptime(row["StartTime"] + "+0000", "%Y/%m/%d %H:%M:%S.%f%z") for row in rows
    ]
    return flows(
        _flow(
            (moment - moments[0]).total_seconds(),
            (row["SrcAddr"], row["DstAddr"]),
            (8, 0) if row["Proto"] == "icmp" else (_port(row["Sport"]), _port(row["Dport"])),
            transport=row["Proto"],
            answered=row["State"] not in _NEVER_ESTABLISHED,
            number=number,
        )
        for number, (row, moment) in enumerate(zip(rows, moments, strict=True))
        if row["Proto"] in {"tcp", "udp", "icmp"}
    )


def _port(text: str) -> int:
    return int(text, 16 if text.startswith("0x") else 10) if text else 0


def _flow(
    at: float,
    hosts: tuple[str, str],
    ports: tuple[int, int],
    *,
    transport: str,
    answered: bool,
    number: int,
) -> Row:
    return flow(
        at, *hosts, ports[1], transport=transport, out=300 if answered else 0, answered=answered,
        source_port=ports[0], event_id=f"{number:06d}",
    )  # fmt: skip
