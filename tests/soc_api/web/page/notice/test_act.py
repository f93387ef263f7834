import datetime as dt
import re

import httpx
import pytest
import sqlalchemy as sa

from playbooks.notice import acts
from playbooks.person import Person
from situation.state.tables import AuditLine, Delivery, Notice
from soc_api.permission import Permission
from soc_api.web.query.notice.act import ACTS
from tests.soc_api.web.city import INCIDENT, NOTICE, NOW, plan
from tests.soc_api.web.docket import EDUCATION, HOUSING, WATER
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

IDS = dict[str, str]


def _notice(docket: Served, notice_id: str) -> Notice:
    with docket.state.reading() as session:
        return session.get_one(Notice, notice_id)


def _act(
    client: httpx.Client, notice_id: str, act: str, *, came_from: str = "", **typed: str
) -> httpx.Response:
    page = client.get(f"/notices/{notice_id}").text
    found = re.search(r'name="version" value="(\d+)"', page)
    form = {"form_token": form_token(page), "version": found[1] if found else "0"} | typed
    headers = {"referer": f"{client.base_url}{came_from}"} if came_from else {}
    return client.post(f"/notices/{notice_id}/{act}", data=form, headers=headers)


def _buttons(page: str) -> str:
    start = page.index('<div class="acts')
    return page[start : page.index('<div class="row no-print nw">', start)]


def test_a_draft_goes_through_every_hand_to_the_department(docket: Served, ids: IDS) -> None:
    draft = ids["draft"]
    with docket.logged_in() as client:
        assert _act(client, draft, "submit").status_code == 303
        assert _act(client, draft, "judge", level="2", hazard_level="critical").status_code == 303
        judged = _notice(docket, draft)
        assert (judged.status, judged.level, judged.hazard_level) == ("graded", 2, "critical")
        assert _act(client, draft, "propose").status_code == 303
        refused = _act(client, draft, "issue")
    assert refused.status_code == 409
    assert "须由第二人办理" in refused.text
    with logged_in_as(docket, "duty_lead") as second:
        answer = _act(second, draft, "issue")
        page = second.get(f"/notices/{draft}").text
    assert answer.headers["location"] == f"/notices/{draft}"
    notice = _notice(docket, draft)
    assert (notice.status, notice.issued_by) == ("issued", "duty_lead-1")
    assert notice.issued_at == NOW
    assert "duty_lead 于 02:17 签发" in page
    with docket.state.reading() as session:
        told = session.scalars(sa.select(Delivery.channel).where(Delivery.object_id == draft)).all()
        lines = session.scalars(
            sa.select(AuditLine.action)
            .where(AuditLine.object_id == draft, AuditLine.actor == NAME)
            .order_by(AuditLine.number)
        ).all()
    assert told == ["portal"]
    assert list(lines) == ["notice.submit", "notice.judge", "notice.propose"]


def test_whoever_sent_it_to_the_sign_off_sees_the_button_dead_with_the_reason(
    docket: Served, ids: IDS
) -> None:
    with docket.state.transaction() as session:
        session.get_one(Notice, ids["sign_off"]).submitted_by = NAME
    with docket.logged_in() as client:
        buttons = _buttons(client.get(f"/notices/{ids['sign_off']}").text)
    assert re.search(r"<button[^>]* disabled>签发 · 须由第二人办理</button>", buttons)
    assert f"/notices/{ids['sign_off']}/issue" not in buttons


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("draft", {"submit", "dismiss", "edit"}, {"issue", "revoke", "remind", "archive"}),
        ("sign_off", {"issue", "send_back", "dismiss", "edit"}, {"submit", "revoke", "remind"}),
        ("issued", {"remind", "reassign", "supervise", "escalate", "revoke"}, {"edit", "issue"}),
        ("recheck", {"recheck", "supervise"}, {"archive", "revoke", "remind", "edit"}),
        ("passed", {"archive"}, {"remind", "revoke", "reassign", "edit"}),
        ("archived", set(), {act.name for act in ACTS} | {"edit"}),
    ],
)
def test_buttons_are_the_acts_that_the_state_has(
    docket: Served, ids: IDS, name: str, shown: set[str], hidden: set[str]
) -> None:
    with docket.logged_in() as client:
        buttons = _buttons(client.get(f"/notices/{ids[name]}").text)
    offered = set(re.findall(rf'/notices/{ids[name]}/([a-z_]+)"', buttons))
    assert shown <= offered
    assert not hidden & offered
    assert buttons.count("btn--go") <= 1


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("viewer", set()),
        ("auditor", set()),
        ("analyst", {"send_back", "dismiss", "escalate", "edit"}),
        ("duty_lead", {"issue", "send_back", "dismiss", "escalate", "edit"}),
    ],
)
def test_buttons_are_those_of_the_role(
    docket: Served, ids: IDS, role: str, shown: set[str]
) -> None:
    with logged_in_as(docket, role) as client:
        buttons = _buttons(client.get(f"/notices/{ids['sign_off']}").text)
    assert set(re.findall(rf'/notices/{ids["sign_off"]}/([a-z_]+)"', buttons)) == shown


