import gzip
import io
import re
import zipfile

import httpx
import pytest

from tests.soc_api.web.data_world import SECRET, SHARED, crowd
from tests.soc_api.web.page.data.conftest import Survey
from tests.soc_api.web.server import Served


def _text(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page[page.index("<main") :]).split())


def test_the_gravest_and_newest_stands_first(officer: httpx.Client) -> None:
    page = officer.get("/data/findings").text
    files = re.findall(r'class="clip block meta" title="([^"]+)"', page)
    assert files == [SHARED, SHARED, "app/config/prod.yml", "/share/finance/工资.zip"]


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ({}, 4),
        ({"view": "new"}, 2),
        ({"view": "handling"}, 2),
        ({"view": "all"}, 6),
        ({"rule": "V05"}, 1),
        ({"severity": "1"}, 3),
        ({"grade": "0"}, 1),
        ({"kind": "password"}, 1),
        ({"kind": ["password", "name"]}, 3),
        ({"target": "plan-share"}, 1),
        ({"department": "市卫生健康委员会", "view": "all"}, 2),
        ({"text": "工资"}, 1),
        ({"text": "陈"}, 2),
        ({"text": "nothing"}, 0),
    ],
)
def test_findings_are_filtered(
    officer: httpx.Client, asked: dict[str, str | list[str]], total: int
) -> None:
    page = officer.get("/data/findings", params=asked).text
    assert f'role="status">{total} 项' in page
    assert page.count("data-id=") == total


def test_facets_count_what_the_other_filters_leave(officer: httpx.Client) -> None:
    page = officer.get("/data/findings", params={"rule": "V05", "view": "all"}).text
    facets = _text(page[page.index("<aside") : page.index("</aside>")].replace("<aside", "<main"))
    assert "V05 防护低于数据级别要求 1 V06 级别标签缺失、偏低或被改动 1" in facets
    assert "市人力资源和社会保障局 1" in facets
    assert "市卫生健康委员会" not in facets


def test_a_finding_says_what_where_and_why_and_never_a_value(
    officer: httpx.Client, survey: Survey
) -> None:
    text = _text(officer.get(f"/data/findings/{survey.ids['shared']}").text)
    for said in (
        SHARED,
        "公共共享，全员可读",
        "V05 防护低于数据级别要求",
        "V08 个人信息规模跨过门槛",
        "所有用户可读",
        "为什么是一般4级，待确认为重要数据",
        "姓名、居民身份证号",
        "1,204,311",
        "000000********000X",
        "王**",
        "市人力资源和社会保障局，陈",
        "最近一次扫描新增",
        "未发通报",
        "目录未登记",
    ):
        assert said in text, said


def test_what_was_found_outside_of_columns_tells_its_places(
    officer: httpx.Client, survey: Survey
) -> None:
    text = _text(officer.get(f"/data/findings/{survey.ids['credentials']}").text)
    assert "第 14 行" in text
    assert "第 22 行，第 9 字" in text
    assert "复扫退回 1 次" in text


def test_what_cannot_be_read_is_told_with_its_reason(officer: httpx.Client, survey: Survey) -> None:
    text = _text(officer.get(f"/data/findings/{survey.ids['unreadable']}").text)
    assert "无法读取 已加密 工资.zip!2026/三月.xlsx" in text


def test_a_finding_about_a_mark_is_not_there(officer: httpx.Client, survey: Survey) -> None:
    key = survey.ids["secret"]
    for path in (f"/data/findings/{key}", f"/data/findings/{key}/pane", f"/data/marks/{key}"):
        assert officer.get(path).status_code in {403, 404}
    pages = [officer.get("/data/findings", params={"view": view}).text for view in ("all", "new")]
    pages += [officer.get(path).text for path in ("/data", "/data/catalogue", "/data/scans")]
    assert not [page for page in pages if SECRET in page or "机密" in page]
    assert "★ 2" in pages[0]


def test_the_queue_is_handed_out_as_a_sheet(officer: httpx.Client) -> None:
    answer = officer.get("/data/findings.xlsx", params={"view": "all"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        said = "".join(packed.read(name).decode() for name in packed.namelist())
    assert SHARED in said
    assert SECRET not in said


def test_a_page_of_the_queue_keeps_its_budget(officer: httpx.Client, survey: Survey) -> None:
    with survey.served.state.transaction() as session:
        crowd(session, 120)
    page = officer.get("/data/findings", params={"view": "all"})
    assert page.text.count("data-id=") == 100
    assert len(gzip.compress(page.content)) <= 20_000


def test_an_empty_queue_says_why(desk: Served, officer: httpx.Client) -> None:
    with desk.logged_in() as client:
        assert "还没有发现" in client.get("/data/findings").text
    assert "没有符合条件的发现" in officer.get("/data/findings?text=nothing").text
    assert "这里已清空" in officer.get("/data/findings?view=closed").text


def test_an_english_reader_gets_it_in_english(officer: httpx.Client, survey: Survey) -> None:
    token = re.findall(r'name="form_token" value="([^"]+)"', officer.get("/data").text)[0]
    officer.post("/account/language", data={"form_token": token, "next": "/data"})
    text = _text(officer.get(f"/data/findings/{survey.ids['shared']}").text)
    assert "Why general 4, perhaps important data" in text
    assert "everybody may read it" in text
    assert "name of a person, resident identity number" in text
