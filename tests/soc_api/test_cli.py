"""The command line, run as its users run it."""

import gzip
import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass

import polars as pl
import pytest
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, TCP, UDP

from situation.fields import FLOW_SCHEMA
from tests.sensors.building import CLIENT, SECOND, SERVER, START, ether, pcap, written
from tests.testdata import ROOT

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"
QUIET = ROOT / "pcaps" / "quiet-day" / "capture.pcap"
COMMANDS = (
    (),
    ("run",),
    ("replay",),
    ("flows",),
    ("dissect",),
    ("plan", "grade"),
    ("plan", "show"),
    ("plan", "check"),
    ("plan", "diff"),
    ("drill", "list"),
    ("drill", "run"),
    ("config",),
    ("store", "check"),
    ("store", "setup"),
    ("store", "key"),
    ("store", "drop-before"),
    ("store", "retain"),
    ("run", "sensor"),
    ("scan", "run"),
    ("scan", "rules"),
    ("scan", "try"),
    ("spool", "status"),
    ("spool", "dead"),
    ("spool", "redrive"),
    ("account", "add"),
    ("account", "list"),
    ("account", "end"),
    ("account", "password"),
    ("account", "role"),
    ("audit", "verify"),
    ("audit", "list"),
    ("audit", "renew-anchor"),
)


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        decoded = json.loads(self.out)
        assert isinstance(decoded, dict)
        return decoded