def test_every_act_of_the_table_is_a_route_with_its_right(docket: Served) -> None:
    with logged_in_as(docket, "viewer") as client:
        token = form_token(client.get("/notices").text)
        for act in ACTS:
            answer = client.post(
                f"/notices/{NOTICE}/{act.name}", data={"form_token": token, "version": "1"}
            )
            assert answer.status_code == 403, act.name
            assert isinstance(act.permission, Permission)


def test_a_notice_goes_to_another_department_with_a_number_of_its_own(
    docket: Served, ids: IDS
) -> None:
    with docket.logged_in() as client:
        answer = _act(client, ids["issued"], "reassign", department=WATER, reason="资产属水厂")
        page = client.get(f"/notices/{ids['issued']}").text
    assert answer.status_code == 303
    assert "已转派" in page
    assert "资产属水厂" in page
    with docket.state.reading() as session:
        child = session.scalars(sa.select(Notice).where(Notice.parent_id == ids["issued"])).one()
    assert (child.department, child.status) == (WATER, "issued")
    assert f'href="/notices/{child.id}"' in page


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        ("revoke", {"reason": "  "}, "请写明理由。"),
        ("reassign", {"reason": "x", "department": ""}, "请写另一个单位的全称。"),
        ("reassign", {"reason": "", "department": WATER}, "请写明理由。"),
        ("supervise", {"reason": ""}, "请写明理由。"),
        ("escalate", {"reason": "x", "incident": "none"}, "这里不能是这个值，请改。"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    docket: Served, ids: IDS, act: str, typed: dict[str, str], said: str
) -> None:
    with docket.logged_in() as client:
        answer = _act(client, ids["issued"], act, **typed)
    assert answer.status_code == 422
    opened = re.search(
        r'<details name="act" class="act[^"]*" open>(.*?)</details>', answer.text, re.DOTALL
    )
    assert opened is not None
    assert f'action="/notices/{ids["issued"]}/{act}"' in opened[1]
    assert f">{said}</span>" in opened[1]
    assert 'aria-invalid="true"' in opened[1]
    for value in typed.values():
        assert not value.strip() or value == "none" or value in opened[1]
    assert _notice(docket, ids["issued"]).status == "issued"


