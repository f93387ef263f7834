"""Measures and jobs in a real browser: found by keys, lifted with a reason, paused and resumed."""

import pathlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from situation.state.tables import Job, StepRun
from tests.browser.watched import Watched, log_in
from tests.soc_api.web.city import INCIDENT, open_stores, settle
from tests.soc_api.web.holding import BLOCK, add_indicators, hold, schedule, trouble
from tests.soc_api.web.server import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = ("/", "/measures", "/jobs", "/jobs/retention", "/jobs/report", f"/incidents/{INCIDENT}")
SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture
def console(tmp_path: pathlib.Path) -> Iterator[Served]:
    state, events = open_stores(tmp_path)
    settle(state, events, alerts=8)
    with state.transaction() as session:
        hold(session)
        trouble(session)
        add_indicators(session)
        schedule(session)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


@pytest.mark.parametrize("size", SIZES, ids=["1366", "1920"])
def test_pages_of_what_acts_by_itself_fit_and_are_silent(
    watched: Watched, size: tuple[int, int]
) -> None:
    page = watched.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    log_in(page)
    for language in ("zh-CN", "en"):
        for path in PAGES:
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            wider = page.evaluate(
                """() => [document.documentElement, document.querySelector("main")]
                    .map((each) => each.scrollWidth - each.clientWidth)"""
            )
            assert max(wider) <= 0, (path, language, wider)
        page.locator("form[action='/account/language'] button").click()
    assert watched.faults == []


def test_a_block_is_lifted_with_a_reason(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/measures")
    row = page.get_by_role("row", name="198.51.100.23/32")
    row.locator("summary").click()
    row.get_by_label("理由").fill("误封，已核实")
    row.get_by_role("button", name="解除").click()
    expect(row).to_contain_text("解除中")
    expect(row.locator("summary")).to_have_count(0)
    with console.state.reading() as session:
        assert session.query(StepRun).filter_by(undoes=BLOCK).one().purpose == "undo"
    assert watched.faults == []


def test_a_job_is_paused_and_goes_on(watched: Watched, console: Served) -> None:
    page = watched.page
    log_in(page)
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/jobs")
    page.get_by_role("link", name="清理超过保存期限的数据").click()
    page.get_by_label("理由").fill("磁盘维护")
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("磁盘维护")).to_be_visible()
    page.get_by_role("button", name=re.compile("^恢复")).click()
    expect(page.get_by_role("heading", name="暂停")).to_be_visible()
    with console.state.reading() as session:
        assert session.get_one(Job, "retention").paused_at is None
    assert watched.faults == []


def test_what_is_broken_leads_to_where_it_is_mended(watched: Watched) -> None:
    page = watched.page
    log_in(page)
    notes = page.locator(".notes")
    expect(notes).to_contain_text("处置点未落实 1 个")
    notes.locator(".note", has_text="处置点未落实").get_by_role("link").click()
    page.wait_for_url("**/measures")
    expect(page.get_by_text("处置点 edge-nft 未能落实")).to_be_visible()
    assert watched.faults == []
