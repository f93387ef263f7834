"""The department's pages: what it sees, does, is told; and that it sees nothing else."""

import datetime as dt
import html
import re
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from playbooks.notice.extensions import decide_extension
from situation.state.tables import Attachment, Extension, Feedback, Notice
from tests.soc_api.web.city import NOW
from tests.soc_api.web.department import (
    ASKS,
    HOUSING,
    WANG,
    WATER,
    add_people,
    answered,
    issued,
    returned,
    signed,
)
from tests.soc_api.web.server import Served, form_token, log_in

TITLE = "地图服务器有一个漏洞需要修补"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
ANSWER = {
    "truth": "true",
    "measures": "补丁已安装，外网访问已关闭",
    "residual": "无",
    "responsible": "刘 敏",
    "phone": "0000-2000777",
}


@pytest.fixture
def portal(desk: Served) -> Iterator[httpx.Client]:
    """The department's user, logged in."""
    add_people(desk.state)
    with desk.browser() as client:
        assert log_in(client, name="liu").headers["location"] == "/portal"
        yield client


def _notice(desk: Served, notice_id: str) -> Notice:
    with desk.state.reading() as session:
        return session.get_one(Notice, notice_id)


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def _post(client: httpx.Client, page: str, path: str, **data: str) -> httpx.Response:
    shown = client.get(page).text
    fields = {"form_token": form_token(shown), "version": _version(shown)} | data
    return client.post(path, data=fields)


def test_with_nothing_to_do_the_page_says_so(portal: httpx.Client) -> None:
    assert "现在没有要做的事" in portal.get("/portal").text


def test_the_first_page_has_one_thing_to_do_with_its_deadline(
    portal: httpx.Client, desk: Served
) -> None:
    issued(desk.state)
    page = portal.get("/portal").text
    assert f"请签收：{TITLE}" in page
    assert all(ask in page for ask in ASKS)
    assert page.count("btn--go") == 1
    assert "还剩" in page


def test_what_is_due_first_stands_first_and_the_others_in_the_list(
    portal: httpx.Client, desk: Served
) -> None:
    later = issued(desk.state, title="旧版客户端停用")
    signed(desk.state, later)
    issued(desk.state)
    page = portal.get("/portal").text
    assert (
        page.index(f"请签收：{TITLE}") < page.index("本单位的其他通报") < page.index("旧版客户端")
    )


