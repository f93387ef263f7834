"""The duty lead's grade form in a real browser: the level follows what is typed."""

import pathlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from situation.state.tables import Incident, Report
from tests.browser.watched import Watched, log_in
from tests.soc_api.web.busy_incident import ask_down, work_on
from tests.soc_api.web.city import INCIDENT, open_stores, settle
from tests.soc_api.web.server import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FORM = f"/incidents/{INCIDENT}/grade"
OUTAGE = "地市级以上党政机关门户网站中断时间"
PEOPLE = "生活工作受影响人数"
SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture
def console(tmp_path: pathlib.Path) -> Iterator[Served]:
    state, events = open_stores(tmp_path)
    settle(state, events, alerts=20)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


def test_the_level_changes_while_one_types_and_is_confirmed(
    watched: Watched, console: Served
) -> None:
    page = watched.page
    log_in(page)
    page.goto(f"/incidents/{INCIDENT}")
    page.get_by_role("link", name=re.compile("改级")).click()
    outcome = page.locator('[data-part="outcome"]')
    expect(outcome).to_contain_text("级别不变")
    expect(page.get_by_role("button", name="看结果")).to_be_hidden()
    page.get_by_label(OUTAGE).press_sequentially("12")
    expect(outcome).to_contain_text("级别不变")
    page.get_by_label(OUTAGE).press_sequentially("0")
    expect(outcome).to_contain_text("120 分钟")
    page.get_by_label(OUTAGE).fill("370")
    expect(outcome).to_contain_text("重大")
    expect(outcome).to_contain_text("待启动")
    expect(page.get_by_label(OUTAGE)).to_be_focused()
    page.get_by_label("理由").fill("电话获知门户 19:52 起无法访问")
    page.get_by_role("button", name=re.compile("定为 Ⅱ 级")).click()
    page.wait_for_url(f"**/incidents/{INCIDENT}")
    expect(page.locator("header .grade").last).to_contain_text("重大")
    with console.state.reading() as session:
        assert session.get_one(Incident, INCIDENT).level == 2
    assert watched.faults == []


def test_a_value_that_cannot_be_read_is_told_at_its_field_while_one_types(
    watched: Watched,
) -> None:
    page = watched.page
    log_in(page)
    page.goto(FORM)
    page.get_by_label(PEOPLE).fill("12 万？")
    expect(page.get_by_text("请填整数，如 120000")).to_be_visible()
    expect(page.get_by_label(PEOPLE)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label(PEOPLE)).to_have_value("12 万？")
    page.get_by_label(PEOPLE).fill("12 万")
    expect(page.get_by_text("请填整数，如 120000")).to_be_hidden()
    expect(page.locator('[data-part="outcome"]')).to_contain_text("120,000 人")
    assert watched.faults == []


def test_the_form_is_filled_and_confirmed_by_keys_alone(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    page.goto(f"/incidents/{INCIDENT}")
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.wait_for_url(f"**{FORM}")
    page.get_by_label(OUTAGE).focus()
    page.keyboard.type("370")
    expect(page.get_by_role("button", name=re.compile("定为 Ⅱ 级"))).to_be_visible()
    page.get_by_label("理由").focus()
    page.keyboard.type("电话获知")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/incidents/{INCIDENT}")
    with console.state.reading() as session:
        assert session.get_one(Incident, INCIDENT).level == 2
    page.goto(FORM)
    page.get_by_label(OUTAGE).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/incidents/{INCIDENT}")
    assert watched.faults == []


def test_the_first_report_leaves_with_what_is_known(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    page.goto(f"/incidents/{INCIDENT}")
    page.keyboard.press("r")
    page.wait_for_url("**/reports/*")
    page.get_by_label(re.compile("^电话、传真")).fill("0000-12345678")
    page.get_by_label(re.compile("^报告人")).fill("周")
    page.get_by_role("button", name=re.compile("先报已知的|登记报出")).click()
    expect(page.get_by_text("已报出").first).to_be_visible()
    page.get_by_role("button", name="登记收悉").click()
    expect(page.get_by_text("已收悉").first).to_be_visible()
    page.locator("main [data-back]").click()
    page.wait_for_url(f"**/incidents/{INCIDENT}")
    expect(page.get_by_text(re.compile("补报第1次报告未填的")).first).to_be_visible()
    with console.state.reading() as session:
        assert session.query(Report).one().state == "received"
    assert watched.faults == []


@pytest.mark.parametrize("size", SIZES, ids=["1366", "1920"])
def test_pages_of_an_incident_at_work_fit_and_are_silent(
    watched: Watched, console: Served, size: tuple[int, int]
) -> None:
    with console.state.transaction() as session:
        work_on(session)
        ask_down(session)
    page = watched.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    log_in(page)
    for language in ("zh-CN", "en"):
        for path in ("/", f"/incidents/{INCIDENT}", FORM, "/reports/report-first"):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            wider = page.evaluate(
                """() => [document.documentElement, document.querySelector("main")]
                    .map((each) => each.scrollWidth - each.clientWidth)"""
            )
            assert max(wider) <= 0, (path, language, wider)
            assert page.locator("main .btn--go:visible").count() <= 1, path
        page.locator("form[action='/account/language'] button").click()
    assert watched.faults == []
