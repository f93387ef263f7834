"""The page of the packets that are kept of an alert, with the real tshark."""

import hashlib
import html
import re
import shutil

import pytest
import sqlalchemy as sa

from sensors.microscope import sandbox
from situation.faults import Unavailable
from situation.state.tables import AuditLine, PacketSlice
from soc_api.web.query import packet
from tests.sensors.building import START, pcap, tcp, udp
from tests.soc_api.web.city import NOW, alert_id, settle
from tests.soc_api.web.server import Served
from tests.testdata import missing

if shutil.which("tshark") is None:
    missing("tshark")

CHOSEN = alert_id(2)
CONTENT = pcap([(START + number, udp(number)) for number in range(70)] + [(START, tcp("S"))])


@pytest.fixture
def kept(desk: Served) -> Served:
    """The desk with packets behind an alert."""
    settle(desk.state, desk.events, alerts=8)
    with desk.state.transaction() as session:
        row = PacketSlice(
            alert_id=CHOSEN,
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            packets=71,
            content=CONTENT,
            created_at=NOW,
        )
        session.add(row)
    return desk


def actions(desk: Served) -> list[str]:
    wanted = sa.select(AuditLine.action).where(AuditLine.object_id == CHOSEN)
    with desk.state.reading() as session:
        return list(session.scalars(wanted.order_by(AuditLine.number)))


def test_an_alert_with_packets_leads_to_them(kept: Served) -> None:
    with kept.logged_in() as client:
        assert f"/alerts/{CHOSEN}/packets" in client.get(f"/alerts/{CHOSEN}").text


def test_each_flow_of_an_alert_leads_to_its_own_packets(kept: Served) -> None:
    with kept.logged_in() as client:
        page = client.get(f"/alerts/{CHOSEN}").text
        addresses = re.findall(r'<a href="([^"]+)" title="[^"]+" data-key="p"', page)
        shown = [client.get(html.unescape(address)) for address in addresses[:1]]
    assert 'href="#first" data-key="f"' in page
    assert [one.status_code for one in shown] == [200]
    assert "ip.addr == " in html.unescape(shown[0].text)


def test_packets_are_shown_as_trees_a_page_at_a_time(kept: Served) -> None:
    with kept.logged_in() as client:
        first = client.get(f"/alerts/{CHOSEN}/packets").text
        second = client.get(f"/alerts/{CHOSEN}/packets?page=2").text
    assert first.count('class="packet"') == 50
    assert second.count('class="packet"') == 21
    assert "page=2" in first
    assert "page=3" not in second
    assert "User Datagram Protocol, Src Port: 40000, Dst Port: 9000" in first
    assert "2023-11-14" in first or "11-15" in first
    assert actions(kept)[-2:] == ["alert.dissect", "alert.dissect"]


def test_a_filter_narrows_and_a_wrong_one_is_told_in_the_words_of_tshark(kept: Served) -> None:
    with kept.logged_in() as client:
        narrowed = client.get(f"/alerts/{CHOSEN}/packets", params={"filter": "tcp"}).text
        refused = client.get(f"/alerts/{CHOSEN}/packets", params={"filter": '<u>"'})
        assert client.get(f"/alerts/{CHOSEN}/packets", params={"page": "99"}).status_code == 400
    assert narrowed.count('class="packet"') == 1
    assert refused.status_code == 400
    assert "<u>" not in refused.text
    assert '<u>"' in html.unescape(refused.text)


def test_without_tshark_the_page_says_so(kept: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sandbox.ENVIRONMENT, "PATH", "/nonexistent")
    with kept.logged_in() as client:
        page = client.get(f"/alerts/{CHOSEN}/packets")
    assert page.status_code == 200
    assert "apt-get install tshark" in page.text


def test_a_part_is_said_to_be_one(kept: Served) -> None:
    with kept.state.transaction() as session:
        session.get_one(PacketSlice, CHOSEN).content = CONTENT[:-20]
    with kept.logged_in() as client:
        page = client.get(f"/alerts/{CHOSEN}/packets?page=2").text
    assert page.count('class="packet"') == 20
    assert "cut short in the middle of a packet" in page


def test_an_alert_without_packets_has_no_such_page(kept: Served) -> None:
    with kept.logged_in() as client:
        assert client.get(f"/alerts/{alert_id(3)}/packets").status_code == 404
        assert client.get("/alerts/nobody/packets").status_code == 404


def test_the_download_is_in_the_audit(kept: Served) -> None:
    with kept.logged_in() as client:
        assert client.get(f"/alerts/{CHOSEN}/packets.pcap").content == CONTENT
    assert actions(kept)[-1] == "alert.packets"


def test_not_more_look_at_once_than_the_machine_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet, "_PATIENCE_SECONDS", 0)
    taken = [packet._bench.acquire(blocking=False) for _ in range(2)]  # noqa: SLF001 - nobody else holds it
    try:
        with pytest.raises(Unavailable, match="others"):
            packet.look_at(CONTENT, "", 1)
    finally:
        for _ in taken:
            packet._bench.release()  # noqa: SLF001 - same
