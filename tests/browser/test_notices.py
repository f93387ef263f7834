"""The desk's pages of notices in a real browser: keys, live preview, small forms in the pane."""

import pathlib
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from situation.state.tables import Notice
from tests.soc_api.web.city import open_stores, settle
from tests.soc_api.web.docket import HOUSING, fill
from tests.soc_api.web.server import NAME, PASSWORD, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("made")
    state, events = open_stores(folder)
    settle(state, events, alerts=8)
    ids = fill(state)
    events.close()
    state.close()
    return folder, ids


@pytest.fixture
def ids(made: tuple[pathlib.Path, dict[str, str]]) -> dict[str, str]:
    return made[1]


@pytest.fixture
def console(made: tuple[pathlib.Path, dict[str, str]], tmp_path: pathlib.Path) -> Iterator[Served]:
    shutil.copytree(made[0], tmp_path / "console")
    state, events = open_stores(tmp_path / "console")
    with serving(state, events) as served:
        yield served
    events.close()
    state.close()


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def page(chromium: Browser, console: Served, faults: list[str]) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=console.url, viewport={"width": 1366, "height": 768}, color_scheme="light"
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.on(
        "console",
        lambda told: faults.append(told.text) if told.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/")
    page.get_by_label("账号").fill(NAME)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    yield page
    context.close()


def _status(console: Served, notice_id: str) -> str:
    with console.state.reading() as session:
        return session.get_one(Notice, notice_id).status


def _choose(page: Page, notice_id: str) -> None:
    page.locator(f'tr[data-id="{notice_id}"] td').nth(2).click()
    expect(page.locator(f'[data-pane] a[href="/notices/{notice_id}"]')).to_be_visible()


def test_a_notice_is_issued_by_one_key_and_the_cursor_goes_on(
    page: Page, console: Served, ids: dict[str, str], faults: list[str]
) -> None:
    page.goto("/notices?status=sign_off")
    _choose(page, ids["sign_off"])
    page.keyboard.press("v")
    page.wait_for_url(re.compile(r"status=sign_off&at="))
    expect(page.locator(f'tr[data-id="{ids["sign_off"]}"]')).to_have_count(0)
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    assert _status(console, ids["sign_off"]) == "issued"
    assert faults == []


def test_a_form_in_the_pane_is_opened_by_its_key_and_filled_by_the_keyboard(
    page: Page, console: Served, ids: dict[str, str], faults: list[str]
) -> None:
    page.goto("/notices")
    _choose(page, ids["issued"])
    page.keyboard.press("t")
    unit = page.locator('[data-pane] input[name="department"]')
    expect(unit).to_be_focused()
    page.keyboard.type(HOUSING)
    page.keyboard.press("Escape")
    reason = page.locator('[data-pane] details[open] textarea[name="reason"]')
    reason.fill("资产属该单位")
    page.locator("[data-pane] details[open] form button").click()
    page.wait_for_url(re.compile("at="))
    assert _status(console, ids["issued"]) == "reassigned"
    assert faults == []


def test_an_answer_is_returned_and_a_wish_is_granted_by_keys(
    page: Page, console: Served, ids: dict[str, str], faults: list[str]
) -> None:
    page.goto("/notices")
    _choose(page, ids["recheck"])
    page.locator('[data-pane] textarea[name="opinion"]').fill("请补停用证明")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator("[data-pane] .st").first).to_contain_text("退回补充")
    assert _status(console, ids["recheck"]) == "handling"
    _choose(page, ids["wish"])
    page.keyboard.press("y")
    expect(page).to_have_url(re.compile("#wish$"))
    page.get_by_role("button", name="准予延期").click()
    expect(page.locator("#wish")).to_have_count(0)
    assert faults == []


def test_the_preview_follows_what_is_typed(page: Page, faults: list[str]) -> None:
    page.goto("/notices")
    page.keyboard.press("n")
    page.wait_for_url("**/notices/new")
    preview = page.locator("[data-preview]")
    expect(preview).to_contain_text("（标题）")
    page.get_by_label("标题", exact=True).fill("弱口令 <b>46</b> 台")
    expect(preview.locator("h3")).to_have_text("弱口令 <b>46</b> 台")
    page.get_by_label(re.compile("^被通报单位")).fill(HOUSING)
    expect(preview).to_contain_text(f"致 {HOUSING}")
    page.get_by_label("隐患编号").fill("YH-1")
    expect(preview).to_contain_text("YH-1")
    page.get_by_label("种类").select_option("rectification")
    expect(page.get_by_role("heading", name="限期整改通知")).to_be_visible()
    expect(page.get_by_label("标题", exact=True)).to_have_value("弱口令 <b>46</b> 台")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("处要改")
    assert [each for each in faults if "422" not in each] == []


def test_the_editor_works_without_its_module(
    chromium: Browser, console: Served, ids: dict[str, str]
) -> None:
    context = chromium.new_context(base_url=console.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/notices/{ids['draft']}/edit")
    page.get_by_label("账号").fill(NAME)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("标题", exact=True).fill("SMB 暴露互联网 42 台")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("[data-preview] h3")).to_have_text("SMB 暴露互联网 42 台")
    page.get_by_role("button", name="存并提交研判").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SMB 暴露互联网 42 台")
    page.locator("summary", has_text="定通报级别").click()
    page.get_by_role("button", name="定通报级别").click()
    expect(page.locator(".st").first).to_be_attached()
    assert _status(console, ids["draft"]) == "graded"
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["1366", "1920"])
def test_pages_fit_and_are_silent(
    page: Page, ids: dict[str, str], faults: list[str], size: tuple[int, int], theme: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    paths = (
        "/notices?facets=1",
        f"/notices?at={ids['recheck']}",
        f"/notices/{ids['recheck']}",
        f"/notices/{ids['supervised']}",
        "/notices/new?kind=hazard",
        f"/notices/{ids['draft']}/edit",
        "/statistics",
    )
    for language in ("zh-CN", "en"):
        for path in paths:
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            wider = page.evaluate(
                """() => [document.documentElement, document.querySelector("main"),
                    ...document.querySelectorAll(".split > *")]
                    .map((each) => each.scrollWidth - each.clientWidth)"""
            )
            assert max(wider) <= 0, (path, language, wider)
        page.locator("form[action='/account/language'] button").click()
    assert faults == []
