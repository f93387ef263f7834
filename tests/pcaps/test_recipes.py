"""The scenarios: recipes make the committed bytes again, and the bytes are what they claim."""

import datetime as dt
import functools
import hashlib
import ipaddress
import json
import pathlib
import re
import struct
import subprocess
import sys
import tomllib

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import RawPcapReader

from situation.assets import read_assets
from tests.testdata import ROOT

PCAPS = ROOT / "pcaps"
NAMES = ("quiet-day", "intrusion", "iot-botnet")
LOGS = dict.fromkeys(
    ("quiet-day", "intrusion"), ("exchange-front-auth.log", "portal-auth.log", "portal-access.log")
)
MADE = ("capture.pcap", "truth.jsonl", "scenario.toml")
SSHD = re.compile(
    r"^(?P<time>\w{3} [ \d]\d [\d:]{8}) .* from (?P<ip>[\d.]+) port (?P<port>\d+) ssh2"
)
ACCESS = re.compile(r'(?P<ip>[\d.]+) - - \[(?P<time>[^]]+)\] "\w+ \S+ HTTP/1\.1" \d{3} \d+ "-" "')
ALLOWED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24", "2001:db8::/32",
        "fd00::/8",
    )
)  # fmt: skip


def _description(name: str) -> dict[str, object]:
    return tomllib.loads((PCAPS / name / "scenario.toml").read_text(encoding="utf-8"))


