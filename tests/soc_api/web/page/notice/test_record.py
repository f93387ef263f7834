import datetime as dt
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import (
    Attachment,
    AuditLine,
    Delivery,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)
from tests.soc_api.web.city import DRILL, DRILL_NOTICE, INCIDENT, NOTICE, NOW, settle
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
    assert notice.receipt_due == NOW + dt.timedelta(hours=4)
    assert "值班长 周 于 02:17 签发" in page
    assert "待签收" in page
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
    assert "别人刚改过它" in answer.text
    assert "待签收" in answer.text


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
        token = form_token(client.get("/notices").text)
        form = {"form_token": token, "version": "1"}
        assert client.post("/notices/none/issue", data=form).status_code == 404


def test_overdue_receipt_is_said_in_words(settled: Served) -> None:
    with settled.logged_in() as client:
        _issue(client, version=1)
    settled.clock.advance(dt.timedelta(hours=5))
    with settled.logged_in() as client:
        page = client.get("/notices").text
        overview = client.get("/").text
    assert "逾期未签收" in page
    assert "已超 01:00:00" in page
    assert "其中逾期 1" in page
    assert "left--late" in overview


def test_a_drill_s_notice_is_marked_and_apart(client: httpx.Client) -> None:
    assert DRILL_NOTICE not in client.get("/notices").text
    assert DRILL_NOTICE in client.get("/notices", params={"drill": DRILL}).text
    page = client.get(f"/notices/{DRILL_NOTICE}").text
    assert 'class="hatch"' in page
    assert "chip--drill" in page


def test_a_notice_leads_back_to_its_incident(client: httpx.Client) -> None:
    assert f'href="/incidents/{INCIDENT}"' in client.get(f"/notices/{NOTICE}").text


def test_the_loop_tells_who_did_what_and_what_is_left(docket: Served, ids: dict[str, str]) -> None:
    with docket.logged_in() as client:
        loops = {name: _loop(client.get(f"/notices/{ids[name]}").text) for name in ids}
    told = ("签发", "15 日 14:17", "门户", "用时 1 小时", "2 / 3 项", "第 2 次", "剩 14:00:00")
    assert all(words in loops["recheck"] for words in told)
    assert loops["recheck"].count('class="past"') == 5
    assert 'aria-current="step">复核' in loops["recheck"]
    assert 'aria-current="step">起草' in loops["draft"]
    assert "送达" not in loops["draft"]
    assert "aria-current" not in loops["archived"]
    assert loops["archived"].count('class="past"') == 7
    assert loops["dismissed"].count('class="past"') == 2
    assert "已归档" in loops["archived"]
    assert "不予通报" in loops["dismissed"]


def test_each_delivery_is_told_with_its_state(docket: Served, ids: dict[str, str]) -> None:
    with docket.state.transaction() as session:
        rows = session.scalars(
            sa.select(Delivery).where(
                Delivery.object_id == ids["wish"], Delivery.channel != "portal"
            )
        ).all()
        mail, wecom = sorted(rows, key=lambda row: row.channel)
        mail.state, mail.dead_at, mail.last_error = "dead", NOW, "550 no such mailbox"
        wecom.attempts, wecom.next_try_at = 3, NOW + dt.timedelta(minutes=5)
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['wish']}").text
    table = page[page.index("<h2>送达</h2>") :]
    assert "1 / 3 已送达" in table
    assert "送不到" in table
    assert "02:17，550 no such mailbox" in table
    assert "02:22 再试，已试 3 次" in table
    assert "本单位" in table
    assert 'href="/outbox?state=dead"' in table


def test_a_supervised_notice_and_its_supervision_lead_to_each_other(
    docket: Served, ids: dict[str, str]
) -> None:
    with docket.state.reading() as session:
        query = sa.select(Notice).where(Notice.parent_id == ids["supervised"])
        child = session.scalars(query).one()
    with docket.logged_in() as client:
        assert f'href="/notices/{child.id}"' in client.get(f"/notices/{ids['supervised']}").text
        assert f'href="/notices/{ids["supervised"]}"' in client.get(f"/notices/{child.id}").text


