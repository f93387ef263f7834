import csv
import io
import re

import httpx

from tests.soc_api.web.data_world import HR, SECRET
from tests.soc_api.web.page.data.conftest import Survey
from tests.soc_api.web.server import Served


def _row(page: str, name: str) -> str:
    start = page.index(f'title="{name}"')
    return " ".join(re.sub("<[^>]+>", " ", page[start : page.index("</tr>", start)]).split())


def test_the_map_counts_places_by_department_and_grade(officer: httpx.Client) -> None:
    row = _row(officer.get("/data").text, HR)
    assert row.endswith("· 2 +1 12 41 60 18 · +2 3")


def test_a_new_place_of_the_last_scan_stands_on_the_map(officer: httpx.Client) -> None:
    page = officer.get("/data").text
    assert "最近一次扫描 hr-nas 01:30–02:04" in page
    assert "不可读 3 处" in page
    moved = officer.get("/data", params={"changed": "1"}).text
    assert f'title="{HR}"' in moved
    assert 'title="市档案馆"' not in moved


def test_a_mark_of_secrecy_is_a_star_and_a_number(officer: httpx.Client, survey: Survey) -> None:
    page = officer.get("/data").text
    assert "★ 1" in page
    assert SECRET not in page
    assert "/data/marks" not in page
    with survey.visit("secrecy_officer") as other:
        assert '<a href="/data/marks"><span class="chip chip--ink">★ 1' in other.get("/data").text


def test_a_department_shows_its_findings_beside_the_map(officer: httpx.Client) -> None:
    page = officer.get("/data", params={"department": HR}).text
    assert "参保导出_0317.xlsx" in page
    assert "prod.yml" not in page


def test_the_map_is_seen_by_place_and_by_class_as_well(officer: httpx.Client) -> None:
    assert "health-db" in officer.get("/data", params={"by": "place"}).text
    assert officer.get("/data", params={"by": "class"}).status_code == 200


def test_the_trend_tells_its_first_and_last_day(officer: httpx.Client) -> None:
    page = officer.get("/data").text
    assert "未解决的发现：最早 2，最高 5，现在 5" in page


def test_an_empty_map_says_what_to_do(desk: Served) -> None:
    with desk.logged_in() as client:
        page = client.get("/data").text
    assert "地图是空的" in page
    assert "还没有每日统计" in page


def test_the_map_is_handed_out_as_csv_and_as_a_sheet(officer: httpx.Client) -> None:
    answer = officer.get("/data/map.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["单位", "核心数据", "重要数据"]
    assert next(row for row in rows if row[0] == HR)[1:7] == ["0", "2", "12", "41", "60", "18"]
    sheet = officer.get("/data/map.xlsx", params={"by": "place"})
    assert sheet.content[:2] == b"PK"
    assert officer.get("/data/map.pdf").status_code == 400


def test_the_report_is_handed_out_as_word_pdf_and_excel(officer: httpx.Client) -> None:
    for form, magic in (("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = officer.get(f"/data/report.{form}", params={"department": HR})
        assert answer.content.startswith(magic), form
        assert SECRET.encode() not in answer.content