def _truth(name: str) -> list[dict[str, str]]:
    text = (PCAPS / name / "truth.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _frames(name: str) -> list[tuple[bytes, int]]:
    reader = RawPcapReader(str(PCAPS / name / "capture.pcap"))
    frames = [(frame, meta.wirelen) for frame, meta in reader]
    reader.close()
    return frames


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_makes_the_committed_files_again(name: str, tmp_path: pathlib.Path) -> None:
    recipe = PCAPS / name / "recipe.py"
    subprocess.run([sys.executable, str(recipe), str(tmp_path)], check=True, timeout=60)
    for file in (*MADE, *LOGS.get(name, ())):
        assert (tmp_path / file).read_bytes() == (PCAPS / name / file).read_bytes(), file


@pytest.mark.parametrize("name", NAMES)
def test_a_capture_is_what_its_description_says(name: str) -> None:
    description = _description(name)
    content = (PCAPS / name / "capture.pcap").read_bytes()
    assert description["sha256"] == hashlib.sha256(content).hexdigest()
    assert description["packets"] == len(_frames(name))
    assert 25_000 <= len(_frames(name)) <= 40_000
    assert len(content) <= 2_950_000


@pytest.mark.parametrize("name", NAMES)
def test_only_private_and_documentation_addresses_occur(name: str) -> None:
    seen = set()
    for frame, _ in _frames(name):
        at = 18 if frame[12:14] == b"\x81\x00" else 14
        six = frame[at] >> 4 == 6
        first, width = (at + 8, 16) if six else (at + 12, 4)
        seen |= {frame[first : first + width], frame[first + width : first + 2 * width]}
    addresses = [ipaddress.ip_address(packed) for packed in seen]
    assert len(addresses) > 100
    assert [one for one in addresses if not any(one in network for network in ALLOWED)] == []


@pytest.mark.parametrize("name", NAMES)
def test_headers_carry_true_lengths_and_checksums(name: str) -> None:
    checked = 0
    for frame, wire in _frames(name)[::97]:
        packet = Ether(frame)
        if IP not in packet:
            continue
        ip = packet[IP]
        assert wire == max(60, (18 if packet.type == 0x8100 else 14) + ip.len)
        again = IP(bytes(ip))
        whole = wire == len(frame)
        wanted = (again.chksum, _transport_checksum(again) if whole else None)
        del again.chksum
        rebuilt = IP(bytes(again))
        assert rebuilt.chksum == wanted[0]
        if whole and _transport_checksum(again) is not None:
            checked += 1
            assert _recomputed(again) == wanted[1]
    assert checked > 50


def _transport_checksum(ip: IP) -> int | None:
    for layer in (TCP, UDP):
        if layer in ip:
            return int(ip[layer].chksum)
    return None


def _recomputed(ip: IP) -> int | None:
    copied = ip.copy()
    for layer in (TCP, UDP):
        if layer in copied:
            del copied[layer].chksum
    return _transport_checksum(IP(bytes(copied)))


@pytest.mark.parametrize("name", NAMES)
def test_every_injection_lies_in_the_day_and_is_expected(name: str) -> None:
    start = _description(name)["start"]
    assert isinstance(start, dt.datetime)
    expected = json.loads((PCAPS / name / "expected.json").read_text(encoding="utf-8"))
    wanted = {(one["detector"], one["category"]) for one in expected["alerts"]}
    for one in _truth(name):
        begun, ended = (dt.datetime.fromisoformat(one[key]) for key in ("start", "end"))
        assert start <= begun < ended <= start + dt.timedelta(hours=10)
        assert (one["detector"], one["category"]) in wanted


def _lines(name: str, file: str) -> list[str]:
    return (PCAPS / name / file).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_a_description_lists_the_logs_of_its_folder(name: str) -> None:
    listed = {row["file"]: row for row in _description(name).get("logs", [])}  # type: ignore[attr-defined]  # TOML
    assert set(listed) == set(LOGS.get(name, ()))
    assert set(listed) == {path.name for path in (PCAPS / name).glob("*.log")}
    for file in listed:
        assert 10_000 < (PCAPS / name / file).stat().st_size < 1_000_000


@pytest.mark.parametrize("name", LOGS)
def test_every_login_in_a_log_is_a_connection_of_the_capture(name: str) -> None:
    seen = _openings(name)
    for file, server in (
        ("exchange-front-auth.log", "10.20.1.15"),
        ("portal-auth.log", "10.20.1.10"),
    ):
        found = [m for line in _lines(name, file) if (m := SSHD.search(line))]
        logged = {(m["ip"], int(m["port"]), server, 22) for m in found}
        assert found
        assert logged <= seen.keys()
        for match in found:
            key = (match["ip"], int(match["port"]), server, 22)
            moment = dt.datetime.strptime(f"2026 {match['time']} +0800", "%Y %b %d %H:%M:%S %z")
            assert moment.timestamp() >= int(min(seen[key]))


@pytest.mark.parametrize("name", LOGS)
def test_every_client_of_the_web_log_asks_in_the_capture_at_that_time(name: str) -> None:
    times: dict[str, list[float]] = {}
    for (source, _, server, port), opened in _openings(name).items():
        if (server, port) == ("10.20.1.10", 443):
            times.setdefault(source, []).extend(opened)
    lines = _lines(name, "portal-access.log")
    assert len(lines) > 300
    for line in lines:
        match = ACCESS.match(line)
        assert match, line
        moment = dt.datetime.strptime(match["time"], "%d/%b/%Y:%H:%M:%S %z").timestamp()
        assert any(-1 <= moment - opened <= 60 for opened in times[match["ip"]]), line


def test_the_log_of_the_intruded_host_ends_and_those_of_others_go_on() -> None:
    last = {file: _lines("intrusion", file)[-1] for file in LOGS["intrusion"]}
    assert last["exchange-front-auth.log"].startswith("Mar  3 10:20")
    assert last["portal-auth.log"].startswith("Mar  3 17:55")


@functools.cache
def _openings(name: str) -> dict[tuple[str, int, str, int], list[float]]:
    """Return when each IPv4 connection of the capture was opened, in seconds of the epoch."""
    found: dict[tuple[str, int, str, int], list[float]] = {}
    reader = RawPcapReader(str(PCAPS / name / "capture.pcap"))
    for frame, meta in reader:
        at = 18 if frame[12:14] == b"\x81\x00" else 14
        if frame[at] >> 4 == 4 and frame[at + 9] == 6 and frame[at + 33] & 0x12 == 0x02:
            source, server = (
                str(ipaddress.ip_address(frame[at + n : at + n + 4])) for n in (12, 16)
            )
            ports = struct.unpack_from("!HH", frame, at + 20)
            opened = meta.sec + meta.usec / (1e9 if reader.nano else 1e6)
            found.setdefault((source, ports[0], server, ports[1]), []).append(opened)
    reader.close()
    return found


def test_the_city_table_knows_the_victim_and_the_roles() -> None:
    assets = read_assets(PCAPS / "city.csv")
    assert assets.of("10.20.1.15") is not None
    victim = assets.of("10.20.1.15")
    assert victim is not None
    assert (victim.protection_level, victim.cii, victim.role) == (4, True, "data_exchange")
    assert {row.role for row in assets.rows} >= {"dns", "mail", "portal", "camera", "unassigned"}