def test_a_closed_notice_runs_no_clock(docket: Served, ids: dict[str, str]) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['dismissed']}").text
    main = page[page.index("<main") :]
    assert "data-due" not in main
    assert "核实为蜜罐" in main


def test_the_pane_is_the_notice_without_its_frame(docket: Served, ids: dict[str, str]) -> None:
    with docket.logged_in() as client:
        pane = client.get(f"/notices/{ids['recheck']}/pane").text
    assert "<html" not in pane
    assert 'id="review"' in pane
    assert f'href="/notices/{ids["recheck"]}"' in pane


def test_a_notice_is_whole_in_english(docket: Served, ids: dict[str, str]) -> None:
    with docket.logged_in() as client:
        token = form_token(client.get("/notices").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get(f"/notices/{ids['recheck']}").text
    for words in ("Answer, round 2", "Round 1: Partly rectified", "To recheck", "Deliveries"):
        assert words in page


CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' onmouseover='alert(3)",
    "</textarea><svg/onload=alert(4)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
)


@pytest.mark.parametrize("evil", CORPUS)
def test_no_text_of_anybody_becomes_markup(docket: Served, ids: dict[str, str], evil: str) -> None:
    _poison(docket, evil)
    with docket.logged_in() as client:
        pages = [
            client.get(path)
            for path in (
                "/notices?facets=1",
                "/notices?text=" + quote(evil),
                "/notices?department=" + quote(evil),
                "/statistics",
                "/notices/new",
                f"/notices/{ids['recheck']}",
                f"/notices/{ids['recheck']}/pane",
                f"/notices/{ids['wish']}",
                f"/notices/{ids['supervised']}",
                f"/notices/{ids['draft']}/edit",
            )
        ]
    for page in pages:
        assert page.status_code == 200, page.url
        assert _living(page.text) == ["script"]
    if evil.startswith("<"):
        assert "&lt;" in pages[5].text


class _Markup(HTMLParser):
    """Keeps the elements that could run something: scripts, images, handlers of events."""

    def __init__(self) -> None:
        super().__init__()
        self.living: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "iframe") or any(name.startswith("on") for name, _ in attrs):
            self.living.append(tag)


def _living(page: str) -> list[str]:
    markup = _Markup()
    markup.feed(page)
    # The pane is a fragment: it has no script of the page either.
    return markup.living if "<html" in page else ["script", *markup.living]


def _poison(docket: Served, evil: str) -> None:
    """Put a text into every text of every notice and of what hangs on it."""
    shown = {
        Notice: ("contact", "title_zh", "title_en", "close_reason", "assignee", "issued_by"),
        Feedback: ("cause", "measures", "result", "residual", "responsible", "phone", "opinion"),
        Extension: ("reason", "asked_by"),
        RectificationItem: ("title", "remark"),
        Attachment: ("name", "uploaded_by"),
        Delivery: ("recipient", "channel", "occasion", "last_error"),
    }
    with docket.state.transaction() as session:
        for table, columns in shown.items():
            for number, row in enumerate(session.scalars(sa.select(table))):
                for column in columns:
                    setattr(row, column, f"{evil}{number if table is Delivery else ''}")
        for notice in session.scalars(sa.select(Notice)):
            notice.department = evil
            field = {"label_zh": evil, "label_en": evil, "value": [{"zh": evil, "en": evil}, evil]}
            notice.fields = {f"{evil}{key}": field for key in notice.fields}


def _loop(page: str) -> str:
    start = page.index('<ol class="steps"')
    return page[start : page.index("</ol>", start)]


def test_what_no_channel_takes_is_said_not_to_be_sent(docket: Served, ids: dict[str, str]) -> None:
    with docket.state.transaction() as session:
        query = sa.select(Delivery).where(Delivery.object_id == ids["wish"])
        for row in session.scalars(query.where(Delivery.channel == "wecom")):
            row.state, row.last_error = "skipped", "no such channel: wecom"
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['wish']}").text
    assert "未发送" in page
    assert "no such channel: wecom" in page
