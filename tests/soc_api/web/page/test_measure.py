import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from situation.settings import PointSettings
from situation.state.tables import AuditLine, Drill, Measure, MeasurePoint, PointPoll, StepRun
from tests.soc_api.web.city import DRILL, INCIDENT, NOW, add_incidents
from tests.soc_api.web.holding import (
    BLOCK,
    LIFTED,
    LONG_BLOCK,
    LONG_NETWORK,
    RUN,
    SINKHOLE,
    SUPPRESSION,
    add_indicators,
    hold,
)
from tests.soc_api.web.server import Served, form_token, logged_in_as


@pytest.fixture
def holding(desk: Served) -> Served:
    with desk.state.transaction() as session:
        add_incidents(session)
        hold(session)
        add_indicators(session)
    return desk


@pytest.fixture
def lead(holding: Served) -> Iterator[httpx.Client]:
    with holding.logged_in() as client:
        yield client


def _section(page: str, name: str) -> str:
    start = page.index(f'id="{name}"')
    return page[start : page.index("</section>", start)]


def _rows(section: str) -> list[str]:
    body = section[section.index("<tbody>") :]
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)) for row in body.split("<tr>")[1:]]


def _take_back(client: httpx.Client, path: str, reason: str) -> httpx.Response:
    token = form_token(client.get("/measures").text)
    return client.post(path, data={"form_token": token, "reason": reason})


def test_what_a_point_does_not_hold_stands_first_with_its_reason(lead: httpx.Client) -> None:
    page = lead.get("/measures").text
    first, second = _rows(_section(page, "block_address"))
    assert LONG_NETWORK in first
    assert "下发中" in first
    assert "连接被拒绝" in first
    assert "无期限" in first
    assert "198.51.100.23/32" in second
    assert "已落实" in second
    assert "22 小时" in second
    notes = page[page.index('class="notes wide"') : page.index('id="block_address"')]
    assert "处置点 edge-nft 未能落实" in notes


def test_a_point_has_its_time_before_it_is_told_of(lead: httpx.Client, holding: Served) -> None:
    with holding.state.transaction() as session:
        for point in session.query(MeasurePoint).filter(MeasurePoint.error != ""):
            point.changed_at = NOW - dt.timedelta(minutes=4)
    page = lead.get("/measures").text
    assert "未能落实" not in page
    assert "连接被拒绝" in _section(page, "block_address")


def test_a_measure_leads_to_its_incident_and_run(lead: httpx.Client) -> None:
    section = _section(lead.get("/measures").text, "block_address")
    assert f'href="/incidents/{INCIDENT}"' in section
    assert f'href="/playbooks/runs/{RUN}"' in section


def test_one_that_is_over_its_end_is_told(lead: httpx.Client) -> None:
    (row,) = _rows(_section(lead.get("/measures").text, "sinkhole_domain"))
    assert "到期未解除" in row
    assert "已超 05:00" in row


def test_what_was_lifted_stands_below_with_who_did_it(lead: httpx.Client) -> None:
    page = lead.get("/measures").text
    (row,) = _rows(_section(page, "past"))
    assert "203.0.113.77/32" in row
    assert "值班长 周" in row
    assert "203.0.113.77" not in _section(page, "block_address")


def test_indicators_are_counted_by_feed_and_age(lead: httpx.Client) -> None:
    cert, partner = _rows(_section(lead.get("/measures").text, "indicators"))
    assert "cert 100 98 地址 40 ， 域名 60 2 小时前" in cert
    assert "partner-sharing 7 6" in partner


def test_lifting_takes_back_the_step_that_asked_for_it(lead: httpx.Client, holding: Served) -> None:
    answer = _take_back(lead, f"/measures/{BLOCK}/lift", "误封，已核实")
    assert (answer.status_code, answer.headers["location"]) == (303, "/measures")
    with holding.state.reading() as session:
        undo = session.query(StepRun).filter_by(undoes=BLOCK).one()
        line = session.query(AuditLine).filter(AuditLine.detail["reason"].as_string() != "").all()
    assert (undo.purpose, undo.state, undo.due_at) == ("undo", "due", NOW)
    assert "误封，已核实" in str(line[-1].detail)
    section = _section(lead.get("/measures").text, "block_address")
    assert "解除中" in _rows(section)[1]
    assert f"/measures/{BLOCK}/lift" not in section


