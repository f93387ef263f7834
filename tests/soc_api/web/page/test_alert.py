import hashlib
import re

import httpx
import polars as pl
import pytest
import sqlalchemy as sa

from situation.events.dataset import LOG
from situation.events.store import Batch
from situation.fields import frame_schema
from situation.state.tables import Alert, PacketSlice
from tests.soc_api.web.city import DEPARTMENTS, DRILL, INCIDENT, NOW, alert_id, settle
from tests.soc_api.web.server import Served, form_token


def _ids(page: str) -> list[str]:
    return re.findall(r'role="row" data-id="([^"]+)"', page)


def test_the_queue_begins_with_the_gravest_and_newest(client: httpx.Client) -> None:
    page = client.get("/alerts").text
    assert _ids(page)[:3] == [alert_id(0), alert_id(1), alert_id(2)]
    assert f'data-id="{alert_id(0)}" tabindex="0" aria-current="true"' in page
    assert "是平时的 57 倍" in page


def test_the_queue_is_paged_by_fifty(client: httpx.Client) -> None:
    pages = [_ids(client.get("/alerts", params={"page": page}).text) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 30]
    assert len({each for page in pages for each in page}) == 130
    second = client.get("/alerts", params={"page": 2}).text
    assert "51–100，共 130" in second
    assert {"prev", "next"} <= set(re.findall(r'rel="(\w+)"', second))


def test_a_page_beyond_the_last_is_the_last(client: httpx.Client) -> None:
    page = client.get("/alerts", params={"page": 9}).text
    assert len(_ids(page)) == 30
    assert "101–130，共 130" in page


def test_the_address_filters_by_severity_department_detector_and_text(
    client: httpx.Client,
) -> None:
    grave = client.get("/alerts", params={"severity": "4"}).text
    assert _ids(grave) == [alert_id(0), alert_id(1)]
    both = {"department": DEPARTMENTS[0], "detector": "beacon", "text": "gjj-app"}
    assert _ids(client.get("/alerts", params=both).text) == [alert_id(2)]
    for text in ("18,204", "dns_tunnel", "T1071.004", "2001:DB8:10::"):
        found = client.get("/alerts", params={"text": text, "status": "all"}).text
        assert (_ids(found) == []) is (text == "dns_tunnel")
    assert client.get("/alerts", params={"text": "100%_"}).status_code == 200
    assert _ids(client.get("/alerts", params={"text": "%"}).text)[0] == alert_id(2)


def test_chips_and_facets_say_what_is_filtered_and_take_it_away(client: httpx.Client) -> None:
    asked = {"severity": ["3", "4"], "department": DEPARTMENTS[0]}
    page = client.get("/alerts", params=asked).text
    assert "严重：高" in page
    assert f"单位：{DEPARTMENTS[0]}" in page
    assert 'aria-label="移除 严重：危急"' in page
    assert re.search(
        r'<a href="/alerts\?severity=4&amp;department=[^"]+" aria-label="移除 严重：高"', page
    )
    assert page.count('aria-current="true"><span class="clip"') == 3


def test_a_view_is_marked_when_the_address_is_its_own(client: httpx.Client) -> None:
    for parameters, view in (
        ({}, "待办"),
        ({"severity": ["4", "3"]}, "危急与高"),
        ({"department": "unknown"}, "归属未知"),
        ({"status": "all"}, "全部"),
    ):
        page = client.get("/alerts", params=parameters).text
        assert re.search(rf'data-view aria-current="true">{view}<', page)


def test_three_kinds_of_emptiness_have_three_texts(client: httpx.Client, desk: Served) -> None:
    assert "没有符合筛选的告警" in client.get("/alerts", params={"text": "zzz"}).text
    with desk.logged_in() as other:
        assert "还没有告警" in other.get("/alerts").text
        settle(desk.state, desk.events)
        with desk.state.transaction() as session:
            session.execute(sa.update(Alert).values(status="closed"))
        page = other.get("/alerts").text
    assert "没有待办告警" in page
    assert "共 37 条告警，都已关闭" in page


def test_an_alert_shows_value_beside_usual_with_units(client: httpx.Client) -> None:
    page = client.get(f"/alerts/{alert_id(0)}").text
    for words in ("3.4 GB", "60 MB", "12–110 MB", "85 MB", "52 分 08 秒", "0.1–9 秒", "0 次"):
        assert words in page
    assert page.count('class="k-mark"') == 3
    assert page.count('class="k-peer"') >= 3


def test_an_alert_without_history_says_so(client: httpx.Client) -> None:
    page = client.get(f"/alerts/{alert_id(2)}").text
    assert "无历史" in page
    assert "未知" in page


def test_an_alert_shows_its_flows_from_the_event_store(client: httpx.Client) -> None:
    page = client.get(f"/alerts/{alert_id(0)}").text
    assert "前 8 条，共 214 条" in page
    assert "[2001:db8:4f2a:77b0:0:1:2:3]:443" in page
    assert "01:17:09.118" in page
    assert "3.31 GB" in page
    assert "event-0-7" in page


def test_a_dns_alert_shows_questions_and_answers(client: httpx.Client) -> None:
    page = client.get(f"/alerts/{alert_id(3)}").text
    assert "DNS 报文" in page
    assert "tunnel.example TXT" in page
    assert "NOERROR" in page


