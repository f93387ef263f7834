import httpx
import pytest

from situation.state.tables import Approval, ApprovalVote, StepRun
from soc_api.web.query.playbook.intent import grouped
from tests.soc_api.web.playbook_world import AUTHOR, DONE_RUN, STARTER, TARGET, WAITING_RUN
from tests.soc_api.web.theatre import Theatre, send


def _digest(theatre: Theatre) -> str:
    with theatre.served.state.reading() as session:
        return session.get_one(Approval, theatre.approvals["pending"]).action_sha256


def _approval(theatre: Theatre) -> Approval:
    with theatre.served.state.reading() as session:
        return session.get_one(Approval, theatre.approvals["pending"])


def _decide(theatre: Theatre, client: httpx.Client, **fields: str) -> httpx.Response:
    form = {"verdict": "approve", "sha256": _digest(theatre), "remark": "同意"} | fields
    return send(client, f"/approvals/{theatre.approvals['pending']}", **form)


def test_the_inbox_opens_with_what_waits_for_the_reader(viewer: httpx.Client) -> None:
    page = viewer.get("/approvals").text
    assert 'aria-current="true">等我审批<small>1</small>' in page
    assert f"deny ip {TARGET}/32" in page
    assert "请你审批：第 3 步 边界封禁" in page


def test_the_card_says_all_that_whoever_decides_has_to_know(
    viewer: httpx.Client, shown: Theatre
) -> None:
    page = viewer.get(f"/approvals/{shown.approvals['pending']}").text
    for said in (
        "两个方向都丢弃与 198.51.100.23 的通信",
        "24 小时，3 月 19 日 02:30 自动解除",
        "删除同一规则；撤销记录已存",
        "近 7 天只有 gjj-app-03 联系过它",
        "2 处改动，增 4 行，减 0 行",
        "值班长或管理员 1 人",
        "超时则跳过",
        "fw-a1  第 212 行后",
        "未建立任何连接",
        "剩 12:43",
    ):
        assert said in page, said
    assert page.index(f"deny ip {TARGET}/32") < page.index("两个方向都丢弃")
    assert grouped(_digest(shown)) in page


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (STARTER, "你启动了这次执行，须由另一人批准。"),
        (AUTHOR, "你编写了这个剧本，须由另一人批准。"),
        ("ma", "你的角色不在可批准的角色之中。"),
    ],
)
def test_who_cannot_decide_sees_the_button_off_and_why(shown: Theatre, name: str, why: str) -> None:
    with shown.visit(name) as client:
        page = client.get(f"/approvals/{shown.approvals['pending']}").text
        assert why in page
        assert "disabled aria-describedby" in page
        assert 'name="verdict"' not in page
        assert "没有等你审批的动作" in client.get("/approvals", params={"tab": "mine"}).text


def test_what_was_decided_and_asked_for_stands_in_its_tab(shown: Theatre) -> None:
    with shown.visit(STARTER) as client:
        asked = client.get("/approvals", params={"tab": "asked"}).text
        decided = client.get("/approvals", params={"tab": "decided"}).text
    assert shown.approvals["pending"] in asked
    assert shown.approvals["approved"] in decided
    assert shown.approvals["pending"] not in decided
    assert "同意，先封 24 小时" in decided


def test_a_pane_is_the_card_alone(viewer: httpx.Client, shown: Theatre) -> None:
    pane = viewer.get(f"/approvals/{shown.approvals['approved']}/pane").text
    assert "<html" not in pane
    assert DONE_RUN in pane


def test_an_approval_is_bound_to_what_the_page_showed(theatre: Theatre, lead: httpx.Client) -> None:
    answer = _decide(theatre, lead, next=f"/playbooks/runs/{WAITING_RUN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/playbooks/runs/{WAITING_RUN}"
    assert _approval(theatre).state == "approved"
    with theatre.served.state.reading() as session:
        vote = session.query(ApprovalVote).filter_by(person="zhou", remark="同意").one()
    assert vote.approval_id == theatre.approvals["pending"]


def test_an_action_that_changed_meanwhile_is_not_approved(
    theatre: Theatre, lead: httpx.Client
) -> None:
    shown = _digest(theatre)
    with theatre.served.state.transaction() as session:
        row = session.get_one(Approval, theatre.approvals["pending"])
        row.action_sha256 = "f" * 64
        session.get_one(StepRun, row.step_run_id).action_sha256 = "f" * 64
    answer = _decide(theatre, lead, sha256=shown)
    assert answer.status_code == 409
    assert "你打开页面后动作变了，没有批准" in answer.text
    assert grouped("f" * 64) in answer.text
    assert _approval(theatre).state == "pending"


def test_a_refusal_is_a_decision(theatre: Theatre, lead: httpx.Client) -> None:
    assert _decide(theatre, lead, verdict="refuse", remark="先核实").status_code == 303
    assert _approval(theatre).state == "refused"
    answer = _decide(theatre, lead)
    assert answer.status_code == 409
    assert "已有结论" in answer.text


def test_who_asked_cannot_approve_by_sending_the_form_all_the_same(theatre: Theatre) -> None:
    with theatre.visit(STARTER) as client:
        answer = _decide(theatre, client)
    assert answer.status_code == 409
    assert "须由第二人办理" in answer.text
    assert _approval(theatre).state == "pending"


def test_the_way_back_stays_in_this_house(theatre: Theatre, lead: httpx.Client) -> None:
    answer = _decide(theatre, lead, next="https://example.org/")
    assert answer.headers["location"] == "/"


def test_there_is_no_page_of_an_approval_that_is_none(lead: httpx.Client) -> None:
    assert lead.get("/approvals/none").status_code == 404
    answer = send(lead, "/approvals/none", verdict="approve", sha256="0")
    assert answer.status_code == 404
