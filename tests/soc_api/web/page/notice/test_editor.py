import re
from html import unescape

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import Notice, RectificationItem
from tests.soc_api.web.city import DRILL, INCIDENT, NOTICE
from tests.soc_api.web.docket import FORM, HOUSING
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

IDS = dict[str, str]
TYPED = {
    "kind": "hazard",
    "department": HOUSING,
    "title_zh": "房屋安全管理系统存在未授权访问",
    "title_en": "Lease system readable without login",
    "level": "2",
    "hazard_level": "high",
    "items": "接口接入统一认证\n\n关闭外网直连\n",
} | {f"field.{key}": value for key, value in FORM.items()}


def _send(client: httpx.Client, path: str, typed: dict[str, str]) -> httpx.Response:
    return client.post(path, data={"form_token": form_token(client.get("/notices").text)} | typed)


def _newest(docket: Served) -> Notice:
    with docket.state.reading() as session:
        return session.scalars(
            sa.select(Notice).order_by(Notice.created_at.desc(), Notice.number.desc())
        ).first() or pytest.fail("there is no notice")


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def _hint(page: str, field: str) -> str:
    found = re.search(rf'id="bad-{re.escape(field)}">([^<]+)<', page)
    return found[1] if found else ""


def test_the_form_is_that_of_the_plan_with_its_marks(docket: Served) -> None:
    with docket.logged_in() as client:
        page = client.get("/notices/new").text
        order = client.get("/notices/new", params={"kind": "rectification"}).text
    assert "隐患编号" in page
    assert re.search(r"数据编号 <span class=\"meta\">（可不填）</span>", page)
    assert not re.search(r"隐患编号 <span class=\"meta\">（可不填）", page)
    assert HOUSING in page
    assert INCIDENT in page
    assert "整改要求" in order
    assert "隐患编号" not in order
    assert 'name="field.number"' not in page


def test_a_draft_is_kept_and_stands_in_the_ledger(docket: Served) -> None:
    with docket.logged_in() as client:
        answer = _send(client, "/notices/new", TYPED)
        page = client.get(answer.headers["location"]).text
    notice = _newest(docket)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/notices/{notice.id}"
    assert (notice.status, notice.drafted_by, notice.level) == ("draft", NAME, 2)
    assert "起草中" in page
    assert "返回内容含姓名与证件号" in page
    with docket.state.reading() as session:
        query = sa.select(RectificationItem.title).where(RectificationItem.notice_id == notice.id)
        assert session.scalars(query.order_by(RectificationItem.position)).all() == [
            "接口接入统一认证",
            "关闭外网直连",
        ]


def test_a_draft_is_kept_and_submitted_at_once(docket: Served) -> None:
    with docket.logged_in() as client:
        _send(client, "/notices/new", TYPED | {"do": "submit"})
    notice = _newest(docket)
    assert (notice.status, notice.submitted_by) == ("triage", NAME)


def test_all_that_is_missing_is_said_at_once_and_the_rest_stays(docket: Served) -> None:
    before = _newest(docket).id
    typed = TYPED | {"department": " ", "field.system": "", "hazard_level": ""}
    with docket.logged_in() as client:
        answer = _send(client, "/notices/new", typed)
    assert answer.status_code == 422
    assert "3 处要改" in answer.text
    for field in ("department", "system", "hazard_level"):
        assert _hint(answer.text, field) == "请填写。"
    assert FORM["hazard_url"] in answer.text
    assert "关闭外网直连" in answer.text
    assert _newest(docket).id == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"field.found_at": "yesterday"}, "found_at"),
        ({"field.records": "many"}, "records"),
        ({"title_zh": "长" * 201}, "title_zh"),
        ({"incident_id": "none"}, "incident_id"),
        ({"items": "x" * 201}, "items"),
    ],
)
def test_a_wrong_value_is_said_at_its_field(
    docket: Served, changed: dict[str, str], field: str
) -> None:
    with docket.logged_in() as client:
        answer = _send(client, "/notices/new", TYPED | changed)
    assert answer.status_code == 422
    assert _hint(answer.text, field) == "这里不能是这个值，请改。"


def test_another_kind_shows_another_form_and_keeps_what_is_alike(docket: Served) -> None:
    with docket.logged_in() as client:
        answer = _send(client, "/notices/new", TYPED | {"kind": "rectification", "do": "show"})
    assert answer.status_code == 200
    assert "整改要求" in answer.text
    assert f'name="field.system" maxlength="2000" value="{FORM["system"]}"' in answer.text
    assert "bad-" not in answer.text


def test_a_notice_is_begun_from_an_incident(docket: Served) -> None:
    with docket.logged_in() as client:
        page = client.get("/notices/new", params={"incident": INCIDENT}).text
    assert 'value="incident" selected' in page
    assert f'value="{INCIDENT}" selected' in page
    assert 'value="公积金中心业务前置机失陷并外传数据"' in page


