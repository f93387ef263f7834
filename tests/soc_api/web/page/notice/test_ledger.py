import datetime as dt
import io
import re
import shutil
from collections.abc import Iterator

import httpx
import openpyxl
import pytest

from situation.state.tables import Notice
from soc_api.web.query.notice import ledger
from tests.soc_api.web.city import DEPARTMENTS, DRILL, DRILL_NOTICE, NOTICE, open_stores, settle
from tests.soc_api.web.docket import EDUCATION, HOUSING, WATER, Stock
from tests.soc_api.web.server import Served, form_token, logged_in_as, serving

IDS = dict[str, str]


@pytest.fixture(scope="module")
def stocked(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, IDS]]:
    folder = tmp_path_factory.mktemp("ledger") / "copy"
    shutil.copytree(stock.folder, folder)
    state, events = open_stores(folder)
    with serving(state, events) as served:
        yield served, stock.ids
    events.close()
    state.close()


@pytest.fixture(scope="module")
def lead(stocked: tuple[Served, IDS]) -> Iterator[httpx.Client]:
    with stocked[0].logged_in() as client:
        yield client


def _rows(page: str) -> list[str]:
    return re.findall(r'<tr data-id="([^"]+)"', page)


def _tab(page: str, name: str) -> int:
    found = re.search(rf">{name}<small>([\d,]+)</small>", page)
    assert found is not None, name
    return int(found[1])


def test_what_is_due_first_stands_first_and_what_is_closed_last(
    lead: httpx.Client, stocked: tuple[Served, IDS]
) -> None:
    rows = _rows(lead.get("/notices").text)
    ids = stocked[1]
    assert rows.index(ids["unsigned"]) < rows.index(ids["issued"]) < rows.index(ids["recheck"])
    assert rows.index(ids["recheck"]) < rows.index(ids["passed"]) < rows.index(ids["archived"])
    assert set(rows[-2:]) == {ids["archived"], ids["dismissed"]}


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ({"status": "drafting"}, {"draft"}),
        ({"status": "issued"}, {"issued", "unsigned"}),
        ({"status": "handling"}, {"handling", "wish", "returned", "supervised"}),
        ({"status": "recheck"}, {"recheck", "passed"}),
        ({"status": "closed"}, {"archived", "dismissed"}),
        ({"overdue": "1"}, {"unsigned", "supervised"}),
        ({"overdue": "1", "status": "issued"}, {"unsigned"}),
        ({"text": "PLC"}, {"sign_off"}),
        ({"text": "第003号"}, {"issued"}),
        ({"department": HOUSING}, {"recheck", "wish", "dismissed"}),
        ({"department": HOUSING, "status": "closed"}, {"dismissed"}),
        ({"kind": "hazard", "level": "1"}, {"issued"}),
        ({"level": "4", "status": "handling"}, {"handling"}),
        ({"month": "2026-02"}, set()),
    ],
)
def test_the_address_says_what_is_shown(
    lead: httpx.Client,
    stocked: tuple[Served, IDS],
    address: dict[str, str],
    names: set[str],
) -> None:
    by_id = {key: name for name, key in stocked[1].items()}
    page = lead.get("/notices", params=address).text
    shown = [by_id[row] for row in _rows(page) if row in by_id]
    assert set(shown) == names
    supervision = {"status": "sign_off", "kind": "supervision"}
    assert len(_rows(lead.get("/notices", params=supervision).text)) >= 1


def test_tabs_count_what_they_show(lead: httpx.Client) -> None:
    page = lead.get("/notices").text
    for name, word in (("issued", "待签收"), ("handling", "整改中"), ("closed", "已办结")):
        rows = _rows(lead.get("/notices", params={"status": name}).text)
        assert _tab(page, word) == len(rows)
    assert _tab(page, "全部") == len(_rows(page))
    assert _tab(page, "已逾期") == len(_rows(lead.get("/notices", params={"overdue": "1"}).text))


def test_tabs_keep_the_filter_and_a_chip_takes_it_away(lead: httpx.Client) -> None:
    page = lead.get("/notices", params={"department": WATER, "status": "recheck"}).text
    assert f"单位：{WATER}" in page
    assert _tab(page, "全部") == 4
    chip = page[page.index('<span class="chip">') : page.index('aria-label="移除')]
    assert 'href="/notices?status=recheck"' in chip


def test_facets_offer_kinds_grades_units_and_months(lead: httpx.Client) -> None:
    page = lead.get("/notices", params={"facets": "1"}).text
    aside = page[page.index('<aside class="facets"') : page.index("</aside>")]
    for word in ("种类", "级别", "单位", "月份", "网络安全隐患通报", "2026-03", EDUCATION):
        assert word in aside