def test_a_suppression_is_ended_in_the_same_way(lead: httpx.Client, holding: Served) -> None:
    assert "192.0.2.61" in _section(lead.get("/measures").text, "suppressions")
    answer = _take_back(lead, f"/suppressions/{SUPPRESSION}/end", "扫描已结束")
    assert answer.status_code == 303
    with holding.state.reading() as session:
        assert session.query(StepRun).filter_by(undoes=SUPPRESSION).one().state == "due"
    assert "解除中" in _section(lead.get("/measures").text, "suppressions")


def test_an_undoing_that_failed_is_told_and_can_be_tried_again(
    lead: httpx.Client, holding: Served
) -> None:
    _take_back(lead, f"/measures/{BLOCK}/lift", "误封，已核实")
    with holding.state.transaction() as session:
        session.query(StepRun).filter_by(undoes=BLOCK).one().state = "failed"
    section = _section(lead.get("/measures").text, "block_address")
    assert "解除失败" in section
    assert _take_back(lead, f"/measures/{BLOCK}/lift", "再试").status_code == 303


@pytest.mark.parametrize("reason", ["", "  "])
def test_lifting_needs_a_reason(lead: httpx.Client, reason: str) -> None:
    answer = _take_back(lead, f"/measures/{BLOCK}/lift", reason)
    assert answer.status_code == 409
    assert "须写明理由" in answer.text


def test_what_was_taken_back_is_refused(lead: httpx.Client, holding: Served) -> None:
    with holding.state.transaction() as session:
        session.get_one(StepRun, LIFTED).undone_at = NOW - dt.timedelta(hours=1)
    answer = _take_back(lead, f"/measures/{LIFTED}/lift", "再来一次")
    assert answer.status_code == 409
    assert "它已经被撤销了" in answer.text


def test_what_is_not_there_cannot_be_lifted(lead: httpx.Client) -> None:
    assert _take_back(lead, "/measures/nothing/lift", "误封").status_code == 404
    assert _take_back(lead, "/suppressions/nothing/end", "误封").status_code == 404


def test_a_drill_sees_its_own_on_paper(holding: Served, lead: httpx.Client) -> None:
    with holding.state.transaction() as session:
        session.add(Drill(id=DRILL, scenario="intrusion", started_at=NOW, result={}))
        hold(session, drill_id=DRILL)
    page = lead.get("/measures", params={"drill": DRILL}).text
    assert f"/measures/d-{BLOCK}/lift" in page
    assert f"/measures/{BLOCK}/lift" not in page
    assert "演练，只在纸上" in page
    assert 'id="indicators"' not in page
    assert f"/measures/d-{BLOCK}/lift" not in lead.get("/measures").text
    answer = _take_back(lead, f"/measures/d-{SINKHOLE}/lift", "演练结束")
    assert answer.headers["location"] == f"/measures?drill={DRILL}"


def test_who_only_looks_is_offered_nothing(holding: Served) -> None:
    with logged_in_as(holding, "viewer") as client:
        page = client.get("/measures").text
    assert "/lift" not in page
    assert LONG_NETWORK in page


def test_the_lists_that_firewalls_fetch_say_when_they_were_fetched_last(
    holding: Served, lead: httpx.Client
) -> None:
    assert 'id="polled"' not in lead.get("/measures").text
    console = holding.app.state.console
    points = {name: PointSettings(type="http") for name in ("border", "exchange")}
    points["file"] = PointSettings(type="file")
    holding.app.state.console = replace(console, house=replace(console.house, points=points))
    with holding.state.transaction() as session:
        polled_at = NOW - dt.timedelta(minutes=4)
        session.add(
            PointPoll(point="border", polled_at=polled_at, address="192.0.2.1", sha256="0" * 64)
        )
    never, fetched = _rows(_section(lead.get("/measures").text, "polled"))
    assert "exchange" in never
    assert "从未" in never
    assert "border 192.0.2.1 4 分前 02:13" in fetched


def test_an_empty_city_says_so(desk: Served) -> None:
    with desk.logged_in() as client:
        page = client.get("/measures").text
    assert "没有在用的地址封禁" in page
    assert "没有在用的压制" in page
    assert "[feeds.NAME]" in page
    assert 'id="past"' not in page


def test_more_measures_than_are_listed_are_counted(
    holding: Served, lead: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soc_api.web.query.measure.SHOWN", 1)
    assert "列出 1，共 2" in lead.get("/measures").text
    with holding.state.reading() as session:
        assert session.get_one(Measure, LONG_BLOCK).state == "wanted"
