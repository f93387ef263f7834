import json

import httpx

from playbooks.execution.cause import FACTS
from tests.soc_api.web.city import INCIDENT
from tests.soc_api.web.playbook_world import (
    AUTHOR,
    DEEP,
    DRAFT,
    LEAK,
    WAITING_RUN,
    form_of,
    playbook,
)
from tests.soc_api.web.theatre import Theatre


def test_the_list_says_version_what_starts_it_and_how_runs_ended(viewer: httpx.Client) -> None:
    page = viewer.get("/playbooks").text
    row = page[page.index(f'data-id="{LEAK}"') : page.index(f'data-id="{DRAFT}"')]
    assert "v2 在用" in row
    assert "另有 1 版在编" in row
    assert "事件定为 Ⅲ 级或更高" in row
    assert "另有 1 个条件" in row
    assert '<td class="num"><b>2</b></td>' in row
    assert "结果不明" not in row
    assert page.index(f'data-id="{DEEP}"') < page.index(f'data-id="{DRAFT}"')
    assert "v1 草稿" in page


def test_a_playbook_is_chosen_for_an_incident(viewer: httpx.Client) -> None:
    page = viewer.get("/playbooks", params={"incident": INCIDENT}).text
    assert "为这个事件选一个剧本" in page
    assert f"/playbooks/{LEAK}?incident={INCIDENT}" in page
    chosen = viewer.get(f"/playbooks/{LEAK}", params={"incident": INCIDENT}).text
    assert f"/playbooks/{LEAK}/dry-run?incident={INCIDENT}" in chosen


def test_a_playbook_is_drawn_with_clause_effect_guarantee_and_approval(
    viewer: httpx.Client,
) -> None:
    page = viewer.get(f"/playbooks/{LEAK}").text
    row = page[page.index('id="step-3"') : page.index('id="step-4"')]
    for said in ("边界封禁", "需审批", "控制，可撤", "4.2 《国家网络安全事件应急预案》"):
        assert said in row, said
    assert "若 known &gt; 0" in page
    assert "同时 2" in page
    assert 'class="rail--some"' in page
    assert 'class="rail--all"' in page
    assert f"取自：{FACTS['incident.destination_ip'].words.zh}" in page


def test_the_version_in_use_is_shown_and_the_newer_one_named(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/{LEAK}").text
    assert "v2 在用" in page
    assert "v3：待审核" in page
    assert WAITING_RUN in page
    third = viewer.get(f"/playbooks/{LEAK}", params={"version": 3}).text
    assert "v3 待审核" in third
    assert "发布" in third


def test_two_versions_are_compared_line_by_line(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/{LEAK}", params={"version": 3, "against": 2}).text
    assert "v2 与 v3 的差异" in page
    assert '<span class="diff__out">-  hours: {type: integer, value: 48}</span>' in page
    assert '<span class="diff__in">+  hours: {type: integer, value: 72}</span>' in page


def test_what_stands_against_publishing_is_told(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/{DRAFT}").text
    assert "还不能发布" in page
    assert "no_such_action" in page
    assert "没有这个动作" in page
    assert "提交审核 · 有 1 处不通" in page


def test_the_author_sees_that_somebody_else_has_to_publish(shown: Theatre) -> None:
    with shown.visit(AUTHOR) as client:
        page = client.get(f"/playbooks/{LEAK}", params={"version": 3}).text
    assert "须由第二人审核，编写人不能发布。" in page
    assert 'value="approve"' not in page


def test_a_version_is_handed_out_as_form_and_as_cacao(viewer: httpx.Client) -> None:
    form = viewer.get(f"/playbooks/{LEAK}/v2.yaml")
    assert form.text == form_of(LEAK, 2)
    assert "leak-response-v2.yaml" in form.headers["content-disposition"]
    document = viewer.get(f"/playbooks/{LEAK}/v2.json")
    assert json.loads(document.text) == playbook(LEAK, 2).document


def test_there_is_no_page_of_what_is_none(viewer: httpx.Client) -> None:
    for path in ("none", f"{LEAK}?version=9", f"{LEAK}/v9.json", f"{LEAK}/v9.yaml"):
        assert viewer.get(f"/playbooks/{path}").status_code == 404, path


def test_forty_steps_in_deep_branches_are_all_drawn(viewer: httpx.Client) -> None:
    page = viewer.get(f"/playbooks/{DEEP}").text
    assert 'id="step-34"' in page
    assert "任何一步失败而没有别的安排时" in page
    assert "最多 24 轮" in page
