import datetime as dt
import re

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import (
    AuditLine,
    GradeChange,
    Incident,
    RunningClock,
)
from soc_api.web.term import Names
from tests.soc_api.web.busy_incident import (
    DRAFT_REPORT,
    HOSTILE,
    SENT_REPORT,
    ask_down,
    clock_in,
    work_on,
)
from tests.soc_api.web.city import (
    DRILL,
    DRILL_INCIDENT,
    INCIDENT,
    NOTICE,
    NOW,
    SMALL_INCIDENT,
    add_incidents,
    alert_id,
    plan,
    settle,
)
from tests.soc_api.web.holding import FAILED_RUN, RUN, hold
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

ADDRESS = f"/incidents/{INCIDENT}"


@pytest.fixture
def busy(desk: Served) -> Served:
    """A console whose incident is in the middle of its handling."""
    settle(desk.state, desk.events, alerts=5)
    with desk.state.transaction() as session:
        work_on(session)
    return desk


def _send(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    token = form_token(client.get("/").text)
    return client.post(path, data={"form_token": token, **fields})


def _incident(served: Served) -> Incident:
    with served.state.reading() as session:
        return session.get_one(Incident, INCIDENT)


def test_the_list_begins_with_the_gravest(client: httpx.Client) -> None:
    page = client.get("/incidents").text
    assert re.findall(r'<tr data-id="([^"]+)"', page) == [INCIDENT, SMALL_INCIDENT]
    assert "01:21:00" in page
    assert "无时限" in page


def test_an_incident_says_which_clause_and_which_fact_made_its_grade(
    client: httpx.Client,
) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    assert '<span class="grade g-3"><i>Ⅲ</i>较大</span>' in page
    assert "《网络安全事件分级指南》（2025）" in page
    assert "≥ 1,000,000 人：<b>1,240,000 人</b>" in page
    assert "已核对" in page
    assert "待核对" in page
    assert "重要 × 较大" in page


def test_facts_are_told_apart_by_how_sure_they_are(client: httpx.Client) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    assert "3 项待核实" in page
    assert "已证实" in page
    assert "按数据目录估算" in page
    assert f"未知 {len(Names(plan()).facts()) - 4} 项" in page
    assert "直接经济损失" in page


def test_clocks_run_from_their_due_times(client: httpx.Client) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    due = (NOW - dt.timedelta(minutes=39) + dt.timedelta(hours=2)).isoformat()
    assert f'data-due="{due}"' in page
    assert ">01:21:00<" in page
    assert "02:06 已完成" in page
    assert "省级网信部门" in page


def test_a_clock_that_is_over_or_close_says_so(desk: Served) -> None:
    settle(desk.state, desk.events)
    desk.clock.advance(dt.timedelta(hours=1, minutes=1))
    with desk.logged_in() as client:
        close = client.get(f"/incidents/{INCIDENT}").text
    desk.clock.advance(dt.timedelta(hours=1))
    with desk.logged_in() as client:
        over = client.get(f"/incidents/{INCIDENT}").text
    assert 'class="clock clock--soon"' in close
    assert ">20:00<" in close
    assert 'class="clock clock--late"' in over
    assert ">已超 40:00<" in over


def test_a_withdrawn_clock_stays_in_sight_and_does_not_run(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        for clock in session.query(RunningClock).filter_by(incident_id=INCIDENT, state="running"):
            clock.state = "withdrawn"
    with desk.logged_in() as client:
        page = client.get(f"/incidents/{INCIDENT}").text
        overview = client.get("/").text
    assert page.count('<span class="clock__left">已撤销</span>') == 2
    assert "首次报告 <a" not in overview


def test_the_course_holds_alerts_clocks_notices_and_changes_newest_first(
    client: httpx.Client,
) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    course = page[page.index('<ol class="tl">') :]
    times = re.findall(r"<time datetime=\"([^\"]+)\"", course[: course.index("</ol>")])
    assert times == sorted(times, reverse=True)
    assert len(times) == 11
    only = client.get(f"/incidents/{INCIDENT}", params={"kind": "notice"}).text
    course = only[only.index('<ol class="tl">') :]
    assert course[: course.index("</ol>")].count("<li>") == 1
    assert f'href="/notices/{NOTICE}"' in course


def test_an_incident_leads_to_its_alerts_notice_and_entities(client: httpx.Client) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    assert f'href="/notices/{NOTICE}" data-key="n"' in page
    assert all(f'href="/alerts/{alert_id(rank)}"' in page for rank in range(5))
    assert "text=2001%3Adb8%3A4f2a%3A77b0%3A0%3A1%3A2%3A3" in page
    assert "T1046 → T1071.004 → T1071.001 → T1110.001 → T1048" in page


def test_an_incident_with_nothing_but_its_grade_has_a_page(client: httpx.Client) -> None:
    page = client.get(f"/incidents/{SMALL_INCIDENT}").text
    for words in ("此级别不启动时钟", "没有通报", "没有实体", "12 分钟"):
        assert words in page


def test_a_drill_s_incident_is_marked_and_apart(client: httpx.Client) -> None:
    assert DRILL_INCIDENT not in client.get("/incidents", params={"status": "all"}).text
    assert DRILL_INCIDENT in client.get("/incidents", params={"drill": DRILL}).text
    assert 'class="hatch"' in client.get(f"/incidents/{DRILL_INCIDENT}").text


def test_closed_incidents_have_their_own_list(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        row = session.get_one(Incident, SMALL_INCIDENT)
        row.status, row.stage = "closed", "archived"
    with desk.logged_in() as client:
        assert SMALL_INCIDENT not in client.get("/incidents").text
        assert SMALL_INCIDENT in client.get("/incidents", params={"status": "closed"}).text
        page = client.get(f"/incidents/{SMALL_INCIDENT}").text
    assert '<li class="past">已归档' in page
    assert "/stage" not in page


def test_an_empty_city_has_an_empty_list_with_a_reason(desk: Served) -> None:
    with desk.logged_in() as client:
        assert "没有事件" in client.get("/incidents").text


def test_clauses_and_addressees_are_told_in_english(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        page = client.get(f"/incidents/{INCIDENT}").text
    assert "National Cybersecurity Incident Reporting Measures (2025) 4" in page
    assert "provincial cyberspace administration" in page
    assert "<b>1,240,000 persons</b>" in page


def test_the_stages_say_when_and_by_whom(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
    steps = page[page.index('<ol class="steps"') :]
    assert '<li class="past">已定级<small>01:38 系统</small></li>' in steps
    assert '<li aria-current="step">响应中<small>01:47 值班长 周</small></li>' in steps


def test_a_clock_of_every_state_tells_what_it_does(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
    for words in (
        "已超 20:00",
        "暂停，剩 45:00",
        "waiting_for_court",
        "上一级收到报告时起算",
        "响应结束时起算",
        "时限 30 天",
        "提前 32 分",
    ):
        assert words in page


def test_a_duty_at_once_stands_beside_the_clocks(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
    assert '<span class="clock__left">立即</span>' in page
    assert "《个人信息保护法》57" in page


def test_what_somebody_typed_never_becomes_markup(busy: Served) -> None:
    with busy.state.transaction() as session:
        ask_down(session)
    with busy.logged_in() as client:
        pages = [client.get(path).text for path in (ADDRESS, f"{ADDRESS}/grade", "/")]
    assert all(HOSTILE not in page for page in pages)
    assert sum("&lt;b onclick=" in page for page in pages) == 3


def test_a_stage_is_entered_once_and_stands_in_the_course(busy: Served) -> None:
    with busy.logged_in() as client:
        version = _incident(busy).version
        first = _send(client, f"{ADDRESS}/stage", act="contain", version=version)
        second = _send(client, f"{ADDRESS}/stage", act="contain", version=version)
        page = client.get(ADDRESS).text
    assert first.status_code == 303
    assert second.status_code == 409
    assert "别人刚改过它" in second.text
    assert _incident(busy).stage == "contained"
    assert "事态已控制，值班长 周" in page


def test_what_the_machine_forbids_is_said_in_words(busy: Served) -> None:
    with busy.logged_in() as client:
        version = _incident(busy).version
        answer = _send(client, f"{ADDRESS}/stage", act="recover", version=version)
    assert answer.status_code == 409
    assert "它已不在可以这样做的状态" in answer.text
    assert _incident(busy).stage == "responding"


def test_an_incident_is_not_archived_before_its_closing_report(busy: Served) -> None:
    with busy.state.transaction() as session:
        session.get_one(Incident, INCIDENT).stage = "assessing"
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
        answer = _send(
            client, f"{ADDRESS}/stage", act="archive", version=_incident(busy).version, reason="好"
        )
    assert "总结报告报出后归档" in page
    assert answer.status_code == 409
    assert "总结报告还没有报出" in answer.text


def test_to_withdraw_asks_for_a_reason(busy: Served) -> None:
    with busy.logged_in() as client:
        version = _incident(busy).version
        bare = _send(client, f"{ADDRESS}/stage", act="withdraw", version=version, reason=" ")
        told = _send(client, f"{ADDRESS}/stage", act="withdraw", version=version, reason="误建")
        page = client.get(ADDRESS).text
    assert (bare.status_code, told.status_code) == (409, 303)
    assert _incident(busy).status == "closed"
    assert "/stage" not in page
    assert "误建" in page


def test_a_reason_with_a_control_character_is_said_to_be_unfit(busy: Served) -> None:
    before = _incident(busy)
    with busy.logged_in() as client:
        answer = _send(
            client, f"{ADDRESS}/stage", act="withdraw", version=before.version, reason="误报\x00"
        )
    assert answer.status_code == 409
    assert "文字中有控制字符" in answer.text
    assert _incident(busy).stage == before.stage


def test_who_may_only_look_sees_no_buttons_and_may_not_act(busy: Served) -> None:
    with busy.state.transaction() as session:
        change = ask_down(session)
    with logged_in_as(busy, "viewer") as client:
        page = client.get(ADDRESS).text
        main = page[page.index("<main") : page.index("</main>")]
        sent = [
            _send(client, f"{ADDRESS}/stage", act="contain", version=_incident(busy).version),
            _send(client, f"{ADDRESS}/clocks", which=1, act="meet"),
            _send(client, f"{ADDRESS}/reports", kind="first", addressee="省级网信部门"),
            _send(client, f"{ADDRESS}/downgrade/{change}", verdict="approve"),
            _send(client, f"{ADDRESS}/grade", version=1),
        ]
    assert "<form" not in main
    assert "等值班长或管理员确认" in main
    assert [answer.status_code for answer in sent] == [403] * 5


def test_an_analyst_leads_on_but_does_not_end_an_incident(busy: Served) -> None:
    with logged_in_as(busy, "analyst") as client:
        page = client.get(ADDRESS).text
        version = _incident(busy).version
        ended = _send(client, f"{ADDRESS}/stage", act="withdraw", version=version, reason="误建")
        led = _send(client, f"{ADDRESS}/stage", act="contain", version=version)
    assert "标为已控制" in page
    assert "撤销事件" not in page
    assert (ended.status_code, led.status_code) == (403, 303)


def test_a_clock_is_recorded_as_met(busy: Served) -> None:
    with busy.state.reading() as session:
        running = clock_in(session, "running")
    with busy.logged_in() as client:
        first = _send(client, f"{ADDRESS}/clocks", which=running.id, act="meet")
        again = _send(client, f"{ADDRESS}/clocks", which=running.id, act="meet")
        page = client.get(ADDRESS).text
    assert (first.status_code, again.status_code) == (303, 409)
    assert "02:17 已完成" in page
    with busy.state.reading() as session:
        assert session.get_one(RunningClock, running.id).met_by == NAME


def test_a_statutory_clock_is_never_paused(busy: Served) -> None:
    with busy.state.reading() as session:
        running = clock_in(session, "running")
    with busy.logged_in() as client:
        answer = _send(client, f"{ADDRESS}/clocks", which=running.id, act="pause:anything")
    assert answer.status_code == 409
    assert "预案不允许暂停这个时钟" in answer.text


def test_a_clock_of_another_incident_is_none_of_this_one(busy: Served) -> None:
    with busy.state.reading() as session:
        running = clock_in(session, "running")
    with busy.logged_in() as client:
        answer = _send(client, f"/incidents/{SMALL_INCIDENT}/clocks", which=running.id, act="meet")
    assert answer.status_code == 409
    with busy.state.reading() as session:
        assert session.get_one(RunningClock, running.id).met_at is None


def test_a_second_person_approves_a_downgrade(busy: Served) -> None:
    with busy.state.transaction() as session:
        change = ask_down(session)
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
        answer = _send(
            client, f"{ADDRESS}/downgrade/{change}", verdict="approve", remark="已与单位核对"
        )
        after = client.get(ADDRESS).text
    assert page.count("btn--go") == 1
    assert answer.status_code == 303
    assert _incident(busy).level == 4
    assert "值班长 周 同意" in after
    assert "已与单位核对" in after


def test_a_second_person_refuses_a_downgrade(busy: Served) -> None:
    with busy.state.transaction() as session:
        change = ask_down(session)
    with busy.logged_in() as client:
        answer = _send(client, f"{ADDRESS}/downgrade/{change}", verdict="refuse")
        page = client.get(ADDRESS).text
    assert answer.status_code == 303
    assert _incident(busy).level == 3
    assert "值班长 周 不同意" in page
    assert "同意降级</button>" not in page


def test_who_asked_for_a_downgrade_sees_why_the_button_is_dead(busy: Served) -> None:
    with busy.state.transaction() as session:
        change = ask_down(session, by=NAME)
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
        answer = _send(client, f"{ADDRESS}/downgrade/{change}", verdict="approve")
    assert re.search(r"<button[^>]* disabled[^>]*>同意降级</button>", page)
    assert "须由第二人确认" in page
    assert answer.status_code == 409
    assert "须由第二人办理" in answer.text
    with busy.state.reading() as session:
        assert session.get_one(GradeChange, change).state == "pending"


def test_a_downgrade_of_another_incident_is_not_decided_here(busy: Served) -> None:
    with busy.state.transaction() as session:
        change = ask_down(session)
    with busy.logged_in() as client:
        answer = _send(client, f"/incidents/{SMALL_INCIDENT}/downgrade/{change}", verdict="approve")
    assert answer.status_code == 409
    assert _incident(busy).level == 3


def test_tasks_and_reports_stand_beside_with_what_is_left(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
    assert "已超 12:00" in page
    assert ">01:20:00<" in page
    assert f'href="/reports/{SENT_REPORT}"' in page
    assert f'href="/reports/{DRAFT_REPORT}" data-key="r"' in page
    assert "已报出" in page


@pytest.mark.parametrize("kind", ["all", "alert", "clock", "grade", "report", "notice", "change"])
def test_the_course_is_filtered_by_kind(busy: Served, kind: str) -> None:
    with busy.logged_in() as client:
        page = client.get(ADDRESS, params={"kind": kind})
    assert page.status_code == 200
    course = page.text[page.text.index('<ol class="tl">') :]
    kinds = set(re.findall(r'<span class="kind">([^<]+)', course[: course.index("</ol>")]))
    assert kind == "all" or len(kinds) <= 1


def test_the_page_is_whole_in_english(busy: Served) -> None:
    with busy.state.transaction() as session:
        ask_down(session)
    with busy.logged_in() as client:
        _send(client, "/account/language")
        page = client.get(ADDRESS).text
    for words in ("Responding", "Downgrade asked for", "no. 1 follow-up report", "over 20:00"):
        assert words in page


def test_every_act_of_a_person_left_a_line_in_the_audit(busy: Served) -> None:
    with busy.logged_in() as client:
        _send(client, f"{ADDRESS}/stage", act="contain", version=_incident(busy).version)
    with busy.state.reading() as session:
        line = session.scalars(
            sa.select(AuditLine).where(AuditLine.action == "incident.contain")
        ).one()
    assert (line.actor, line.object_id) == (NAME, INCIDENT)


def test_the_course_of_an_ended_incident_begins_with_its_beginning(busy: Served) -> None:
    with busy.state.transaction() as session:
        row = session.get_one(Incident, INCIDENT)
        row.stage, row.status = "archived", "closed"
    with busy.logged_in() as client:
        page = client.get(ADDRESS).text
    course = page[page.index('<ol class="tl">') :]
    times = re.findall(r"<time datetime=\"([^\"]+)\"", course[: course.index("</ol>")])
    assert times == sorted(times)


def test_the_runs_of_an_incident_stand_on_its_page_with_what_waits(desk: Served) -> None:
    with desk.state.transaction() as session:
        add_incidents(session)
        hold(session)
    with desk.logged_in() as client:
        page = client.get(f"/incidents/{INCIDENT}").text
        other = client.get(f"/incidents/{SMALL_INCIDENT}").text
    panel = page[page.index('id="runs"') :]
    panel = panel[: panel.index("</section>")]
    links = re.findall(r'href="(/playbooks/runs/[^"]+)"', panel)
    assert links == [
        f"/playbooks/runs/{RUN}",
        *(f"/playbooks/runs/{run}" for run in (RUN, FAILED_RUN)),
    ]
    assert "边界封禁 198.51.100.23，24 小时" in panel
    assert "step 3 found no packets" in panel
    assert f'href="/playbooks?incident={INCIDENT}" data-key="b"' in page
    assert 'id="runs"' not in other
