"""The scenarios: recipes make the committed bytes again, and the bytes are what they claim."""

import datetime as dt
import hashlib
import ipaddress
import json
import pathlib
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
MADE = ("capture.pcap", "truth.jsonl", "scenario.toml")
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
    for file in MADE:
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


def test_the_city_table_knows_the_victim_and_the_roles() -> None:
    assets = read_assets(PCAPS / "city.csv")
    assert assets.of("10.20.1.15") is not None
    victim = assets.of("10.20.1.15")
    assert victim is not None
    assert (victim.protection_level, victim.cii, victim.role) == (4, True, "data_exchange")
    assert {row.role for row in assets.rows} >= {"dns", "mail", "portal", "camera", "unassigned"}
