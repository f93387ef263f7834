"""`citywatch packets`: evidence leaves as a capture with the hash that the record names."""

import hashlib
import json
import pathlib

import pytest
import sqlalchemy as sa

from sensors.capture.reading import Reading
from situation.faults import Malformed, Misconfigured
from situation.settings import read_settings
from situation.state.tables import Alert, AuditLine, PacketSlice
from soc_api.commands.packet.keeping import packets_command
from soc_api.replay import replay
from soc_api.wiring import open_city
from tests.testdata import ROOT

INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


def test_the_packets_of_an_alert_leave_once_with_their_hash_and_every_reading_is_audited(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings(None, {"store": {"folder": tmp_path}})
    with open_city(settings) as city:
        replay(city, [INTRUSION])
        with city.state.reading() as session:
            alert_id = session.scalars(sa.select(Alert.id).order_by(Alert.id)).first()
        assert alert_id is not None
        with city.state.transaction() as session:
            session.execute(sa.delete(PacketSlice).where(PacketSlice.alert_id == alert_id))
    out = tmp_path / "evidence.pcap"
    packets_command(alert_id, out=str(out), data=tmp_path, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    reading = Reading([out], block_packets=2048)
    assert sum(block.packets for block in reading.blocks()) == told["packets"] > 0
    with pytest.raises(Misconfigured, match="overwrites nothing"):
        packets_command(alert_id, out=str(out), data=tmp_path)
    with open_city(settings) as city, city.state.reading() as session:
        lines = session.scalars(
            sa.select(AuditLine).where(AuditLine.action == "alert.packets")
        ).all()
    assert [line.object_id for line in lines] == [alert_id]


def test_an_alert_that_is_not_there_is_said_and_leaves_no_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="no such alert"):
        packets_command("nothing", out=str(tmp_path / "none.pcap"), data=tmp_path)
    assert not (tmp_path / "none.pcap").exists()
