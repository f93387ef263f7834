"""The console in a real browser: the way from login to a notice, and how the pages behave."""

import datetime as dt
import hashlib
import pathlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from situation.state.tables import Notice, PacketSlice
from tests.browser.watched import Watched, log_in
from tests.sensors.building import START, pcap, udp
from tests.soc_api.web.city import (
    INCIDENT,
    NOTICE,
    NOW,
    alert_id,
    open_stores,
    settle,
)
from tests.soc_api.web.server import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FOUR_PAGES = ("/", "/alerts", f"/incidents/{INCIDENT}", f"/notices/{NOTICE}")
MORE_PAGES = ("/incidents", "/notices", "/sensors", f"/alerts/{alert_id(0)}")
SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture
def console(tmp_path: pathlib.Path) -> Iterator[Served]:
    state, events = open_stores(tmp_path)
    settle(state, events, alerts=60)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


def test_from_the_login_to_an_issued_notice(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    page.get_by_role("link", name=re.compile("^告警")).click()
    page.get_by_role("row", name=re.compile("57 倍")).first.click()
    page.get_by_role("link", name=re.compile("看事件")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("公积金中心业务前置机失陷并外传数据")
    expect(page.get_by_text("《网络安全事件分级指南》（2025）")).to_be_visible()
    page.get_by_role("link", name=re.compile("看通报")).click()
    page.get_by_role("button", name=re.compile("签发")).click()
    expect(page.get_by_text("值班长 周 于 02:17 签发")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("签发"))).to_have_count(0)
    with console.state.reading() as session:
        assert session.get_one(Notice, NOTICE).status == "issued"
    assert watched.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["1366", "1920"])
def test_pages_fit_and_are_silent(watched: Watched, size: tuple[int, int], theme: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    log_in(page)
    page.locator("form[action='/account/theme'] button").click()
    if theme == "dark":
        page.locator("form[action='/account/theme'] button").click()
    for language in ("zh-CN", "en"):
        for path in (*FOUR_PAGES, *MORE_PAGES):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            expect(page.locator("html")).to_have_attribute("lang", language)
            wider = page.evaluate(
                """() => [document.documentElement, document.querySelector("main"),
                    ...document.querySelectorAll(".split > *")]
                    .map((each) => each.scrollWidth - each.clientWidth)"""
            )
            assert max(wider) <= 0, (path, language, wider)
        page.locator("form[action='/account/language'] button").click()
    assert watched.faults == []


def test_the_queue_is_walked_by_keys(watched: Watched) -> None:
    page = watched.page
    log_in(page)
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/alerts")
    current = page.locator('[role="row"][aria-current]')
    expect(current).to_have_attribute("data-id", alert_id(0))
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(current).to_have_attribute("data-id", alert_id(2))
    expect(current).to_be_focused()
    expect(page.locator("[data-pane] .headline")).to_contain_text("每 60 秒一次的定时外联")
    expect(page).to_have_url(re.compile(f"at={alert_id(2)}"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/{alert_id(2)}")
    page.keyboard.press("j")
    page.wait_for_url(f"**/alerts/{alert_id(3)}")
    page.keyboard.press("e")
    page.wait_for_url(f"**/incidents/{INCIDENT}")
    page.keyboard.press("n")
    page.wait_for_url(f"**/notices/{NOTICE}")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/notices?at={NOTICE}")
    assert watched.faults == []


def test_from_an_alert_to_its_flows_in_one_key_and_to_the_packets_of_one_in_another(
    watched: Watched, console: Served
) -> None:
    content = pcap([(START, udp())])
    digest = hashlib.sha256(content).hexdigest()
    with console.state.transaction() as session:
        session.add(
            PacketSlice(
                alert_id=alert_id(2), sha256=digest, packets=1, content=content, created_at=NOW
            )
        )
    page = watched.page
    log_in(page)
    page.goto(f"/alerts/{alert_id(2)}")
    page.keyboard.press("f")
    rows = page.locator("#flows tbody a")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Tab")
    expect(rows.nth(1)).to_be_focused()
    wanted = rows.nth(1).get_attribute("href")
    page.keyboard.press("p")
    page.wait_for_url(f"**{wanted}")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/alerts/{alert_id(2)}")
    assert watched.faults == []


def test_keys_filter_help_and_can_be_switched_off(watched: Watched) -> None:
    page = watched.page
    log_in(page)
    page.goto("/alerts")
    page.keyboard.press("/")
    page.keyboard.type("jkg 端口")
    expect(page.locator("#filter")).to_have_value("jkg 端口")
    page.locator("#filter").fill("1,024 个端口")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=*")
    expect(page.locator('[role="row"]').first).to_contain_text("1,024 个端口")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("启用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("text="))
    page.locator("[data-open]").click()
    page.get_by_label("启用单键快捷键").check()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_url("**severity=4*")
    assert watched.faults == []


def test_clocks_tick_as_the_server_writes_them(watched: Watched) -> None:
    page = watched.page
    log_in(page)
    clock = page.locator(".top__clock [data-due]")
    expect(clock).to_have_text(re.compile(r"剩 38:5\d"))
    written = page.evaluate(
        """async () => {
            const { leftText } = await import("/static/clock.js");
            return [763, 4817, 195000, 0, -2832, -94200, 0.4, -0.4].map(leftText);
        }"""
    )
    assert written[:6] == [
        "12:43",
        "01:20:17",
        "2 天 06:10",
        "00:00",
        "已超 47:12",
        "已超 1 天 02:10",
    ]
    assert watched.faults == []


def test_the_theme_of_the_system_is_followed_until_one_is_chosen(watched: Watched) -> None:
    page = watched.page
    log_in(page)
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(244, 244, 241)", "rgb(18, 19, 21)"]


def test_a_page_works_without_its_modules(chromium: Browser, console: Served) -> None:
    context = chromium.new_context(base_url=console.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page)
    page.goto("/alerts")
    page.get_by_role("link", name=re.compile("57 倍")).first.click()
    expect(page).to_have_url(re.compile(f"/alerts/{alert_id(0)}$"))
    page.goto(f"/notices/{NOTICE}")
    page.get_by_role("button", name=re.compile("签发")).click()
    expect(page.get_by_text("值班长 周 于 02:17 签发")).to_be_visible()
    context.close()


def test_the_end_of_a_login_is_announced_before(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    notice = page.get_by_text("登录将在 5 分钟内结束")
    for _ in range(14):
        console.clock.advance(dt.timedelta(minutes=50))
        page.goto("/incidents")
    expect(notice).to_be_hidden()
    console.clock.advance(dt.timedelta(minutes=16))
    page.goto("/incidents")
    expect(notice).to_be_visible()