def test_overdue_returns_and_supervision_are_marked(
    lead: httpx.Client, stocked: tuple[Served, IDS]
) -> None:
    page = lead.get("/notices").text

    def row(name: str) -> str:
        start = page.index(f'data-id="{stocked[1][name]}"')
        return page[start : page.index("</tr>", start)]

    assert "逾期未签收" in row("unsigned")
    assert "逾期未反馈" in row("supervised")
    assert "督办" in row("supervised")
    assert "退回补充" in row("returned")
    assert "退回 1 次" in row("recheck")
    assert "待归档" in row("passed")


def test_the_three_kinds_of_emptiness_differ(lead: httpx.Client, desk: Served) -> None:
    assert "没有符合的通报" in lead.get("/notices", params={"text": "无此事"}).text
    with desk.logged_in() as client:
        assert "没有通报" in client.get("/notices").text
        assert "由人起草" in client.get("/notices").text


def test_a_ledger_longer_than_a_page_is_turned(
    lead: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _rows(lead.get("/notices").text)
    monkeypatch.setattr(ledger, "PAGE_ROWS", 4)
    pages = [lead.get("/notices", params={"page": number}).text for number in (1, 2, 3, 4)]
    assert [row for page in pages for row in _rows(page)] == whole
    assert "1–4，共" in pages[0]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' not in pages[0]
    assert _rows(lead.get("/notices", params={"page": 99}).text) == _rows(pages[3])


def test_the_sheet_has_the_same_rows_and_says_who_took_it(
    lead: httpx.Client, stocked: tuple[Served, IDS]
) -> None:
    answer = lead.get("/notices.xlsx", params={"status": "handling", "department": WATER})
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert "attachment" in answer.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    texts = "\n".join(str(value) for row in rows for value in row)
    assert "值班长 周" in texts
    assert f"通报台账 · 整改中 · {WATER}" in texts
    assert "整改中" in texts
    with stocked[0].state.reading() as session:
        number = session.get_one(Notice, stocked[1]["handling"]).number
    assert [row[0] for row in rows if row[3] == WATER] == [number]


def test_a_formula_in_a_title_stays_a_text_in_the_sheet(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        session.get_one(Notice, NOTICE).title_zh = '=HYPERLINK("http://evil.example","x")'
    with desk.logged_in() as client:
        content = client.get("/notices.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]


def test_a_drill_s_notice_is_marked_and_apart(lead: httpx.Client) -> None:
    assert DRILL_NOTICE not in lead.get("/notices").text
    page = lead.get("/notices", params={"drill": DRILL}).text
    assert _rows(page) == [DRILL_NOTICE]
    assert 'class="hatch"' in page


def test_the_ledger_is_whole_in_english(docket: Served) -> None:
    with docket.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get("/notices", params={"facets": "1"}).text
    for word in ("Receipt overdue", "To recheck", "returned once", "Export to Excel", "Hazard"):
        assert word in page
    text = re.sub(r"<[^>]+>", " ", page[page.index('<nav class="tabs"') : page.index("<tbody")])
    assert not re.search(r"[\u4e00-\u9fff]", text.replace(EDUCATION, "")[:200])


def test_without_the_right_nobody_is_offered_a_draft(desk: Served) -> None:
    with logged_in_as(desk, "viewer") as client:
        page = client.get("/notices").text
    assert "/notices/new" not in page
    assert "导出 Excel" in page


def test_ten_thousand_notices_are_read_by_the_page(desk: Served) -> None:
    now = desk.clock.now()
    with desk.state.transaction() as session:
        session.add_all(
            Notice(
                id=f"n{number:05d}",
                number=f"示网隐通〔2026〕第{number:05d}号",
                kind="hazard",
                department=DEPARTMENTS[number % 6],
                contact="",
                level=number % 4 + 1,
                title_zh="隐患",
                title_en="hazard",
                fields={},
                receipt_due=now + dt.timedelta(minutes=number),
                feedback_due=now + dt.timedelta(hours=number),
                status="archived" if number % 3 else "issued",
                issued_at=now,
                created_at=now,
                updated_at=now,
            )
            for number in range(10_000)
        )
    with desk.logged_in() as client:
        page = client.get("/notices", params={"page": "17"}).text
    rows = _rows(page)
    assert len(rows) == 200
    assert "10,000 份" in page
    assert rows[0] == "n09600"
    assert rows[133] == "n09999"