def test_signing_is_one_click_and_is_kept_with_name_and_time(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    answer = _post(portal, "/portal", f"/portal/notices/{key}/sign")
    assert answer.headers["location"] == f"/portal/notices/{key}"
    row = _notice(desk, key)
    assert (row.status, row.signed_by, row.signed_at) == ("signed", "liu", NOW)
    assert "已由 刘 敏 于" in portal.get(f"/portal/notices/{key}").text


def test_who_signs_a_second_time_is_told_what_it_is_now(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    page = portal.get("/portal").text
    signed(desk.state, key)
    answer = portal.post(
        f"/portal/notices/{key}/sign",
        data={"form_token": form_token(page), "version": _version(page)},
    )
    assert answer.status_code == 409
    assert "没有完成" in answer.text


def test_an_answer_that_lacks_something_comes_back_with_its_words(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    page = f"/portal/notices/{key}/feedback"
    answer = _post(portal, page, page, measures="只写了做什么 <b>", truth="true")
    assert answer.status_code == 422
    assert "请填写；没有就写“无”。" in answer.text
    assert "只写了做什么 &lt;b&gt;" in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    assert _notice(desk, key).status == "signed"


def test_an_answer_with_proof_goes_to_the_recheck(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    page = f"/portal/notices/{key}/feedback"
    shown = portal.get(page).text
    fields = {"form_token": form_token(shown), "version": _version(shown)} | ANSWER
    answer = portal.post(page, data=fields, files={"files": ("截图.png", PNG, "image/png")})
    assert answer.status_code == 303, answer.text
    with desk.state.reading() as session:
        row = session.scalar(sa.select(Feedback))
        kept = session.scalar(sa.select(Attachment))
        assert row is not None
        assert kept is not None
        assert (row.measures, row.residual, row.submitted_by) == (
            ANSWER["measures"],
            "无",
            "liu",
        )
        assert (kept.feedback_id, kept.name, kept.content) == (row.id, "截图.png", PNG)
    assert "已反馈，等待复核" in portal.get("/portal").text


def test_files_can_be_added_and_taken_away_while_the_words_stay(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    page = f"/portal/notices/{key}/feedback"
    shown = portal.get(page).text
    fields = {"form_token": form_token(shown), "measures": "已处理一半"}
    with_file = portal.post(
        f"/portal/notices/{key}/files",
        data=fields,
        files={"files": ("补丁.png", PNG, "image/png")},
    )
    assert "补丁.png" in with_file.text
    assert "已处理一半" in with_file.text
    with desk.state.reading() as session:
        kept = session.scalars(sa.select(Attachment.id)).all()
    without = portal.post(
        f"/portal/notices/{key}/files", data=fields | {"remove": kept[0]}, files={}
    )
    assert "补丁.png" not in without.text
    assert "已处理一半" in without.text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("program.exe", b"MZ" + bytes(64), "不是允许的文件类型"),
        ("fake.png", b"#!/bin/sh\n", "不是允许的文件类型"),
        ("empty.png", b"", "文件是空的"),
        ("large.txt", b"x" * (10 * 2**20 + 1), "超过"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_its_reason(
    portal: httpx.Client, desk: Served, name: str, content: bytes, why: str
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    shown = portal.get(f"/portal/notices/{key}/feedback").text
    answer = portal.post(
        f"/portal/notices/{key}/files",
        data={"form_token": form_token(shown)},
        files={"files": (name, content, "image/png")},
    )
    assert answer.status_code == 422
    assert f"{name} 没有上传：{why}" in html.unescape(answer.text)


def test_a_returned_answer_says_what_to_add(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    answered(desk.state, key)
    returned(desk.state, key, "请补一张复测截图")
    page = portal.get("/portal").text
    assert f"请补充：{TITLE}" in page
    assert "请补一张复测截图" in page


def test_an_answer_that_came_back_is_completed_not_written_again(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    answered(desk.state, key)
    returned(desk.state, key, "请补一张复测截图")
    with desk.state.reading() as session:
        given = session.scalars(sa.select(Feedback).where(Feedback.notice_id == key)).one()
    form = html.unescape(portal.get(f"/portal/notices/{key}/feedback").text)
    assert f">{given.measures}</textarea>" in form
    assert f'name="phone" maxlength="40" value="{given.phone}"' in form
    assert f'value="{given.truth}" checked' in form


def test_more_time_is_asked_for_with_a_reason_and_answered_on_the_page(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    until = _notice(desk, key).feedback_due + dt.timedelta(days=2)
    page = f"/portal/notices/{key}/extension"
    shown = portal.get(page).text
    wish = {"form_token": form_token(shown), "day": f"{until:%Y-%m-%d}", "hour": "18:00"}
    assert portal.post(page, data=wish).status_code == 422
    asked = portal.post(page, data=wish | {"reason": "厂商后天到场"})
    assert asked.status_code == 303, asked.text
    with desk.state.transaction() as session:
        row = session.scalars(sa.select(Extension)).one()
        decide_extension(session, row.id, grant=True, remark="同意", by=WANG, now=NOW)
    shown = portal.get(f"/portal/notices/{key}").text
    assert "已同意" in shown
    assert "厂商后天到场" in shown


def test_a_date_before_the_present_one_is_refused_at_its_field(
    portal: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    page = f"/portal/notices/{key}/extension"
    wish = {"form_token": form_token(portal.get(page).text), "day": "2026-03-01", "reason": "x"}
    answer = portal.post(page, data=wish)
    assert answer.status_code == 422
    assert "新期限必须晚于现在的期限" in answer.text


def test_an_item_is_reported_as_done(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state, items=["安装补丁", "关闭外网访问"])
    signed(desk.state, key)
    shown = portal.get(f"/portal/notices/{key}").text
    found = re.search(rf'action="(/portal/notices/{key}/items/\d+)"(.*?)</form>', shown, re.DOTALL)
    assert found
    fields = {"form_token": form_token(shown), "version": _version(found[2])}
    assert portal.post(found[1], data=fields).status_code == 303
    assert "已完成，待复测" in portal.get(f"/portal/notices/{key}").text


def test_the_whole_course_is_one_document(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    signed(desk.state, key)
    answer = portal.get(f"/portal/notices/{key}/course.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("path", ["", "/feedback", "/extension", "/course.pdf"])
def test_the_notice_of_another_department_is_not_there(
    portal: httpx.Client, desk: Served, path: str
) -> None:
    key = issued(desk.state, WATER)
    assert portal.get(f"/portal/notices/{key}{path}").status_code == 404


@pytest.mark.parametrize("path", ["sign", "start", "feedback", "files", "extension", "items/1"])
def test_nothing_can_be_done_with_the_notice_of_another_department(
    portal: httpx.Client, desk: Served, path: str
) -> None:
    key = issued(desk.state, WATER)
    token = form_token(portal.get("/portal").text)
    answer = portal.post(
        f"/portal/notices/{key}/{path}", data={"form_token": token, "version": "1"} | ANSWER
    )
    assert answer.status_code == 404
    assert _notice(desk, key).status == "issued"


def test_a_draft_for_the_department_is_not_there_yet(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    with desk.state.transaction() as session:
        session.get_one(Notice, key).status = "sign_off"
    assert portal.get(f"/portal/notices/{key}").status_code == 404
    assert TITLE not in portal.get("/portal").text


def test_a_notice_of_a_drill_reaches_no_department(portal: httpx.Client, desk: Served) -> None:
    key = issued(desk.state)
    with desk.state.transaction() as session:
        session.get_one(Notice, key).drill_id = "drill-1"
    assert portal.get(f"/portal/notices/{key}").status_code == 404
    assert TITLE not in portal.get("/portal").text


def test_the_portal_speaks_english_too(portal: httpx.Client, desk: Served) -> None:
    issued(desk.state)
    page = portal.get("/portal").text
    portal.post("/account/language", data={"form_token": form_token(page), "next": "/portal"})
    page = portal.get("/portal").text
    assert "Please sign for" in page
    assert 'lang="en"' in page
    assert HOUSING in page
