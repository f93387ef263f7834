"""Public syslog files are read whole and agree with their tables."""

import csv

import polars as pl
import pytest

from sensors.log.catalogue import kind_named
from sensors.log.kind import FAULT, SourceRules
from tests.sensors.log.yielded import RECEIVED, documents, parsed
from tests.testdata import testdata


def _frame(kind: str, name: str) -> tuple[pl.DataFrame, list[dict[str, str]]]:
    path = testdata("logs", "loghub", f"{name}_2k.log")
    lines = path.read_text(encoding="utf-8").splitlines()
    found = parsed(kind_named(kind), lines, SourceRules(year=2005))
    table = path.with_name(f"{name}_2k.log_structured.csv")
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert found.frame.height == len(lines) == len(rows)
    assert not found.skipped
    return found.frame, rows


@pytest.mark.parametrize("kind", ["syslog", "auth"])
def test_every_line_of_openssh_agrees_with_its_table(kind: str) -> None:
    frame, rows = _frame(kind, "OpenSSH")
    assert frame[FAULT].null_count() == len(rows)
    assert frame["message"].str.strip_chars().to_list() == [row["Content"].strip() for row in rows]
    assert frame["process.pid"].to_list() == [row["Pid"] for row in rows]
    assert frame["host.name"].to_list() == [row["Component"] for row in rows]
    assert set(frame["process.name"]) == {"sshd"}
    local = frame["@timestamp"].dt.convert_time_zone("Asia/Shanghai").dt.strftime("%b %-d %H:%M:%S")
    assert local.to_list() == [f"{row['Date']} {row['Day']} {row['Time']}" for row in rows]


def test_each_guess_of_openssh_is_a_login_that_failed() -> None:
    frame, rows = _frame("auth", "OpenSSH")
    tries = frame.filter(
        pl.col("event.category") == "authentication", pl.col("event.type") == "start"
    )
    guesses = [row for row in rows if row["Content"].startswith(("Failed p", "message repeated"))]
    assert tries.filter(pl.col("event.outcome") == "failure").height == len(guesses)
    assert tries.filter(pl.col("event.outcome") == "success").height == sum(
        row["Content"].startswith("Accepted") for row in rows
    )
    assert tries["source.ip"].null_count() == tries["user.name"].null_count() == 0


def test_lines_of_linux_agree_with_their_table_where_its_columns_are_right() -> None:
    frame, rows = _frame("syslog", "Linux")
    assert frame[FAULT].null_count() == len(rows)
    alike = [
        (found, row)
        for found, row in zip(frame.iter_rows(named=True), rows, strict=True)
        if row["PID"] and " " not in row["Component"]
    ]
    assert len(alike) > 1500
    for found, row in alike:
        assert found["log.syslog.appname"] == row["Component"]
        assert found["process.pid"] == row["PID"]
        assert found["message"].strip() == row["Content"].strip()
        assert found["host.name"] == row["Level"]


def test_lines_of_apache_s_error_log_agree_with_their_table() -> None:
    frame, rows = _frame("apache-error", "Apache")
    assert frame[FAULT].null_count() == len(rows)
    assert frame["log.level"].to_list() == [row["Level"] for row in rows]
    local = frame["@timestamp"].dt.convert_time_zone("Asia/Shanghai")
    assert local.dt.strftime("%a %b %d %H:%M:%S %Y").to_list() == [row["Time"] for row in rows]


def test_a_message_of_a_known_program_is_read_behind_any_header() -> None:
    told = "Failed password for root from 203.0.113.9 port 40023 ssh2"
    lines = [
        f"<86>Nov  6 08:20:01 web-1 sshd[311]: {told}",
        f"<86>1 2026-11-06T08:20:01+08:00 web-1 sshd 311 - - {told}",
        f"2026-11-06T08:20:01.000000+08:00 web-1 sshd[311]: {told}",
    ]
    found = documents(kind_named("syslog"), lines)
    kept = ("@timestamp", "host.name", "user.name", "source.ip", "event.outcome", "event.module")
    assert [{name: row[name] for name in kept} for row in found] == [
        {
            "@timestamp": "2026-11-06T00:20:01Z",
            "host.name": "web-1",
            "user.name": "root",
            "source.ip": "203.0.113.9",
            "event.outcome": "failure",
            "event.module": "sshd",
        }
    ] * 3


def test_a_firewall_s_line_in_a_stream_of_syslog_is_read_by_its_mapping() -> None:
    line = (
        "<4>Nov  6 08:15:01 gate-1 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.9 "
        "DST=192.0.2.10 PROTO=TCP SPT=40122 DPT=22"
    )
    row = documents(kind_named("syslog"), [line])[0]
    assert (row["event.dataset"], row["source.ip"]) == ("iptables.log", "203.0.113.9")


@pytest.mark.parametrize(
    ("line", "dataset"),
    [
        ("<189>29: *Nov  6 08:15:01.5: %SYS-5-CONFIG_I: Configured from console", "cisco.log"),
        (
            "<188>Nov  6 2026 08:15:01 sw %%01SSH/4/SSH_FAIL(s)[0]:Failed. (IP=::1)",
            "huawei.firewall",
        ),
        (
            "<190>Nov  6 08:15:01 2026 sw %%10SHELL/5/SHELL_LOGIN: a logged in from ::1.",
            "h3c.firewall",
        ),
        ("Nov  6 08:15:01 gate CEF:0|A|B|1|2|probe|5|src=203.0.113.9", "cef"),
    ],
)
def test_a_device_that_writes_no_program_is_read_by_its_own_format(line: str, dataset: str) -> None:
    row = documents(kind_named("syslog"), [line])[0]
    assert row["event.dataset"] == dataset
    assert "process.name" not in row
    assert FAULT not in row


@pytest.mark.parametrize(
    "written",
    [
        "Nov  6 00:15:01 UTC",
        "Nov  6 08:15:01 CST",
        "Nov  6 08:15:01 CST 2026",
        "Nov 06 2026 08:15:01",
    ],
)
def test_a_zone_s_name_is_utc_or_the_source_s(written: str) -> None:
    row = documents(kind_named("syslog"), [f"<13>{written} web-1 app: told"])[0]
    assert row["@timestamp"] == "2026-11-06T00:15:01Z"
    assert (row["host.name"], row["process.name"]) == ("web-1", "app")


def test_what_no_inner_format_takes_is_a_row_of_syslog_without_fault() -> None:
    row = documents(
        kind_named("syslog"), ["Nov  6 08:15:01 web-1 sshd[1]: words of a new release"]
    )[0]
    assert row["event.dataset"] == "syslog"
    assert FAULT not in row


def test_the_turn_of_the_year_is_met_within_one_batch() -> None:
    parser = kind_named("syslog").parser(SourceRules())
    lines = pl.Series(["Dec 31 23:59:59 a b: c", "Jan  1 00:00:01 a b: c"])
    received = RECEIVED.replace(year=2027, month=1, day=1, hour=1)
    times = parser.parse(lines, received).frame["@timestamp"].dt.year()
    assert times.to_list() == [2026, 2026]
    later = RECEIVED.replace(year=2027, month=1, day=1, hour=17)
    assert parser.parse(lines, later).frame["@timestamp"].dt.date().dt.to_string().to_list() == [
        "2026-12-31",
        "2026-12-31",
    ]