def citywatch(*arguments: object) -> Outcome:
    done = subprocess.run(
        [CITYWATCH, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def _length(value: object) -> int:
    assert isinstance(value, list)
    return len(value)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "citywatch")
def test_every_command_explains_itself_with_an_example(command: tuple[str, ...]) -> None:
    shown = citywatch(*command, "--help")
    assert shown.code == 0
    assert "Example: citywatch" in shown.out or not command


def test_a_replay_finds_the_intrusion_and_a_second_one_keeps_it(tmp_path: pathlib.Path) -> None:
    first = citywatch("replay", INTRUSION, "--data", tmp_path, "--json")
    assert (first.code, first.err) == (0, "")
    found = first.document
    assert found["packets"] == 29524
    assert found["bytes"] == 395406051
    assert _length(found["alerts"]) >= 5
    assert _length(found["incidents"]) == 1
    assert _length(found["notices"]) == 1
    again = citywatch("replay", INTRUSION, "--data", tmp_path, "--json").document
    assert again["kept"] is True
    assert again["alerts"] == found["alerts"]
    assert again["notices"] == found["notices"]


def test_a_quiet_day_stays_quiet(tmp_path: pathlib.Path) -> None:
    found = citywatch("replay", QUIET, "--data", tmp_path, "--json").document
    assert (found["alerts"], found["incidents"], found["notices"]) == ([], [], [])


def test_the_first_run_says_in_lines_what_it_found(tmp_path: pathlib.Path) -> None:
    first = citywatch("run", "--no-serve", "--data", tmp_path)
    assert first.code == 0
    for word in ("29,524 packets", "Alerts", "Incident", "because", "Notice", "Dropped   nothing"):
        assert word in first.out
    again = citywatch("run", "--no-serve", "--data", tmp_path)
    assert "kept" in again.err
    assert again.out == first.out
    told = citywatch("run", "--no-serve", "--data", tmp_path, "--json").document
    assert told["kept"] is True
    assert told["packets"] == 29524


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.pcap", b"", "empty"),
        ("text.pcap", b"this is no capture at all, only words", "text.pcap"),
        ("cut.pcap", INTRUSION.read_bytes()[:20], "cut.pcap"),
        (
            "words.pcap.gz",
            gzip.compress(b"no capture either, but well packed", mtime=0),
            "words.pcap.gz",
        ),
    ],
)
def test_a_file_that_is_no_capture_is_refused_and_the_store_stays_as_it_was(
    tmp_path: pathlib.Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused = citywatch("replay", path, "--data", tmp_path / "data")
    assert refused.code == 2
    assert reason in refused.err
    assert "Traceback" not in refused.err
    assert len(refused.err.strip().splitlines()) == 1
    assert not list((tmp_path / "data" / "events").rglob("*.parquet"))


def test_a_file_that_is_not_there_is_bad_input(tmp_path: pathlib.Path) -> None:
    refused = citywatch("replay", tmp_path / "none.pcap", "--data", tmp_path)
    assert refused.code == 2
    assert "none.pcap" in refused.err


def test_a_store_that_is_away_is_code_three(tmp_path: pathlib.Path) -> None:
    away = citywatch("replay", QUIET, "--data", tmp_path, "--store", "http://127.0.0.1:9")
    assert away.code == 3
    assert "127.0.0.1:9" in away.err
    assert citywatch("store", "check", "--store", "http://127.0.0.1:9").code == 3


def test_flows_come_as_parquet_json_lines_and_csv_with_the_same_rows(
    tmp_path: pathlib.Path,
) -> None:
    for suffix in ("parquet", "jsonl", "csv"):
        assert citywatch("flows", QUIET, "--out", tmp_path / f"flows.{suffix}").code == 0
    parquet = pl.read_parquet(tmp_path / "flows.parquet")
    lines = pl.read_ndjson(tmp_path / "flows.jsonl", infer_schema_length=None)
    table = pl.read_csv(tmp_path / "flows.csv", infer_schema_length=None)
    assert parquet.schema == pl.Schema(FLOW_SCHEMA)
    assert parquet.height == lines.height == table.height
    assert sorted(lines.columns) == sorted(parquet.columns)
    assert table.columns == parquet.columns
    assert lines["event.id"].to_list() == parquet["event.id"].to_list()
    times = parquet["event.start"].dt.strftime("%Y-%m-%dT%H:%M:%S.%9fZ")
    assert lines["event.start"].to_list() == times.to_list()
    assert table["event.start"].to_list() == times.to_list()


def test_flows_to_standard_output_are_json_lines_alone() -> None:
    shown = citywatch("flows", QUIET, "--out", "-")
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert shown.code == 0
    assert {row["network.type"] for row in rows} == {"ipv4", "ipv6"}


def test_records_of_protocols_stand_beside_the_flows_in_the_names_of_ecs(
    tmp_path: pathlib.Path,
) -> None:
    head = b"GET /a HTTP/1.1\r\nHost: portal.example\r\n\r\n"
    asked = IP(src=CLIENT, dst=SERVER) / TCP(sport=40_000, dport=80, flags="PA") / head
    query = DNS(qd=DNSQR(qname="a.cn"))
    question = IP(src=CLIENT, dst=SERVER) / UDP(sport=40_001, dport=53) / query
    capture = written(tmp_path, pcap([(START, ether(asked)), (START + SECOND, ether(question))]))
    table = tmp_path / "flows.csv"
    shown = citywatch("flows", capture, "--out", table, "--events", "-")
    records = [json.loads(line) for line in shown.out.splitlines()]
    assert shown.code == 0
    assert [record["event.dataset"] for record in records] == ["http", "dns"]
    assert records[0]["url.full"] == "http://portal.example/a"
    assert records[0]["@timestamp"] == "2023-11-14T22:13:20.000000000Z"
    flows = pl.read_csv(table)
    assert flows["network.protocol"].to_list() == ["http", "dns"]
    for name in ("network.community_id", "citywatch.flow.id"):
        assert flows[name].to_list() == [record[name] for record in records]


def test_records_of_protocols_come_as_a_table_too_but_never_with_flows_on_one_output(
    tmp_path: pathlib.Path,
) -> None:
    for suffix in ("parquet", "csv"):
        target = tmp_path / f"events.{suffix}"
        assert citywatch("flows", QUIET, "--out", tmp_path / "f.csv", "--events", target).code == 0
    whole = pl.read_parquet(tmp_path / "events.parquet")
    assert "dns" in whole["event.dataset"].to_list()
    assert whole.height == pl.read_csv(tmp_path / "events.csv", infer_schema_length=None).height
    both = citywatch("flows", QUIET, "--out", "-", "--events", "-")
    assert both.code == 2
    assert "only one of both" in both.err


def test_a_refused_capture_leaves_no_flow_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bad.pcap").write_bytes(b"words")
    refused = citywatch("flows", tmp_path / "bad.pcap", "--out", tmp_path / "flows.csv")
    assert refused.code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.pcap"]


def test_a_flow_file_of_an_unknown_kind_is_refused(tmp_path: pathlib.Path) -> None:
    refused = citywatch("flows", QUIET, "--out", tmp_path / "flows.xlsx")
    assert refused.code == 2
    assert ".parquet, .jsonl or .csv" in refused.err


def test_facts_are_graded_with_reasons_and_clocks(tmp_path: pathlib.Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"operator": "cii", "outage_minutes": {"cii_whole": 10}}))
    graded = citywatch("plan", "grade", facts, "--json").document
    assert graded["level"] == 3
    reasons, clocks = graded["reasons"], graded["clocks"]
    assert isinstance(reasons, list)
    assert isinstance(clocks, list)
    assert {"instrument", "clause", "metric", "value", "threshold", "level"} <= reasons[0].keys()
    assert {"id", "addressee", "limit_minutes", "start"} <= clocks[0].keys()
    assert {clock["id"] for clock in clocks} >= {"T-CII-1"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"operator": "someone"}', "operator"),
        ('{"outage": {"cii_whole": 10}}', "outage"),
        ('{"share_city": 2}', "share_city"),
        ('{"operator": ', "line 1"),
        ("[1, 2]", "object"),
    ],
)
def test_facts_that_make_no_sense_are_refused_with_their_place(
    tmp_path: pathlib.Path, text: str, place: str
) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(text)
    refused = citywatch("plan", "grade", facts)
    assert refused.code == 2
    assert place in refused.err
    assert str(facts) in refused.err


