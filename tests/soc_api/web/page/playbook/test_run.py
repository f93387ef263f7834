import datetime as dt
import re

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import StepRun
from tests.soc_api.web.city import DRILL, INCIDENT
from tests.soc_api.web.playbook_world import (
    DONE_RUN,
    DRILL_RUN,
    FAILED_RUN,
    LEAK,
    LONG_RUN,
    UNSURE_RUN,
    WAITING_RUN,
)
from tests.soc_api.web.theatre import Theatre


def _ids(page: str) -> list[str]:
    return re.findall(r'<tr data-id="([^"]+)"', page)


def test_the_list_begins_with_what_is_under_way(viewer: httpx.Client) -> None:
    page = viewer.get("/playbooks/runs").text
    assert set(_ids(page)) == {WAITING_RUN, UNSURE_RUN, LONG_RUN}
    assert "等待审批" in page
    assert "12:43" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "waiting"}, {WAITING_RUN, UNSURE_RUN}),
        ({"state": "failed"}, {FAILED_RUN}),
        ({"state": "ended"}, {DONE_RUN}),
        ({"state": "all", "playbook": LEAK}, {WAITING_RUN, UNSURE_RUN, FAILED_RUN, DONE_RUN}),
        ({"state": "all", "incident": INCIDENT}, {WAITING_RUN, FAILED_RUN, DONE_RUN, LONG_RUN}),
        ({"state": "all", "playbook": "none"}, set()),
        ({"state": "all", "drill": DRILL}, {DRILL_RUN}),
    ],
)
def test_runs_are_found_by_state_playbook_incident_and_drill(
    viewer: httpx.Client, asked: dict[str, str], found: set[str]
) -> None:
    assert set(_ids(viewer.get("/playbooks/runs", params=asked).text)) == found


def test_a_page_beyond_the_last_is_the_last(viewer: httpx.Client) -> None:
    page = viewer.get("/playbooks/runs", params={"state": "all", "page": 9}).text
    assert len(_ids(page)) == 5


def test_a_run_opens_at_the_approval_that_it_waits_for(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{WAITING_RUN}").text
    assert "已走 2 / 8 步" in page
    assert "请你审批：第 3 步 边界封禁" in page
    assert 'data-live="' in page
    assert f'name="next" value="/playbooks/runs/{WAITING_RUN}"' in page
    assert re.search(r'<li aria-current="step">.*?3 边界封禁', page, re.DOTALL)
    assert "由定级触发，剧本 v2" in page


def test_a_step_that_was_done_tells_its_results_and_when_it_ends(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{DONE_RUN}").text
    assert "04:17 自动解除" in page
    assert "立即撤销" in page
    assert "值班长 周 同意" in page
    assert "data-live" not in page
    other = viewer.get(f"/playbooks/runs/{WAITING_RUN}").text
    step = re.search(r'\?step=([0-9a-f]+)">2 留存证据', other)
    assert step is not None
    chosen = viewer.get(f"/playbooks/runs/{WAITING_RUN}", params={"step": step[1]}).text
    assert "第 2 步 留存证据" in chosen
    assert "6b1f0c92" in chosen
    assert "另有审批在等" in chosen


def test_a_failed_run_says_why_and_offers_another_try(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{FAILED_RUN}").text
    assert "防火墙组 A 三次没有应答" in page
    assert "处置点 fw-a 在 10 秒内没有应答" in page
    assert "从这一步重试" in page
    assert "停止执行" not in page


def test_an_unsure_step_asks_whether_it_happened(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{UNSURE_RUN}").text
    assert "这一步执行了吗？" in page
    assert "已经执行" in page
    assert "人工启动，剧本 v2" in page


def test_a_run_of_a_drill_is_marked(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{DRILL_RUN}").text
    assert 'class="hatch"' in page
    assert 'class="hatch"' not in viewer.get(f"/playbooks/runs/{WAITING_RUN}").text


def test_the_log_is_cut_at_two_hundred_lines(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/runs/{LONG_RUN}").text
    assert page.count("将重试：") + page.count("完成：") + page.count("开始：") == 200


def test_there_is_no_page_of_a_run_that_is_none(viewer: httpx.Client) -> None:
    assert viewer.get("/playbooks/runs/none").status_code == 404


def test_what_a_page_asks_for_by_itself_keeps_nobody_awake(theatre: Theatre) -> None:
    clock = theatre.served.clock
    with theatre.visit("wang") as client:
        path = f"/playbooks/runs/{WAITING_RUN}"
        for _ in range(3):
            clock.advance(dt.timedelta(minutes=25))
            assert client.get(path).status_code == 200
        for _ in range(3):
            clock.advance(dt.timedelta(minutes=25))
            client.get(path, headers={"x-background": "1"})
        assert client.get(path).status_code == 303


def test_a_step_that_is_being_undone_says_so(theatre: Theatre, lead: httpx.Client) -> None:
    undoes = StepRun.run_id == DONE_RUN, StepRun.purpose == "undo"
    with theatre.served.state.transaction() as session:
        session.execute(sa.update(StepRun).where(*undoes).values(state="running"))
    page = lead.get(f"/playbooks/runs/{DONE_RUN}").text
    assert page.count("正在撤销") == 2
    assert "立即撤销" not in page
