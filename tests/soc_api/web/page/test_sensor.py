import dataclasses
import datetime as dt
import re

import httpx
import pytest

from situation.sensor_status import InputStatus
from soc_api.sensing.reporting import keep_report
from tests.soc_api.web.city import sensors
from tests.soc_api.web.server import Served


def test_a_silent_sensor_stands_at_the_top_of_every_page(client: httpx.Client) -> None:
    for address in ("/", "/alerts", "/sensors"):
        page = client.get(address).text
        top = page[page.index('<header class="top">') : page.index("</header>")]
        assert "采集异常 2/3" in top


def test_the_page_says_what_is_wrong_and_since_when(client: httpx.Client) -> None:
    page = client.get("/sensors").text
    notes = page[page.index('<div class="notes wide">') : page.index('class="figures"')]
    assert "sensor-east / bastion-auth" in notes
    assert "已 12 分没有任何数据" in notes
    assert "port 5514 is taken" in notes
    assert "sensor-west" in notes
    assert "另有 2 处异常" in notes


def test_the_figures_add_up_over_all_sensors(client: httpx.Client) -> None:
    page = client.get("/sensors").text
    figures = re.findall(r'<div><b>([\d,]+)</b><span class="meta">', page)
    assert figures == ["2", "1,382,627", "1,371,880", "4,181,202", "4", "11,207"]
    assert "拒收：@timestamp is missing" in page
    assert "缓存满，丢弃：抽样流" in page
    assert "内核丢弃的数据报" in page


def test_an_english_reader_gets_the_page_in_english(city: Served) -> None:
    with city.logged_in() as client:
        page = client.get("/").text
        token = re.findall(r'name="form_token" value="([^"]+)"', page)[0]
        client.post("/account/language", data={"form_token": token, "next": "/sensors"})
        english = client.get("/sensors").text
        client.post("/account/language", data={"form_token": token, "next": "/sensors"})
    assert "Silent for 12 min" in english
    main = english[english.index("<main") : english.index("</main>")]
    assert not re.search("[\u4e00-\u9fff]", main)


@pytest.mark.parametrize("kind", ["packet", "captures"])
def test_packets_that_were_lost_or_read_less_are_told_by_their_reason(
    desk: Served, kind: str
) -> None:
    west = sensors()[0]
    wire = InputStatus(
        name="eth0",
        type=kind,
        kind="",
        received=1_000_500,
        events=20_000,
        flows=19_000,
        skipped={"not_ip": 321},
        faults={"payloads_shed": 654},
        shed={"worker_died": 87},
        kernel_drops=1_234,
    )
    keep_report(desk.state, dataclasses.replace(west, inputs=(wire,)))
    with desk.logged_in() as client:
        page = client.get("/sensors").text
    told = re.sub(r"<[^>]+>", "", page)
    for words, count in (
        ("不属于任何流的数据包：非 IP", "321"),
        ("过载时略去的内容：未读取的载荷", "654"),
        ("输入处丢弃：抓包进程中断", "87"),
        ("内核丢弃的数据报或数据包", "1,234"),
    ):
        assert f"{words}{count}" in told


def test_an_empty_city_says_how_to_begin(desk: Served) -> None:
    with desk.logged_in() as client:
        page = client.get("/sensors").text
    assert "citywatch run sensor" in page
    assert "没有丢失" in page


def test_a_sensor_that_was_put_away_is_forgotten(desk: Served) -> None:
    gone = sensors()[2]
    keep_report(desk.state, gone)
    with desk.logged_in() as client:
        assert "sensor-west" in client.get("/sensors").text
        desk.clock.advance(dt.timedelta(days=8))
    with desk.logged_in() as client:
        assert "sensor-west" not in client.get("/sensors").text


def test_the_figures_are_told_to_a_prometheus_without_a_login(city: Served) -> None:
    with httpx.Client(base_url=city.url) as client:
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert 'citywatch_stored_total{sensor="sensor-east"} 1.29126e+06' in answer.text
    assert answer.text.endswith("# EOF\n")


@pytest.mark.parametrize("path", ["/sensors"])
def test_the_page_asks_for_a_login(city: Served, path: str) -> None:
    with city.browser() as client:
        assert client.get(path).status_code == 303
