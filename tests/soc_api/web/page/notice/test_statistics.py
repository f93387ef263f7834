import datetime as dt
import io
import re

import openpyxl
import pytest

from situation.state.tables import Feedback, Notice
from tests.soc_api.web.city import DEPARTMENTS, DRILL
from tests.soc_api.web.docket import EDUCATION, HOUSING, WATER
from tests.soc_api.web.server import Served, form_token, logged_in_as

JANUARY = dt.datetime(2026, 1, 10, 2, tzinfo=dt.UTC)
FEBRUARY = dt.datetime(2026, 2, 10, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def _notice(number: int, department: str, at: dt.datetime, *, answered: dt.timedelta) -> Notice:
    return Notice(
        id=f"n{number}",
        number=f"示网隐通〔2026〕第{number:03d}号",
        kind="hazard",
        department=department,
        contact="",
        level=3,
        title_zh="隐患",
        title_en="hazard",
        fields={"system": {"value": f"系统 {number}"}},
        receipt_due=at + 4 * HOUR,
        feedback_due=at + 24 * HOUR,
        status="answered",
        issued_at=at,
        signed_at=at + HOUR,
        answered_at=at + answered,
        created_at=at,
        updated_at=at,
    )


def _answer(notice: Notice) -> Feedback:
    assert notice.answered_at is not None
    return Feedback(
        id=f"f{notice.id}",
        notice_id=notice.id,
        round=1,
        truth="true",
        cause="",
        measures="x",
        result="",
        residual="",
        responsible="x",
        phone="x",
        submitted_by="x",
        submitted_at=notice.answered_at,
        due_at=notice.feedback_due,
    )


@pytest.fixture
def counted(desk: Served) -> Served:
    rows = (
        _notice(1, DEPARTMENTS[0], JANUARY, answered=10 * HOUR),
        _notice(2, DEPARTMENTS[0], JANUARY, answered=30 * HOUR),
        _notice(3, DEPARTMENTS[1], FEBRUARY, answered=2 * HOUR),
        _notice(4, DEPARTMENTS[1], FEBRUARY, answered=4 * HOUR),
    )
    with desk.state.transaction() as session:
        session.add_all(rows)
        session.flush()
        session.add_all(_answer(row) for row in rows)
    return desk


def _table(page: str, number: int) -> list[str]:
    body = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[number]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_units_are_ranked_below_the_whole_city(counted: Served) -> None:
    with counted.logged_in() as client:
        rows = _table(client.get("/statistics").text, 0)
    assert rows[0] == "全市 4 100% 4 / 4 75% 3 / 4 · · · 0 0 0"
    assert rows[1].startswith(f"1 {DEPARTMENTS[1]} 2 100% 2 / 2 100% 2 / 2 1 小时 3 小时")
    assert rows[2].startswith(f"2 {DEPARTMENTS[0]} 2 100% 2 / 2 50% 1 / 2 1 小时 20 小时")


def test_months_stand_newest_first_beside_the_one_before(counted: Served) -> None:
    with counted.logged_in() as client:
        rows = _table(client.get("/statistics").text, 1)
    assert rows[0].startswith("2026-02 +50 点 2 100% 2 / 2 100%")
    assert rows[1].startswith("2026-01 · 2 100% 2 / 2 50%")


def test_one_unit_can_be_looked_at_alone(counted: Served) -> None:
    with counted.logged_in() as client:
        page = client.get("/statistics", params={"department": DEPARTMENTS[0]}).text
    rows = _table(page, 1)
    assert len(rows) == 1
    assert rows[0].startswith("2026-01 · 2")
    assert len(_table(page, 0)) == 3


def test_the_period_is_of_whole_months_in_either_order(counted: Served) -> None:
    with counted.logged_in() as client:
        for first, last in (("2026-01", "2026-01"), ("2026-01", "2025-12")):
            page = client.get("/statistics", params={"first": first, "last": last}).text
            assert [row[:7] for row in _table(page, 1)] == ["2026-01"]
        empty = client.get("/statistics", params={"first": "2025-11", "last": "2025-12"}).text
        assert client.get("/statistics", params={"first": "2026-13"}).status_code == 400
    assert "这段时间没有下发通报" in empty


def test_both_tables_come_as_sheets(counted: Served) -> None:
    with counted.logged_in() as client:
        for by, first in (("department", 1), ("month", "2026-01")):
            answer = client.get("/statistics.xlsx", params={"by": by})
            sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
            assert sheet is not None
            rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
            assert first in [row[0] for row in rows]
            assert "值班长 周" in "\n".join(str(row) for row in rows)
            assert any("50%" in row for row in rows)


def test_a_drill_is_counted_apart(counted: Served) -> None:
    with counted.state.transaction() as session:
        session.get_one(Notice, "n1").drill_id = DRILL
    with counted.logged_in() as client:
        assert _table(client.get("/statistics").text, 0)[0].startswith("全市 3 ")
        assert _table(client.get("/statistics", params={"drill": DRILL}).text, 0)[0].startswith(
            "全市 1 "
        )


def test_the_docket_is_counted_as_it_was_made(docket: Served) -> None:
    with docket.logged_in() as client:
        page = client.get("/statistics").text
    rows = _table(page, 0)
    ranked = [row.split(" ", 1)[1] for row in rows[1:]]
    for row, name in zip(ranked, (WATER, HOUSING, EDUCATION), strict=False):
        assert row.startswith(name)
    assert rows[0].endswith("2")


def test_statistics_ask_for_their_right_and_speak_english(counted: Served) -> None:
    with logged_in_as(counted, "department", department=DEPARTMENTS[0]) as client:
        assert client.get("/statistics").status_code == 404
        assert client.get("/statistics.xlsx").status_code == 404
    with counted.logged_in() as client:
        token = form_token(client.get("/notices").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get("/statistics").text
    for words in ("The whole city", "Answered in time", "Median to close", "+50 pts"):
        assert words in page
