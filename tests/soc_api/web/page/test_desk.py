import re

import httpx
import pytest

from tests.soc_api.web.busy_incident import ask_down, work_on
from tests.soc_api.web.city import DRILL, INCIDENT, NOTICE, settle
from tests.soc_api.web.holding import RUN, hold, schedule, trouble
from tests.soc_api.web.server import Served, logged_in_as


def _figures(page: str) -> list[str]:
    return re.findall(r"<b>([\d,]+)</b><span class=\"meta\">", page)


def test_the_overview_has_the_figures_of_the_summary(client: httpx.Client) -> None:
    page = client.get("/").text
    assert _figures(page) == ["130", "2", "1", "1", "4,218,306", "1,207"]
    assert "Ⅲ 级 1，Ⅳ 级 1" in page
    assert "非 IP" in page
    assert "3.9 GB" in page


def test_running_clocks_stand_by_time_left(client: httpx.Client) -> None:
    page = client.get("/").text
    left = re.findall(r'<td><span class="left" data-due="([^"]+)"', page)
    assert len(left) == 3
    assert left == sorted(left)
    assert f'href="/notices/{NOTICE}"' in page
    assert f'href="/incidents/{INCIDENT}"' in page


def test_the_share_without_an_owner_is_told(client: httpx.Client) -> None:
    assert "归属未知 13.1%" in client.get("/").text


def test_a_drill_has_its_own_overview_with_the_band(client: httpx.Client) -> None:
    page = client.get("/", params={"drill": DRILL}).text
    assert _figures(page)[:3] == ["5", "1", "1"]
    assert 'class="hatch"' in page
    assert "本页只含演练数据" in page
    assert f'href="/alerts?drill={DRILL}"' in page


def test_the_real_clock_stays_in_sight_within_a_drill(client: httpx.Client) -> None:
    page = client.get("/", params={"drill": DRILL}).text
    top = page[page.index('<header class="top">') : page.index("</header>")]
    assert f'href="/notices/{NOTICE}"' in top


def test_an_unknown_drill_reads_as_an_empty_one(client: httpx.Client) -> None:
    page = client.get("/", params={"drill": "<b>none</b>"})
    assert page.status_code == 200
    assert _figures(page.text)[0] == "0"
    assert "<b>none</b>" not in page.text


def test_an_empty_city_says_what_to_do_first(desk: Served) -> None:
    with desk.logged_in() as client:
        page = client.get("/").text
    assert _figures(page) == ["0"] * 6
    assert "citywatch replay" in page
    assert "没有在走的时钟" in page


@pytest.fixture
def busy(desk: Served) -> Served:
    settle(desk.state, desk.events, alerts=5)
    with desk.state.transaction() as session:
        work_on(session)
        ask_down(session)
    return desk


def test_what_waits_for_a_second_person_is_shown_to_who_may_decide(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get("/").text
    assert f'href="/incidents/{INCIDENT}#downgrade">{INCIDENT} 降级 Ⅲ → Ⅳ' in page
    assert "签发 示网安通〔2026〕115 号" in page


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_who_may_not_decide_is_not_asked(busy: Served, role: str) -> None:
    with logged_in_as(busy, role) as client:
        assert "待审批" not in client.get("/").text


def test_a_clock_that_was_missed_stays_among_the_running_ones(busy: Served) -> None:
    with busy.logged_in() as client:
        page = client.get("/").text
    clocks = page[page.index("在走的时钟") : page.index("待办队列")]
    assert "已超 20:00" in clocks
    assert "事发单位" in clocks


@pytest.fixture
def acting(desk: Served) -> Served:
    settle(desk.state, desk.events, alerts=5)
    with desk.state.transaction() as session:
        hold(session)
        trouble(session)
        schedule(session)
    return desk


def test_an_action_of_a_playbook_waits_beside_the_others(acting: Served) -> None:
    with acting.logged_in() as client:
        page = client.get("/").text
    panel = page[page.index('id="approvals"') : page.index("<h2>任务</h2>")]
    assert f'<a href="/playbooks/runs/{RUN}">边界封禁 198.51.100.23，24 小时</a>' in panel
    assert "剧本“数据外传处置”" in panel
    assert "已同意 1/2" in panel
    assert "12:00" in panel
    assert _figures(page)[3] == "2"


def test_an_action_does_not_wait_for_who_may_not_decide_it(acting: Served) -> None:
    with logged_in_as(acting, "analyst") as client:
        page = client.get("/").text
    assert 'id="approvals"' not in page
    assert _figures(page)[3] == "0"


def test_what_is_broken_stands_on_top_three_kinds_whole_and_the_rest_named(acting: Served) -> None:
    with acting.logged_in() as client:
        page = client.get("/").text
    notes = page[page.index('<div class="notes wide">') : page.index('class="figures"')]
    told = [
        notes.index(each) for each in ("动作结果不明 1 个", "撤销失败 1 个", "处置点未落实 1 个")
    ]
    assert told == sorted(told)
    assert notes.count("note note--late") == 3
    assert '<a href="/jobs/feeds">定时任务久未成功 1 个</a>' in notes


def test_where_nothing_is_broken_nothing_stands_on_top(client: httpx.Client) -> None:
    assert 'class="notes wide"' not in client.get("/").text
