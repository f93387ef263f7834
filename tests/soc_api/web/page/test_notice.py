import datetime as dt

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import AuditLine, Notice
from tests.soc_api.web.city import DEPARTMENTS, DRILL, DRILL_NOTICE, INCIDENT, NOTICE, NOW, settle
from tests.soc_api.web.server import NAME, Served, form_token


@pytest.fixture
def settled(desk: Served) -> Served:
    settle(desk.state, desk.events)
    return desk


def _issue(client: httpx.Client, *, version: int) -> httpx.Response:
    token = form_token(client.get(f"/notices/{NOTICE}").text)
    return client.post(
        f"/notices/{NOTICE}/issue", data={"form_token": token, "version": str(version)}
    )


def _notice(desk: Served) -> Notice:
    with desk.state.reading() as session:
        return session.get_one(Notice, NOTICE)


def test_the_ledger_shows_the_notice_with_its_form_beside_it(client: httpx.Client) -> None:
    page = client.get("/notices").text
    assert "示网安通〔2026〕115 号" in page
    assert "待签发" in page
    assert "断开 gjj-app-03 的外网连接" in page
    assert "1 份，其中逾期 0" in page


def test_the_page_has_every_field_of_the_form_in_its_order(client: httpx.Client) -> None:
    page = client.get(f"/notices/{NOTICE}").text
    places = [
        page.index(f"<dt>{name}</dt>")
        for name in (
            "通报编号",
            "标题",
            "处置单位",
            "事件类型",
            "失陷指标（IOC）",
            "攻击路径",
            "联系人",
        )
    ]
    assert places == sorted(places)
    assert page.count("<dt>") >= 26
    assert "未填" in page


def test_both_deadlines_run(client: httpx.Client) -> None:
    page = client.get(f"/notices/{NOTICE}").text
    assert ">39:00<" in page
    assert ">23:39:00<" in page
    assert "须在 1 小时内签收，从签发时起算" in page


def test_issuing_sets_state_person_and_deadlines(settled: Served) -> None:
    with settled.logged_in() as client:
        answer = _issue(client, version=1)
        page = client.get(f"/notices/{NOTICE}").text
    notice = _notice(settled)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/notices/{NOTICE}"
    assert (notice.status, notice.issued_by, notice.issued_at) == ("issued", NAME, NOW)
    assert notice.receipt_due == NOW + dt.timedelta(hours=1)
    assert f"{NAME} 于 02:17 签发" in page
    assert "已签发" in page
    assert "/issue" not in page


def test_issuing_is_audited(settled: Served) -> None:
    with settled.logged_in() as client:
        _issue(client, version=1)
    with settled.state.reading() as session:
        line = session.scalars(sa.select(AuditLine).where(AuditLine.action == "notice.issue")).one()
    assert (line.actor, line.object_id) == (NAME, NOTICE)


def test_whoever_is_second_sees_a_conflict_and_the_newest_state(settled: Served) -> None:
    with settled.logged_in() as client:
        _issue(client, version=1)
        answer = _issue(client, version=1)
    assert answer.status_code == 409
    assert "没有签发" in answer.text
    assert "已签发" in answer.text


def test_a_notice_that_was_changed_is_not_issued_as_it_was_seen(settled: Served) -> None:
    with settled.state.transaction() as session:
        session.get_one(Notice, NOTICE).contact = "另一人"
    with settled.logged_in() as client:
        answer = _issue(client, version=1)
    assert answer.status_code == 409
    assert "另一人" in answer.text
    assert _notice(settled).status == "sign_off"


def test_a_notice_is_not_issued_without_login_or_token(settled: Served) -> None:
    with settled.browser() as stranger:
        assert stranger.post(f"/notices/{NOTICE}/issue", data={"version": "1"}).status_code == 303
    with settled.logged_in() as client:
        answer = client.post(f"/notices/{NOTICE}/issue", data={"version": "1"})
    assert answer.status_code == 403
    assert _notice(settled).status == "sign_off"


def test_an_unknown_notice_cannot_be_issued(settled: Served) -> None:
    with settled.logged_in() as client:
        token = form_token(client.get("/").text)
        form = {"form_token": token, "version": "1"}
        assert client.post("/notices/none/issue", data=form).status_code == 404


def test_overdue_receipt_is_said_in_words(settled: Served) -> None:
    with settled.logged_in() as client:
        _issue(client, version=1)
        settled.clock.advance(dt.timedelta(hours=2))
        page = client.get("/notices").text
        overview = client.get("/").text
    assert "逾期未签收" in page
    assert "已超 01:00:00" in page
    assert "其中逾期 1" in page
    assert "left--late" in overview


def test_tabs_narrow_the_ledger(settled: Served) -> None:
    with settled.logged_in() as client:
        assert "没有通报" in client.get("/notices", params={"status": "issued"}).text
        _issue(client, version=1)
        assert DEPARTMENTS[0] in client.get("/notices", params={"status": "issued"}).text


def test_a_drill_s_notice_is_marked_and_apart(client: httpx.Client) -> None:
    assert DRILL_NOTICE not in client.get("/notices").text
    assert DRILL_NOTICE in client.get("/notices", params={"drill": DRILL}).text
    page = client.get(f"/notices/{DRILL_NOTICE}").text
    assert 'class="hatch"' in page
    assert "chip--drill" in page


def test_a_notice_leads_back_to_its_incident(client: httpx.Client) -> None:
    assert f'href="/incidents/{INCIDENT}"' in client.get(f"/notices/{NOTICE}").text
