import re

import httpx
import pytest

from situation.state.tables import GradeChange, Incident, RunningClock
from tests.soc_api.web.busy_incident import HOSTILE, ask_down
from tests.soc_api.web.city import DRILL_INCIDENT, INCIDENT, SMALL_INCIDENT, settle
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

ADDRESS = f"/incidents/{INCIDENT}/grade"
OUTAGE = "outage_minutes.portal_city_up"


@pytest.fixture
def served(desk: Served) -> Served:
    settle(desk.state, desk.events, alerts=5)
    return desk


def _form(client: httpx.Client, path: str = ADDRESS) -> dict[str, str | list[str]]:
    page = client.get(path).text
    page = page[page.index('<form class="page') :]
    texts = re.findall(r'<input class="input input--n[^"]*" name="([^"]+)" value="([^"]*)"', page)
    chosen = re.findall(
        r'<select class="input--n" name="([^"]+)".*?(?:value="([^"]*)" selected.*?)?</select>', page
    )
    ticked = re.findall(r'name="assumed" value="([^"]+)" checked', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    base: dict[str, str | list[str]] = {**dict(texts), **dict(chosen), "assumed": ticked}
    return base | {"form_token": form_token(page), "version": version[1]}


def _row(served: Served, incident_id: str = INCIDENT) -> Incident:
    with served.state.reading() as session:
        return session.get_one(Incident, incident_id)


def _source(row: Incident, key: str) -> dict[str, object]:
    source = row.fact_sources[key]
    assert isinstance(source, dict)
    return source


def test_the_form_shows_each_fact_with_its_source_and_what_it_counts_for(served: Served) -> None:
    with served.logged_in() as client:
        page = client.get(ADDRESS).text
    assert 'name="persons_leaked" value="1,240,000"' in page
    assert "按数据目录估算" in page
    assert "网络安全事件分级指南 5" in page
    assert '<option value="important" selected>重要</option>' in page
    assert page.count('<span class="st">未知</span>') > 10


def test_the_preview_says_level_clause_and_clocks_of_what_was_typed(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {OUTAGE: "370"}
        part = client.post(f"{ADDRESS}/preview", data=form).text
    assert "<html" not in part
    assert re.search(r"Ⅲ</i>较大</span>.*Ⅱ</i>重大</span>", part)
    assert "≥ 360 分钟：<b>370 分钟</b>" in part
    assert "待启动" in part
    assert "不变" in part
    assert "限 05:38" in part
    assert "定为 Ⅱ 级" in part
    assert _row(served).level == 3


def test_a_value_that_cannot_be_read_is_kept_with_the_way_to_mend_it(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {"people_affected": "12 万？", OUTAGE: "370", "act": "save"}
        part = client.post(f"{ADDRESS}/preview", data=form).text
        page = client.post(ADDRESS, data=form | {"reason": "电话"})
    assert '<p data-fault="people_affected">请填整数' in part
    assert "定为 Ⅱ 级" in part
    assert page.status_code == 422
    assert 'value="12 万？"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "请填整数，如 120000" in page.text
    assert _row(served).level == 3


def test_the_outcome_is_shown_without_scripts_too(served: Served) -> None:
    with served.logged_in() as client:
        page = client.post(ADDRESS, data=_form(client) | {OUTAGE: "370", "act": "preview"})
    assert page.status_code == 200
    assert "定为 Ⅱ 级" in page.text
    assert 'value="370"' in page.text
    assert _row(served).level == 3


def test_confirmed_facts_raise_the_level_and_keep_the_clocks(served: Served) -> None:
    reason = "电话获知门户 19:52 起无法访问"
    with served.logged_in() as client:
        form = _form(client) | {OUTAGE: "370", "act": "save", "reason": reason}
        answer = client.post(ADDRESS, data=form)
        page = client.get(answer.headers["location"]).text
    row = _row(served)
    assert answer.status_code == 303
    assert row.level == 2
    source = _source(row, OUTAGE)
    assert (source["state"], source["origin"], source["by"]) == ("proved", "person", NAME)
    assert "Ⅱ</i>重大" in page
    assert f'Ⅱ 重大，值班长 周<br><span class="meta">{reason}</span>' in page
    with served.state.reading() as session:
        running = session.query(RunningClock).filter_by(incident_id=INCIDENT, state="running")
        assert {"T-OTH-1", "T-CITY"} <= {clock.clock for clock in running}


def test_a_ticked_fact_is_recorded_as_assumed(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client)
        ticked = [*form["assumed"], "loss_rmb"]
        sent = form | {"loss_rmb": "600万", "assumed": ticked, "act": "save", "reason": "听说"}
        client.post(ADDRESS, data=sent)
    row = _row(served)
    assert row.facts["loss_rmb"] == 6_000_000
    assert _source(row, "loss_rmb")["state"] == "assumed"


def test_nothing_changed_is_said_so(served: Served) -> None:
    with served.logged_in() as client:
        answer = client.post(ADDRESS, data=_form(client) | {"act": "save", "reason": "电话"})
    assert answer.status_code == 409
    assert "没有改动任何事实" in answer.text


def test_facts_without_a_reason_are_kept_in_the_form(served: Served) -> None:
    with served.logged_in() as client:
        answer = client.post(ADDRESS, data=_form(client) | {OUTAGE: "370", "act": "save"})
    assert answer.status_code == 409
    assert "请写明理由" in answer.text
    assert 'value="370"' in answer.text
    assert _row(served).level == 3


def test_a_form_that_was_overtaken_is_shown_with_what_is_there_now(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {OUTAGE: "370", "act": "save", "reason": "电话"}
        client.post(ADDRESS, data=form | {OUTAGE: "130"})
        stale = client.post(ADDRESS, data=form)
        again = re.search(r'name="version" value="(\d+)"', stale.text)
        assert again is not None
        mended = client.post(ADDRESS, data=form | {"version": again[1]})
    assert stale.status_code == 409
    assert "别人刚改过它" in stale.text
    assert "最近一次改动：02:17 补充事实，值班长 周：电话" in stale.text
    assert 'value="370"' in stale.text
    assert "130 分钟 → <b>370 分钟</b>" in stale.text
    assert mended.status_code == 303
    assert _row(served).level == 2


def test_milder_facts_are_kept_and_a_second_person_is_asked(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {
            "persons_leaked": "120,000",
            "reason": "电话核实为 12 万人，估算有误",
        }
        part = client.post(f"{ADDRESS}/preview", data=form).text
        answer = client.post(ADDRESS, data=form | {"act": "ask"})
        page = client.get(f"/incidents/{INCIDENT}").text
        again = client.get(ADDRESS).text
        overview = client.get("/").text
    assert "级别不会自动降低" in part
    assert "申请降为 Ⅳ 级" in part
    assert answer.status_code == 303
    assert _row(served).level == 3
    assert _row(served).facts_level == 4
    assert "事实现在是 Ⅳ 一般" in page
    assert "待第二人确认" in page
    assert "已有降级申请待确认" in again
    assert "降级 Ⅲ → Ⅳ" in overview
    assert "你提出的，须由别人办" in overview


def test_a_short_reason_does_not_lower_a_level(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {"persons_leaked": "1", "act": "ask", "reason": "误报"}
        answer = client.post(ADDRESS, data=form)
    assert answer.status_code == 409
    assert "至少 10 个字" in answer.text
    assert _row(served).facts["persons_leaked"] == 1_240_000
    with served.state.reading() as session:
        assert session.query(GradeChange).count() == 0


def test_ransom_is_told_with_its_details(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {"ransomware": "yes", "ransomware.amount": "未要求"}
        part = client.post(f"{ADDRESS}/preview", data=form).text
        client.post(ADDRESS, data=form | {"act": "save", "reason": "电话"})
        page = client.get(ADDRESS).text
    assert "赎金金额：<b>未要求</b>" in part
    assert "勒索事件须报告赎金" in part
    assert _row(served).facts["ransomware"] == {"amount": "未要求"}
    assert '<option value="yes" selected>' in page


def test_what_is_typed_never_becomes_markup(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {"loss_rmb": HOSTILE, "ransomware.method": HOSTILE}
        part = client.post(f"{ADDRESS}/preview", data=form).text
        page = client.post(ADDRESS, data=form | {"act": "preview", "reason": HOSTILE}).text
    assert HOSTILE not in part + page
    assert page.count("&lt;b onclick=") >= 3


def test_the_form_is_whole_in_english(served: Served) -> None:
    with served.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        form = _form(client) | {OUTAGE: "370"}
        page = client.get(ADDRESS).text
        part = client.post(f"{ADDRESS}/preview", data=form).text
    assert "If confirmed" in page
    assert "Cybersecurity Incident Grading Guide 5" in page
    assert "Set to Ⅱ" in part


@pytest.mark.parametrize("role", ["viewer", "auditor", "drill_director"])
def test_who_may_not_grade_gets_no_form(served: Served, role: str) -> None:
    with logged_in_as(served, role) as client:
        assert client.get(ADDRESS).status_code == 403


def test_an_analyst_may_complete_facts(served: Served) -> None:
    with logged_in_as(served, "analyst") as client:
        form = _form(client) | {OUTAGE: "370", "act": "save", "reason": "电话"}
        assert client.post(ADDRESS, data=form).status_code == 303
    assert _row(served).level == 2


def test_a_form_of_elsewhere_changes_nothing(served: Served) -> None:
    with served.logged_in() as client:
        form = _form(client) | {OUTAGE: "370", "act": "save", "reason": "电话"}
        answer = client.post(ADDRESS, data=form | {"form_token": "x"})
    assert answer.status_code == 403
    assert _row(served).level == 3


def test_no_incident_has_no_form(served: Served) -> None:
    with served.logged_in() as client:
        assert client.get("/incidents/none/grade").status_code == 404
        token = form_token(client.get("/").text)
        sent = client.post("/incidents/none/grade/preview", data={"form_token": token})
    assert sent.status_code == 404


def test_a_drill_and_an_incident_without_facts_have_the_form(served: Served) -> None:
    with served.logged_in() as client:
        drill = client.get(f"/incidents/{DRILL_INCIDENT}/grade").text
        small = client.get(f"/incidents/{SMALL_INCIDENT}/grade").text
    assert 'class="hatch"' in drill
    assert 'name="outage_minutes.portal_city_up" value="12"' in small


def test_a_downgrade_that_waits_is_not_asked_for_twice(served: Served) -> None:
    with served.state.transaction() as session:
        ask_down(session)
    with served.logged_in() as client:
        form = _form(client) | {"persons_leaked": "1", "act": "ask"}
        answer = client.post(ADDRESS, data=form | {"reason": "电话核实只有一个人的数据"})
    assert answer.status_code == 409
    assert "已有一个降级申请" in answer.text