def test_config_says_where_each_value_came_from(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text('[sensor]\nobserver = "east-gate"\n')
    rows = json.loads(citywatch("config", "--config", config, "--json").out)
    (observer,) = [row for row in rows if row["setting"] == "sensor.observer"]
    assert (observer["value"], observer["from"]) == ("east-gate", str(config))


def test_config_shows_the_inputs_and_no_password(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text(
        '[store]\nstate = "postgresql+psycopg://city:not-a-real-one@db/city"\n'
        '[inputs.door]\ntype = "syslog"\nport = 6514\n'
    )
    shown = citywatch("config", "--config", config, "--json")
    rows = {row["setting"]: (row["value"], row["from"]) for row in json.loads(shown.out)}
    assert rows["inputs.door.port"] == ("6514", str(config))
    assert rows["inputs.door.transport"] == ("udp", "default")
    assert rows["store.state"][0] == "postgresql+psycopg://city:***@db/city"


def test_config_shows_the_channels_and_none_of_their_secrets(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text('[channels.edu]\ntype = "wecom"\nper_minute = 9\n')
    monkeypatch.setenv("CITYWATCH_CHANNELS__EDU__TOKEN", "not-a-real-key")
    shown = citywatch("config", "--config", config, "--json")
    rows = {row["setting"]: row["value"] for row in json.loads(shown.out)}
    assert rows["channels.edu.per_minute"] == "9"
    assert rows["channels.edu.token"] == "**********"
    assert "not-a-real-key" not in shown.out


def test_a_key_file_that_is_not_there_is_told_in_one_sentence(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "citywatch.toml"
    config.write_text(f'[store]\napi_key_file = "{tmp_path}/key"\n')
    checked = citywatch("store", "check", "--config", config)
    assert checked.code == 2
    assert checked.err == (
        f"citywatch: store.api_key_file: {tmp_path}/key cannot be read: No such file or directory\n"
    )


def test_the_embedded_store_checks_out_after_its_set_up(tmp_path: pathlib.Path) -> None:
    assert citywatch("store", "setup", "--data", tmp_path).code == 0
    checked = citywatch("store", "check", "--data", tmp_path, "--json")
    assert checked.code == 0
    assert checked.document["writable"] is True


def test_scenarios_are_listed_with_what_they_should_lead_to() -> None:
    rows = json.loads(citywatch("drill", "list", "--json").out)
    assert {row["scenario"] for row in rows} == {"quiet-day", "intrusion", "iot-botnet"}


def test_an_unknown_scenario_names_the_known_ones(tmp_path: pathlib.Path) -> None:
    refused = citywatch("drill", "run", "earthquake", "--data", tmp_path)
    assert refused.code == 2
    assert "quiet-day" in refused.err
