"""Playbooks in a real browser: rehearsed, started, approved by another, stopped; on any screen."""

import pathlib
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from situation.state.tables import ActionLog, Approval, PlaybookRun, StepRun
from tests.browser.watched import Watched
from tests.soc_api.web.city import NOW, SMALL_INCIDENT, open_stores, settle
from tests.soc_api.web.playbook_world import (
    DEEP,
    DONE_RUN,
    DRAFT,
    DRILL_RUN,
    FAILED_RUN,
    LEAK,
    LONG_RUN,
    UNSURE_RUN,
    WAITING_RUN,
    add_playbooks,
    add_runs,
)
from tests.soc_api.web.server import PASSWORD, serving
from tests.soc_api.web.theatre import Theatre, add_people, house

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Page]
PATHS = (
    "/playbooks",
    f"/playbooks/{LEAK}",
    f"/playbooks/{LEAK}?version=3&against=2",
    f"/playbooks/{DEEP}",
    f"/playbooks/{DRAFT}",
    f"/playbooks/{LEAK}/dry-run?incident={SMALL_INCIDENT}&v.attacker=203.0.113.99",
    f"/playbooks/{DEEP}/dry-run",
    "/playbooks/new",
    "/playbooks/runs?state=all",
    *(
        f"/playbooks/runs/{run}"
        for run in (WAITING_RUN, UNSURE_RUN, FAILED_RUN, DONE_RUN, LONG_RUN, DRILL_RUN)
    ),
    "/approvals",
    "/approvals?tab=decided",
)


@pytest.fixture
def theatre(tmp_path: pathlib.Path) -> Iterator[Theatre]:
    state, events = open_stores(tmp_path)
    settle(state, events, alerts=8)
    add_people(state)
    with state.transaction() as session:
        versions = add_playbooks(session)
        approvals = add_runs(session, versions)
    with serving(state, events, house=house(tmp_path)) as served:
        yield Theatre(served, versions, approvals)
    events.close()
    state.close()


@pytest.fixture
def enter(chromium: Browser, theatre: Theatre) -> Iterator[Enter]:
    """Log a person in, each with a browser of the own; none of them may see an error."""
    opened: list[Watched] = []

    def enter(name: str, width: int = 1366, height: int = 768) -> Page:
        context = chromium.new_context(
            base_url=theatre.served.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
        )
        watched = Watched(context.new_page(), theatre.served.url)
        opened.append(watched)
        page = watched.page
        page.goto("/login")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("button.btn--go")
        return page

    yield enter
    assert [fault for watched in opened for fault in watched.faults] == []
    for watched in opened:
        watched.page.context.close()


def _state(theatre: Theatre) -> str:
    with theatre.served.state.reading() as session:
        return session.get_one(Approval, theatre.approvals["pending"]).state


def test_who_asked_cannot_approve_and_another_does_by_keys(enter: Enter, theatre: Theatre) -> None:
    asker = enter("chen")
    asker.goto(f"/playbooks/runs/{WAITING_RUN}")
    expect(asker.get_by_role("button", name=re.compile("批准 · 申请人不能批"))).to_be_disabled()
    asker.keyboard.press("Control+Enter")
    lead = enter("zhou")
    lead.goto("/")
    lead.keyboard.press("g")
    lead.keyboard.press("p")
    lead.wait_for_url("**/playbooks")
    lead.goto("/approvals")
    expect(lead.locator(".action")).to_contain_text("deny ip 198.51.100.23/32")
    assert _state(theatre) == "pending"
    lead.get_by_label("意见").fill("同意，先封 24 小时")
    lead.keyboard.press("Control+Enter")
    expect(
        lead.get_by_text("没有等你审批的动作").or_(lead.get_by_text("没有待批的动作"))
    ).to_be_visible()
    assert _state(theatre) == "approved"


def test_a_run_is_rehearsed_started_and_stopped_by_one_button(
    enter: Enter, theatre: Theatre
) -> None:
    page = enter("zhou")
    page.goto(f"/playbooks/{LEAK}?incident={SMALL_INCIDENT}")
    page.get_by_role("link", name="演算并启动").click()
    expect(page.get_by_role("button", name=re.compile("开始执行"))).to_be_visible()
    page.get_by_label(re.compile("^attacker")).fill("203.0.113.99")
    page.get_by_role("button", name="重新演算").click()
    expect(page.locator(".diff__in").first).to_contain_text("203.0.113.99")
    expect(page.get_by_text("没有建立任何连接，没有写入任何数据。")).to_be_visible()
    page.get_by_label("启动理由").fill("电话要求")
    page.get_by_role("button", name="开始执行").click()
    page.wait_for_url("**/playbooks/runs/*")
    run_id = page.url.rpartition("/")[2]
    page.locator("summary", has_text="停止执行").click()
    page.get_by_label("理由").fill("误报")
    page.get_by_role("button", name="停止执行").click()
    expect(page.locator("header").get_by_text("已停止")).to_be_visible()
    with theatre.served.state.reading() as session:
        assert session.get_one(PlaybookRun, run_id).state == "stopped"


def test_an_open_run_is_followed_and_what_is_typed_stays(enter: Enter, theatre: Theatre) -> None:
    page = enter("zhou")
    page.goto(f"/playbooks/runs/{WAITING_RUN}")
    page.get_by_label("意见").fill("先核实")
    with theatre.served.state.transaction() as session:
        step = session.scalars(sa.select(StepRun).where(StepRun.run_id == WAITING_RUN)).first()
        assert step is not None
        session.add(
            ActionLog(
                run_id=WAITING_RUN,
                step_run_id=step.id,
                at=NOW,
                what="again",
                attempt=2,
                by="system",
                detail={"reason": "the store is away"},
            )
        )
    expect(page.get_by_text("the store is away")).to_be_visible()
    expect(page.get_by_label("意见")).to_have_value("先核实")


def test_the_steps_of_a_run_are_walked_by_keys(enter: Enter) -> None:
    page = enter("zhou")
    page.goto(f"/playbooks/runs/{WAITING_RUN}")
    page.get_by_role("link", name="2 留存证据").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**step=*")
    expect(page.get_by_role("heading", name="第 2 步 留存证据")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("**/playbooks/runs")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/playbooks/runs/R-*")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)], ids=["1366", "1920"])
def test_pages_of_playbooks_fit_are_silent_and_have_one_solid_button(
    enter: Enter, size: tuple[int, int]
) -> None:
    page = enter("zhou", *size)
    for language in ("zh-CN", "en"):
        for path in PATHS:
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            wider = page.evaluate(
                """() => [document.documentElement, document.querySelector("main"),
                    ...document.querySelectorAll(".panel, .split > *")]
                    .map((each) => each.scrollWidth - each.clientWidth)"""
            )
            assert max(wider) <= 0, (path, language, wider)
            assert page.locator("main .btn--go:visible").count() <= 1, path
            assert page.locator("h1").count() == 1, path
        page.locator("form[action='/account/language'] button").click()