def test_an_alert_of_logs_shows_their_lines_as_text(desk: Served) -> None:
    settle(desk.state, desk.events)
    line = "sshd[7]: Failed password for <b>root</b> from 203.0.113.9" + " x" * 400
    with desk.state.transaction() as session:
        alert = session.get_one(Alert, alert_id(0))
        alert.evidence_dataset, alert.evidence = LOG, ["line-1"]
        row = {
            "@timestamp": alert.first_seen, "event.id": "line-1", "event.original": line,
            "host.name": "gate-1", "source.ip": "203.0.113.9",
        }  # fmt: skip
    frame = pl.DataFrame([row], schema=frame_schema(tuple(row)))
    desk.events.write(Batch(LOG, "lines", frame))
    with desk.logged_in() as client:
        page = client.get(f"/alerts/{alert_id(0)}").text
        queue = client.get("/alerts").text
    assert "Failed password for &lt;b&gt;root&lt;/b&gt;" in page
    assert "gate-1" in page
    assert line not in page
    assert "条日志" in queue


def test_evidence_that_is_gone_is_counted(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        alert = session.get_one(Alert, alert_id(0))
        alert.evidence = ["event-0-0", "gone-1", "gone-2"]
    with desk.logged_in() as client:
        page = client.get(f"/alerts/{alert_id(0)}").text
    assert "2 条已不在事件库" in page


def test_the_pane_is_the_same_alert_without_the_frame(client: httpx.Client) -> None:
    pane = client.get(f"/alerts/{alert_id(1)}/pane").text
    assert "<html" not in pane
    assert "SSH 猜解 4,112 次后登录成功" in pane
    assert f'href="/incidents/{INCIDENT}"' in pane


def test_the_page_leads_to_the_neighbours_in_the_queue(client: httpx.Client) -> None:
    page = client.get(f"/alerts/{alert_id(1)}").text
    assert f'href="/alerts/{alert_id(0)}" data-key="k"' in page
    assert f'href="/alerts/{alert_id(2)}" data-key="j"' in page
    assert 'data-key="k"' not in client.get(f"/alerts/{alert_id(0)}").text


def test_drill_records_are_apart_and_marked(client: httpx.Client) -> None:
    real = client.get("/alerts", params={"status": "all"}).text
    assert "总" not in _ids(real)
    drilled = client.get("/alerts", params={"drill": DRILL}).text
    assert _ids(drilled) == [alert_id(rank, DRILL) for rank in range(5)]
    assert not set(_ids(real)) & set(_ids(drilled))
    for page in (drilled, client.get(f"/alerts/{alert_id(0, DRILL)}").text):
        assert 'class="hatch"' in page
        assert "chip--drill" in page
        assert f'href="/incidents?drill={DRILL}"' in page
    assert 'class="hatch"' not in real


def test_what_a_detector_wrote_is_shown_as_text(desk: Served) -> None:
    settle(desk.state, desk.events)
    evil = '<script>alert("x")</script><img src=x onerror=1>'
    with desk.state.transaction() as session:
        alert = session.get_one(Alert, alert_id(0))
        alert.sentence_zh = alert.sentence_en = alert.department = alert.asset = evil
        alert.subject = alert.role = evil
        alert.indicators = {evil: evil}
        alert.evidence = [evil]
        alert.reasons = [{"zh": evil, "en": evil, "unit": evil, "observed": 3, "metric": evil}]
    with desk.logged_in() as client:
        for path in ("/", "/alerts", f"/alerts/{alert_id(0)}", f"/incidents/{INCIDENT}"):
            page = client.get(path)
            assert page.status_code == 200
            assert "<script>" not in page.text
            assert "<img" not in page.text


def test_every_page_speaks_english_too(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get(f"/alerts/{alert_id(0)}").text
    for words in ("Why it is unusual", "Exfiltration Over Alternative Protocol", "52 min 08 s"):
        assert words in page
    for words in ("为什么异常", "平时", "条流"):
        assert words not in page


@pytest.mark.parametrize("reasons", [[], ["text"], [{}], [{"observed": None, "usual": "x"}]])
def test_reasons_that_are_incomplete_do_not_break_the_page(
    desk: Served, reasons: list[object]
) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        session.get_one(Alert, alert_id(0)).reasons = reasons
    with desk.logged_in() as client:
        assert client.get(f"/alerts/{alert_id(0)}").status_code == 200


def test_packets_that_were_kept_can_be_had_with_their_hash(
    client: httpx.Client, city: Served
) -> None:
    content = b"a capture"
    chosen = alert_id(2)
    digest = hashlib.sha256(content).hexdigest()
    with city.state.transaction() as session:
        row = PacketSlice(
            alert_id=chosen, sha256=digest, packets=7, content=content, created_at=NOW
        )
        session.add(row)
    page = client.get(f"/alerts/{chosen}").text
    assert digest in page
    answer = client.get(f"/alerts/{chosen}/packets.pcap")
    assert answer.content == content
    assert answer.headers["content-disposition"].endswith('.pcap"')
    assert client.get(f"/alerts/{alert_id(3)}/packets.pcap").status_code == 404


def test_an_alert_that_is_suppressed_is_out_of_the_queue_and_says_so(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        session.get_one(Alert, alert_id(0)).status = "suppressed"
    with desk.logged_in() as client:
        assert alert_id(0) not in _ids(client.get("/alerts").text)
        assert _ids(client.get("/alerts", params={"status": "suppressed"}).text) == [alert_id(0)]
        assert "已压制" in client.get(f"/alerts/{alert_id(0)}").text
