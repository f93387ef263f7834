"""`citywatch dissect`: files and kept packets, as trees and as JSON."""

import hashlib
import json
import pathlib
import shutil

import pytest
import sqlalchemy as sa

from situation.faults import Malformed
from situation.settings import read_settings
from situation.state.tables import AuditLine, PacketSlice
from soc_api.commands.packet.dissecting import dissect_command
from soc_api.wiring import open_city
from tests.sensors.building import START, pcap, udp, written
from tests.soc_api.web.city import NOW, alert_id, settle
from tests.testdata import missing

if shutil.which("tshark") is None:
    missing("tshark")

CONTENT = pcap(
    (START + number, udp(number, ports=(50_000 + number, 60_000))) for number in range(4)
)


def test_a_file_is_shown_as_trees_and_a_part_is_said_to_be_one(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, CONTENT)
    dissect_command(str(path), display_filter="udp.srcport > 50000", packets=2)
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == ("2  2023-11-14T22:13:20.000000001Z  10.1.0.5 → 192.0.2.80  udp  43 octets")
    assert "├── User Datagram Protocol, Src Port: 50001, Dst Port: 60000" in lines
    assert "│   ├── Source Port: 50001" in lines
    assert "more packets fit" in shown.err


def test_a_filter_that_nothing_passes_is_said_to_be_so(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dissect_command(str(written(tmp_path, CONTENT)), display_filter="tcp")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no packet passes the filter" in shown.err


def test_packets_behind_an_alert_are_read_as_json_and_that_is_in_the_audit(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = alert_id(1)
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as city:
        settle(city.state, city.events, alerts=3)
        digest = hashlib.sha256(CONTENT).hexdigest()
        with city.state.transaction() as session:
            session.add(
                PacketSlice(
                    alert_id=chosen, sha256=digest, packets=4, content=CONTENT, created_at=NOW
                )
            )
    dissect_command(chosen, data=tmp_path, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["complete"]
    assert [packet["number"] for packet in told["packets"]] == [1, 2, 3, 4]
    assert [layer["name"] for layer in told["packets"][0]["layers"][:4]] == [
        "frame", "eth", "ip", "udp",
    ]  # fmt: skip
    with (
        open_city(read_settings(None, {"store": {"folder": tmp_path}})) as city,
        city.state.reading() as session,
    ):
        about = sa.select(AuditLine).where(AuditLine.action == "alert.dissect")
        line = session.scalars(about).one()
    assert (line.object_id, line.detail["sha256"]) == (chosen, digest)


def test_what_is_neither_a_file_nor_an_alert_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="is no file"):
        dissect_command(str(tmp_path / "absent.pcap"), data=tmp_path)
    with pytest.raises(Malformed, match="no such alert"):
        dissect_command("nobody", data=tmp_path)
