"""One incident by the hands of four in a real browser: graded, issued, signed for, answered."""

import pathlib
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, FilePayload, Page, expect

from situation.state.tables import Incident, Notice
from tests.browser.watched import Watched
from tests.soc_api.web.city import INCIDENT, NOTICE, open_stores, settle
from tests.soc_api.web.department import add_people
from tests.soc_api.web.server import PASSWORD, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
Enter = Callable[[str], Watched]


@pytest.fixture
def console(tmp_path: pathlib.Path) -> Iterator[Served]:
    state, events = open_stores(tmp_path)
    settle(state, events)
    add_people(state)
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


@pytest.fixture
def enter(chromium: Browser, console: Served) -> Iterator[Enter]:
    """Log a person in, each with a browser of the own; none of them may see an error."""
    opened: list[Watched] = []

    def enter(name: str) -> Watched:
        context = chromium.new_context(
            base_url=console.url, viewport={"width": 1366, "height": 768}, locale="zh-CN"
        )
        page = context.new_page()
        watched = Watched(page, console.url)
        opened.append(watched)
        page.goto("/login")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("button.btn--go")
        return watched

    yield enter
    assert [fault for watched in opened for fault in watched.faults] == []
    for watched in opened:
        watched.page.context.close()


def _grade(page: Page) -> None:
    page.goto(f"/incidents/{INCIDENT}/grade")
    outcome = page.locator("[data-part=outcome]")
    expect(outcome).to_contain_text("Ⅲ")
    page.fill("[name=persons_leaked]", "12000000")
    expect(outcome).to_contain_text("Ⅱ")
    page.fill("[name=reason]", "电话核实：泄露一千二百万人")
    page.click("[data-part=buttons] button.btn--go")
    expect(page).to_have_url(f"/incidents/{INCIDENT}")
    expect(page.locator("h1")).to_be_visible()


def _issue(page: Page) -> None:
    page.goto(f"/notices/{NOTICE}")
    page.get_by_role("button", name="签发").click()
    expect(page).to_have_url(f"/notices/{NOTICE}")


def _sign(page: Page) -> None:
    page.goto("/portal")
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.locator("h1")).to_contain_text("请整改")


def _feed_back(page: Page, measures: str) -> None:
    page.goto(f"/portal/notices/{NOTICE}/feedback")
    page.check("[name=truth][value=true]")
    page.fill("[name=measures]", measures)
    page.fill("[name=residual]", "无")
    page.fill("[name=responsible]", "刘 敏")
    page.fill("[name=phone]", "0000-2000777")
    proof: FilePayload = {"name": "复测.png", "mimeType": "image/png", "buffer": PNG}
    page.set_input_files("[name=files]", proof)
    page.get_by_role("button", name="提交反馈").click()
    expect(page.locator("h1")).to_contain_text("已反馈")


def _return(page: Page, opinion: str) -> None:
    page.goto(f"/notices/{NOTICE}")
    page.get_by_role("button", name="开始复核").click()
    page.fill("#review [name=opinion]", opinion)
    page.get_by_role("button", name="退回").click()
    expect(page.locator("main")).to_contain_text(opinion)


def _pass(page: Page) -> None:
    page.goto(f"/notices/{NOTICE}")
    page.get_by_role("button", name="开始复核").click()
    page.fill("#review [name=opinion]", "复测通过")
    page.locator("button[form=review][value=passed]").click()
    page.get_by_role("button", name="归档").click()


def test_an_incident_is_graded_its_notice_issued_signed_returned_and_passed(
    enter: Enter, console: Served
) -> None:
    lead, second, clerk = enter("zhou").page, enter("wang").page, enter("liu").page
    _grade(lead)
    _issue(second)
    _sign(clerk)
    _feed_back(clerk, "已断开外网连接")
    _return(second, "请补一张复测截图")
    clerk.goto("/portal")
    expect(clerk.locator("main")).to_contain_text("请补一张复测截图")
    _feed_back(clerk, "已断开外网连接，复测见附件")
    _pass(second)
    with console.state.reading() as session:
        assert session.get_one(Incident, INCIDENT).level == 2
        row = session.scalars(sa.select(Notice).where(Notice.id == NOTICE)).one()
        assert (row.status, row.returns, row.issued_by, row.signed_by) == (
            "archived",
            1,
            "wang",
            "liu",
        )