def test_the_preview_is_what_would_go_out(docket: Served) -> None:
    with docket.logged_in() as client:
        fragment = _send(client, "/notices/preview", TYPED).text
        empty = _send(client, "/notices/preview", {"kind": "hazard"}).text
    for words in (
        "房屋安全管理系统存在未授权访问",
        f"致 {HOUSING}",
        "签收 03:17 前",
        "核实隐患，按期整改",
        "必填栏齐全",
    ):
        assert words in fragment
    assert "<html" not in fragment
    assert "还缺" in empty
    assert "（标题）" in empty


def test_a_draft_is_changed_by_hand(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['draft']}/edit").text
        assert "接口未接入统一认证" in page
        typed = TYPED | {"version": _version(page), "field.owner_type": "机关"}
        answer = _send(client, f"/notices/{ids['draft']}/edit", typed)
        page = client.get(f"/notices/{ids['draft']}").text
    assert answer.status_code == 303
    assert "机关" in page
    with docket.state.reading() as session:
        row = session.get_one(Notice, ids["draft"])
    assert (row.edited_by, row.title_zh) == (NAME, TYPED["title_zh"])
    assert row.department != HOUSING


def test_whoever_edited_it_last_cannot_issue_it(docket: Served) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{NOTICE}/edit").text
        fields = dict(re.findall(r'name="(field\.\w+)"[^>]*value="([^"]*)"', page))
        fields |= dict(re.findall(r'<textarea[^>]*name="(field\.\w+)"[^>]*>([^<]*)<', page))
        typed = {key: unescape(value) for key, value in fields.items()}
        typed |= {"version": _version(page), "title_zh": "改过的标题", "level": "3"}
        typed["field.first_seen"] = "2026-03-18 01:17:09"
        assert _send(client, f"/notices/{NOTICE}/edit", typed).status_code == 303
        page = client.get(f"/notices/{NOTICE}").text
    assert "改过的标题" in page
    assert "签发 · 须由第二人办理" in page


def test_whoever_saves_second_keeps_what_was_typed_and_is_told(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['draft']}/edit").text
        with docket.state.transaction() as session:
            session.get_one(Notice, ids["draft"]).contact = "另一人"
        typed = TYPED | {"version": _version(page)}
        answer = _send(client, f"/notices/{ids['draft']}/edit", typed)
        assert answer.status_code == 409
        assert "你写的时候别人改过这份草稿" in answer.text
        assert TYPED["title_zh"] in answer.text
        again = TYPED | {"version": _version(answer.text)}
        assert _send(client, f"/notices/{ids['draft']}/edit", again).status_code == 303


def test_what_was_issued_is_edited_no_more(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['issued']}/edit")
        answer = _send(client, f"/notices/{ids['issued']}/edit", TYPED | {"version": "9"})
    assert page.status_code == 409
    assert answer.status_code == 409
    with docket.state.reading() as session:
        assert session.get_one(Notice, ids["issued"]).title_zh != TYPED["title_zh"]


def test_a_draft_of_a_drill_stays_in_it(docket: Served) -> None:
    with docket.logged_in() as client:
        page = client.get("/notices/new", params={"drill": DRILL}).text
        assert f'name="drill" value="{DRILL}"' in page
        _send(client, "/notices/new", TYPED | {"drill": DRILL})
        listed = client.get("/notices", params={"drill": DRILL}).text
    assert "【演练】房屋安全管理系统" in listed
    with docket.state.reading() as session:
        row = session.scalars(
            sa.select(Notice).where(Notice.drill_id == DRILL, Notice.kind == "hazard")
        ).one()
    assert row.title_zh.startswith("【演练】")


def test_only_who_may_draft_sees_the_editor(docket: Served, ids: IDS) -> None:
    with logged_in_as(docket, "viewer") as client:
        for path in ("/notices/new", f"/notices/{ids['draft']}/edit"):
            assert client.get(path).status_code == 403
        assert _send(client, "/notices/new", TYPED).status_code == 403
        assert _send(client, "/notices/preview", TYPED).status_code == 403


def test_a_draft_needs_the_token_of_the_page_and_a_notice(docket: Served) -> None:
    with docket.logged_in() as client:
        assert client.post("/notices/new", data=TYPED).status_code == 403
        assert client.get("/notices/none/edit").status_code == 404
        assert _send(client, "/notices/none/edit", TYPED).status_code == 404


def test_the_editor_is_whole_in_english(docket: Served) -> None:
    with docket.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get("/notices/new", params={"kind": "rectification"}).text
        wrong = _send(client, "/notices/new", {"kind": "rectification"}).text
    for words in ("Unit, full name", "Save and submit", "required fields are empty", "(optional)"):
        assert words in page
    assert "Fill this in." in wrong
