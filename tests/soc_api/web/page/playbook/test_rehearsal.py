import re

import httpx
import sqlalchemy as sa

from situation.state.tables import AuditLine, PlaybookRun, StepRun
from tests.soc_api.web.city import DRILL_INCIDENT, INCIDENT, SMALL_INCIDENT
from tests.soc_api.web.playbook_world import DEEP, DRAFT, LEAK
from tests.soc_api.web.theatre import Theatre, send

TARGET = "203.0.113.99"


def _dry(client: httpx.Client, key: str = LEAK, **asked: str) -> str:
    answer = client.get(f"/playbooks/{key}/dry-run", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def _start(client: httpx.Client, page: str, **given: str) -> httpx.Response:
    form = {name: _hidden(page, name) for name in ("version_id", "start_key")}
    values = {"v.attacker": TARGET, "reason": "电话要求", "incident": SMALL_INCIDENT}
    return send(client, f"/playbooks/{LEAK}/runs", **(form | values | given))


def test_a_dry_run_shows_the_exact_actions_their_changes_and_who_would_be_asked(
    viewer: httpx.Client,
) -> None:
    page = _dry(viewer, incident=SMALL_INCIDENT, **{"v.attacker": TARGET})
    assert TARGET in page
    assert "没有建立任何连接，没有写入任何数据。" in page
    assert "需 1 人审批" in page
    assert f'<span class="diff__in">+ {TARGET}' in page
    assert "执行后才知道" in page


def test_a_condition_that_only_the_real_run_knows_shows_both_ways(
    viewer: httpx.Client,
) -> None:
    known = _dry(viewer, incident=SMALL_INCIDENT, **{"v.attacker": TARGET})
    assert "known &gt; 0：不成立" in known
    form = {"v.attacker": TARGET, "assume.count": "3"}
    assert 'name="assume.count" maxlength="4000" value="3"' in _dry(viewer, **form)


def test_the_facts_of_the_incident_fill_the_variables(viewer: httpx.Client) -> None:
    page = _dry(viewer, incident=INCIDENT)
    assert "取自事件" in page
    assert "剧本的默认值" in page
    given = _dry(viewer, incident=INCIDENT, **{"v.hours": "6"})
    assert 'name="v.hours" maxlength="4000" value="6"' in given
    assert "你填的" in given


def test_a_value_that_does_not_fit_is_told_at_its_field(viewer: httpx.Client) -> None:
    page = _dry(viewer, **{"v.attacker": "not-an-address"})
    assert "无法演算" in page
    assert 'value="not-an-address" autocomplete="off" aria-invalid="true"' in page
    assert "开始执行 · 先补全值" in page


def test_a_draft_is_rehearsed_but_not_started(viewer: httpx.Client) -> None:
    page = _dry(viewer, DRAFT)
    assert "按现在的值会失败" in page
    assert "开始执行" not in page


def test_of_forty_steps_in_loops_the_first_turn_is_shown_and_all_are_counted(
    viewer: httpx.Client,
) -> None:
    page = _dry(viewer, DEEP)
    assert page.count("manual_task role=any") == 27
    assert "会执行 326 步" in page
    assert "共 24 轮，只列第 1 轮" in page
    assert "循环超过 24 次" in page


def test_the_branches_of_a_rehearsal_are_named_as_in_the_drawing(viewer: httpx.Client) -> None:
    page = _dry(viewer, incident=SMALL_INCIDENT, **{"v.attacker": TARGET})
    heads = re.findall(r'flow__head">.*?<span class="soft wrap">([^<]+)</span>', page)
    assert heads == ["同时 1", "同时 2", "否则"]


def test_a_dry_run_about_a_drill_is_marked(viewer: httpx.Client) -> None:
    assert 'class="hatch"' in _dry(viewer, incident=DRILL_INCIDENT)


def test_a_dry_run_writes_nothing(theatre: Theatre, lead: httpx.Client) -> None:
    def state() -> list[int]:
        with theatre.served.state.reading() as session:
            return [
                session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in (PlaybookRun, StepRun, AuditLine)
            ]

    before = state()
    _dry(lead, incident=INCIDENT)
    assert state() == before


def test_a_run_starts_with_the_values_that_were_rehearsed_and_once(
    theatre: Theatre, lead: httpx.Client
) -> None:
    page = _dry(lead, incident=SMALL_INCIDENT, **{"v.attacker": TARGET})
    assert _hidden(page, "v.attacker") == TARGET
    answer = _start(lead, page)
    assert answer.status_code == 303, answer.text
    assert _start(lead, page).headers["location"] == answer.headers["location"]
    with theatre.served.state.reading() as session:
        runs = session.scalars(sa.select(PlaybookRun).filter_by(started_by="zhou")).all()
    assert len(runs) == 1
    assert (runs[0].trigger, runs[0].reason, runs[0].incident_id) == (
        "hand",
        "电话要求",
        SMALL_INCIDENT,
    )
    assert runs[0].variables["__attacker__"] == {"type": "ip-addr", "value": TARGET}
    assert lead.get(answer.headers["location"]).status_code == 200


def test_a_version_that_is_not_in_use_any_more_is_not_started(
    theatre: Theatre, lead: httpx.Client
) -> None:
    page = _dry(lead, **{"v.attacker": TARGET})
    answer = _start(lead, page, version_id=str(theatre.versions[f"{LEAK}-1"]))
    assert answer.status_code == 409
    assert "别人刚改过它" in answer.text


def test_a_start_with_a_value_that_does_not_fit_is_refused(lead: httpx.Client) -> None:
    page = _dry(lead, **{"v.attacker": TARGET})
    answer = _start(lead, page, **{"v.attacker": "nothing"})
    assert answer.status_code == 409
    assert "电话要求" in answer.text


def test_there_is_no_dry_run_of_what_is_none(viewer: httpx.Client) -> None:
    assert viewer.get("/playbooks/none/dry-run").status_code == 404
    assert viewer.get(f"/playbooks/{LEAK}/dry-run", params={"incident": "none"}).status_code == 404
