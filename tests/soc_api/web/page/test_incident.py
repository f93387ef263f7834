import datetime as dt
import re

import httpx

from situation.state.tables import Incident, RunningClock
from tests.soc_api.web.city import (
    DRILL,
    DRILL_INCIDENT,
    INCIDENT,
    NOTICE,
    NOW,
    SMALL_INCIDENT,
    alert_id,
    settle,
)
from tests.soc_api.web.server import Served, form_token


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
    assert "未知 18 项" in page
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
    with desk.logged_in() as client:
        desk.clock.advance(dt.timedelta(hours=1, minutes=1))
        close = client.get(f"/incidents/{INCIDENT}").text
        desk.clock.advance(dt.timedelta(hours=1))
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
    assert page.count("已撤销") == 2
    assert "首次报告 <a" not in overview


def test_the_course_holds_alerts_clocks_notices_and_changes_newest_first(
    client: httpx.Client,
) -> None:
    page = client.get(f"/incidents/{INCIDENT}").text
    course = page[page.index('<ol class="tl">') :]
    times = re.findall(r"<time datetime=\"([^\"]+)\"", course[: course.index("</ol>")])
    assert times == sorted(times, reverse=True)
    assert len(times) == 10
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
        session.get_one(Incident, SMALL_INCIDENT).status = "closed"
    with desk.logged_in() as client:
        assert SMALL_INCIDENT not in client.get("/incidents").text
        assert SMALL_INCIDENT in client.get("/incidents", params={"status": "closed"}).text
        assert "已关闭" in client.get(f"/incidents/{SMALL_INCIDENT}").text


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
