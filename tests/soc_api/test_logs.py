"""`citywatch logs`: files in, events out, by the real command."""

import json
import pathlib
import subprocess
import sys

import polars as pl
import pytest

from tests.testdata import testdata

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
LINES = (
    "Nov  6 08:20:01 web-1 sshd[311]: Failed password for root from 203.0.113.9 port 4 ssh2\n"
    "\n"
    "Nov  6 08:20:02 web-1 sshd[311]: Accepted password for 王五 from 10.0.0.7 port 5 ssh2\n"
    "what is this\n"
)


def _run(*arguments: object, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    command = [str(CITYWATCH), "logs", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "auth.log").write_text(LINES, encoding="utf-8")
    return tmp_path


def test_a_file_is_read_into_flat_json_lines_and_its_sums_reconcile(folder: pathlib.Path) -> None:
    done = _run("read", "auth.log", "--year", 2026, "--out", "events.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        "citywatch: auth.log: read as auth (guessed); 4 lines = 3 events + 1 skipped (blank 1); "
        "1 events with a fault (unparsed 1)\n"
    )
    rows = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert (
        rows[0].items()
        >= {
            "@timestamp": "2026-11-06T00:20:01.000000000Z",
            "source.ip": "203.0.113.9",
            "event.outcome": "failure",
            "citywatch.log.kind": "auth",
            "citywatch.log.offset": 0,
            "sshd": {"method": "password"},
        }.items()
    )
    assert rows[1]["user.name"] == "王五"
    assert rows[2]["message"] == rows[2]["event.original"] == "what is this"


def test_standard_output_takes_json_lines(folder: pathlib.Path) -> None:
    done = _run("read", "auth.log", "--as", "syslog", "--out", "-", cwd=folder)
    assert [json.loads(line)["citywatch.log.kind"] for line in done.stdout.splitlines()] == [
        "syslog"
    ] * 3


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_files_of_several_kinds_become_one_table(folder: pathlib.Path, suffix: str) -> None:
    (folder / "x.jsonl").write_text('{"time":"2026-11-06T00:00:00Z","a":1}\n')
    done = _run("read", "auth.log", "x.jsonl", "--out", f"all.{suffix}", cwd=folder)
    assert done.returncode == 0, done.stderr
    read = pl.read_parquet if suffix == "parquet" else pl.read_csv
    table = read(folder / f"all.{suffix}")
    assert table.height == 4
    assert table["citywatch.log.kind"].to_list() == ["auth"] * 3 + ["json-lines"]
    assert table["citywatch.rest"].to_list()[-1] == '{"a":1}'


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent.log", "--out", "o.jsonl"], "absent.log: cannot be read"),
        (["auth.log", "--out", "o.txt"], "must end in .jsonl, .parquet, .csv"),
        (["auth.log", "--out", "none/o.jsonl"], "cannot be written"),
        (["auth.log", "--as", "poem", "--out", "o.jsonl"], "no such kind"),
        (["auth.log", "--as", "bad.toml", "--out", "o.jsonl"], "bad.toml"),
        (["auth.log", "--zone", "Moon/Base", "--out", "o.jsonl"], "no time zone"),
        (["auth.log", "--option", "x", "--out", "o.jsonl"], "KEY=VALUE"),
        (["auth.log", "--option", "x=1", "--out", "o.jsonl"], "no option x"),
        (["auth.log", "prose.log", "--out", "o.jsonl"], "no known kind"),
    ],
)
def test_wrong_input_is_one_sentence_and_leaves_nothing_behind(
    folder: pathlib.Path, arguments: list[str], told: str
) -> None:
    (folder / "bad.toml").write_text('name = "x"\ncolour = 1\n')
    (folder / "prose.log").write_text("It was a dark night.\n")
    before = sorted(folder.iterdir())
    done = _run("read", *arguments, cwd=folder)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(folder.iterdir()) == before


def test_the_kinds_are_listed(folder: pathlib.Path) -> None:
    rows = json.loads(_run("kinds", "--json", cwd=folder).stdout)
    plain = _run("kinds", cwd=folder).stdout.splitlines()
    assert [line.split()[0] for line in plain] == [row["kind"] for row in rows]
    assert {"syslog", "nginx-access", "suricata-eve", "zeek-tsv"} <= {row["kind"] for row in rows}


def test_how_a_mapping_is_written_is_told(folder: pathlib.Path) -> None:
    assert 'name = "door-control"' in _run("form", cwd=folder).stdout


def test_a_mapping_is_tried_line_by_line(folder: pathlib.Path) -> None:
    (folder / "door.toml").write_text(
        'name = "door"\ntitle = "Doors"\nform = "pattern"\n'
        "[[patterns]]\npattern = 'door (?P<room>\\d+) (?P<event.action>\\w+)'\n"
    )
    (folder / "door.log").write_text("door 7 opened\nnonsense\n")
    done = _run("try", "door.toml", "door.log", cwd=folder)
    assert done.returncode == 0, done.stderr
    shown = [line.split() for line in done.stdout.splitlines()]
    assert ["event.action", "opened"] in shown
    assert ["!", "unparsed"] in shown
    assert "2 lines = 2 events + 0 skipped; 1 events with a fault (unparsed 1)" in done.stderr


def test_a_capture_of_netflow_is_read_as_flows(folder: pathlib.Path) -> None:
    capture = testdata("captures", "ndpi", "pcap", "netflow-fritz.pcap")
    done = _run("read", capture, "--as", "netflow", "--out", "flows.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (folder / "flows.jsonl").read_text().splitlines()]
    assert f"{len(rows):,} records, 0 messages refused" in done.stderr
    assert {row["event.dataset"] for row in rows} <= {"flow"}