def test_supervision_waits_for_a_second_person_beside_its_notice(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        assert _act(client, ids["unsigned"], "supervise", reason="逾期未签收").status_code == 303
        with docket.state.reading() as session:
            child = session.scalars(
                sa.select(Notice).where(Notice.parent_id == ids["unsigned"])
            ).one()
        page = client.get(f"/notices/{child.id}").text
    assert (child.kind, child.status, child.drafted_by) == ("supervision", "sign_off", NAME)
    assert "须由第二人办理" in _buttons(page)


def test_a_notice_that_grew_into_an_incident_leads_to_it(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        _act(client, ids["handling"], "escalate", incident=INCIDENT, reason="已出现外传")
        page = client.get(f"/notices/{ids['handling']}").text
    assert "升级为事件" in page
    assert f'href="/incidents/{INCIDENT}"' in page


def test_a_reminder_is_sent_and_written_down(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        _act(client, ids["issued"], "remind")
        page = client.get(f"/notices/{ids['issued']}").text
    assert page.count("催办") >= 3
    with docket.state.reading() as session:
        sent = sa.select(Delivery.occasion).where(Delivery.object_id == ids["issued"])
        assert any(each.startswith("remind_") for each in session.scalars(sent))


def test_a_notice_that_was_changed_is_not_acted_on_as_it_was_seen(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['sign_off']}").text
        with docket.state.transaction() as session:
            row = session.get_one(Notice, ids["sign_off"])
            row.contact = "另一人"
        form = {"form_token": form_token(page), "version": str(row.version - 1)}
        answer = client.post(f"/notices/{ids['sign_off']}/issue", data=form)
    assert answer.status_code == 409
    assert "别人刚改过它" in answer.text
    assert "另一人" in answer.text
    assert _notice(docket, ids["sign_off"]).status == "sign_off"


def test_an_act_of_another_state_is_refused_with_the_newest_state(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        early = _act(client, ids["issued"], "archive")
        late = _act(client, ids["archived"], "remind")
    assert (early.status_code, late.status_code) == (409, 409)
    assert "已不在可以这样做的状态" in early.text
    assert "它已办结，不能再改。" in late.text


def test_an_act_from_the_ledger_leads_back_to_its_filter(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        answer = _act(
            client, ids["issued"], "remind", came_from="/notices?status=issued&text=%E5%85%AC&at=x"
        )
        foreign = _act(client, ids["issued"], "remind", came_from="/noticesx?status=issued")
        page = client.get(answer.headers["location"]).text
    assert "02:17 催办 示网隐通〔2026〕第003号" in page[page.index('<div class="keys">') :]
    back = httpx.URL(answer.headers["location"])
    assert back.path == "/notices"
    notice_id = ids["issued"]
    told = {"status": "issued", "text": "公", "at": notice_id, "of": notice_id}
    assert dict(back.params) == told
    assert foreign.headers["location"] == f"/notices/{ids['issued']}"


def test_nothing_is_done_without_login_token_or_a_notice(docket: Served, ids: IDS) -> None:
    with docket.browser() as stranger:
        form = {"version": "1"}
        assert stranger.post(f"/notices/{ids['issued']}/revoke", data=form).status_code == 303
    with docket.logged_in() as client:
        assert client.post(f"/notices/{ids['issued']}/revoke", data=form).status_code == 403
        form["form_token"] = form_token(client.get("/notices").text)
        assert client.post("/notices/none/revoke", data=form | {"reason": "x"}).status_code == 404
    assert _notice(docket, ids["issued"]).status == "issued"


def test_a_department_finds_no_act_of_the_desk(docket: Served, ids: IDS) -> None:
    with logged_in_as(docket, "department", department=EDUCATION) as client:
        assert client.get(f"/notices/{ids['unsigned']}").status_code == 404
        token = form_token(client.get("/portal").text)
        form = {"form_token": token, "version": "1", "reason": "x"}
        assert client.post(f"/notices/{ids['unsigned']}/revoke", data=form).status_code == 404


def test_overdue_receipt_is_said_until_it_is_signed_for(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        docket.clock.advance(dt.timedelta(minutes=11))
        late = client.get("/notices", params={"at": ids["issued"]}).text
        with docket.state.transaction() as session:
            row = session.get_one(Notice, ids["issued"])
            by = Person("x", "department", row.department)
            acts.sign(
                session, plan(), row.id, by=by, expected_version=row.version, now=docket.clock.now()
            )
        signed = client.get(f"/notices/{ids['issued']}").text
    assert "逾期未签收" in late
    assert "已超 01:00" in late
    assert "已签收" in signed
    assert _notice(docket, ids["wish"]).department == HOUSING
