"""Every alert of a replay keeps the packets of its evidence, with their hash."""

import hashlib
import pathlib

import sqlalchemy as sa

from sensors.metering import Metering
from situation.settings import read_settings
from situation.state.tables import Alert, AuditLine, PacketSlice
from soc_api.evidence import keep_slices
from soc_api.replay import replay
from soc_api.wiring import open_city
from tests.testdata import ROOT

INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


def test_each_alert_has_a_slice_that_reads_as_a_capture_and_bears_its_hash(
    tmp_path: pathlib.Path,
) -> None:
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as city:
        replay(city, [INTRUSION])
        assert (
            keep_slices(city.state, city.events, [INTRUSION], city.clock.now(), drill_id=None) == 0
        )
        with city.state.reading() as session:
            kept = session.execute(sa.select(Alert, PacketSlice).outerjoin(PacketSlice)).all()
            audited = session.scalars(
                sa.select(AuditLine.object_id).where(AuditLine.action == "alert.slice")
            ).all()
    assert kept
    for alert, packets in kept:
        assert packets is not None, alert.detector
        assert hashlib.sha256(packets.content).hexdigest() == packets.sha256
        file = tmp_path / "slice.pcap"
        file.write_bytes(packets.content)
        metering = Metering([file], observer="test")
        rows = [row for batch in metering.batches() for row in batch.flows.iter_rows(named=True)]
        assert metering.counters.packets == packets.packets
        assert {alert.source_ip} & {row[f"{side}.ip"] for row in rows for side in _SIDES}
    assert sorted(audited) == sorted(alert.id for alert, _ in kept)


_SIDES = ("source", "destination")
