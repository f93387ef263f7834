import httpx
import pytest

from situation.content.grade import DataGrade
from situation.state.tables import (
    AuditLine,
    DataFinding,
    Notice,
    RectificationItem,
    ScannedResource,
    ScanRun,
)
from tests.soc_api.web.data_world import HR, NAS, SHARED
from tests.soc_api.web.page.data.conftest import Survey, send


def _act(
    client: httpx.Client, survey: Survey, name: str, act: str, **fields: object
) -> httpx.Response:
    path = f"/data/findings/{survey.ids[name]}/{act}"
    return send(client, path, **({"version": 1} | fields))


def _finding(survey: Survey, name: str) -> DataFinding:
    with survey.served.state.reading() as session:
        row = session.get_one(DataFinding, survey.ids[name])
        session.expunge(row)
        return row


def test_a_rectification_is_drafted_with_an_item_for_each_finding(
    officer: httpx.Client, survey: Survey
) -> None:
    answer = _act(officer, survey, "shared", "rectify", also=[survey.ids["unreadable"]])
    key = survey.ids["shared"]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/data/findings/{key}")
    with survey.served.state.reading() as session:
        notice = session.query(Notice).one()
        items = session.query(RectificationItem).order_by(RectificationItem.position).all()
    assert (notice.department, notice.kind, notice.status) == (HR, "rectification", "sign_off")
    assert [SHARED in items[0].title, "工资.zip" in items[1].title] == [True, True]
    page = officer.get(f"/data/findings/{key}").text
    assert "待签发" in page
    assert notice.number in page
    assert "发整改通报" not in page[page.index("<main") :]


def test_findings_of_several_departments_do_not_go_into_one_notice(
    officer: httpx.Client, survey: Survey
) -> None:
    answer = _act(officer, survey, "shared", "rectify", also=[survey.ids["credentials"]])
    assert answer.status_code == 409
    assert "所选发现属于不同单位" in answer.text
    with survey.served.state.reading() as session:
        assert session.query(Notice).count() == 0


@pytest.mark.parametrize(("act", "state"), [("false_alarm", "false_alarm"), ("accept", "accepted")])
def test_a_decision_needs_a_reason_and_can_be_taken_back(
    officer: httpx.Client, survey: Survey, act: str, state: str
) -> None:
    refused = _act(officer, survey, "shared", act, reason=" ")
    assert refused.status_code == 409
    assert "须写明理由" in refused.text
    assert _act(officer, survey, "shared", act, reason="测试数据").status_code == 303
    assert _finding(survey, "shared").state == state
    page = officer.get(f"/data/findings/{survey.ids['shared']}").text
    assert "测试数据" in page
    version = _finding(survey, "shared").version
    again = _act(officer, survey, "shared", "reopen", version=version, reason="不是")
    assert again.status_code == 303
    assert _finding(survey, "shared").state == "open"


@pytest.mark.parametrize(
    ("act", "grade"), [("important", DataGrade.IMPORTANT), ("ordinary", DataGrade.GENERAL_4)]
)
def test_a_person_says_whether_it_is_important_data(
    officer: httpx.Client, survey: Survey, act: str, grade: DataGrade
) -> None:
    assert _act(officer, survey, "shared", act, reason="按目录核对").status_code == 303
    row = _finding(survey, "shared")
    with survey.served.state.reading() as session:
        resource = session.get_one(ScannedResource, row.resource_id)
        assert (resource.grade, resource.needs_confirm) == (grade, False)
    page = officer.get(f"/data/findings/{survey.ids['shared']}").text
    assert "确认为重要数据" not in page


def test_the_responsible_person_is_changed(officer: httpx.Client, survey: Survey) -> None:
    assert _act(officer, survey, "shared", "owner", owner="信息科 王").status_code == 303
    assert _finding(survey, "shared").owner == "信息科 王"
    with survey.served.state.reading() as session:
        line = session.query(AuditLine).filter_by(action="finding.change_owner").one()
    assert line.actor == "data_officer-1"


def test_a_re_scan_is_asked_for_once(officer: httpx.Client, survey: Survey) -> None:
    assert _act(officer, survey, "shared", "rescan").status_code == 303
    with survey.served.state.reading() as session:
        run = session.query(ScanRun).filter_by(target=NAS, state="waiting").one()
    assert (run.asked_by, run.department, run.zone) == ("data_officer-1", HR, "public_share")
    refused = _act(officer, survey, "shared", "rescan")
    assert refused.status_code == 409
    assert "这个目标正在扫描" in refused.text


def test_a_place_that_was_scanned_by_hand_is_scanned_again_as_it_was(
    officer: httpx.Client, survey: Survey
) -> None:
    with survey.served.state.transaction() as session:
        row = session.get_one(DataFinding, survey.ids["shared"])
        row.target = "/srv/handover"
    assert _act(officer, survey, "shared", "rescan", version=2).status_code == 303
    with survey.served.state.reading() as session:
        run = session.query(ScanRun).filter_by(target="/srv/handover").one()
    assert (run.department, run.zone) == (HR, "public_share")


def test_who_was_quicker_is_not_overwritten(officer: httpx.Client, survey: Survey) -> None:
    refused = _act(officer, survey, "shared", "accept", version=7, reason="旧页面")
    assert refused.status_code == 409
    assert "别人刚改过它" in refused.text
    assert "旧页面" in refused.text


def test_a_list_is_come_back_to(officer: httpx.Client, survey: Survey) -> None:
    came = f"{survey.served.url}/data/findings?view=new"
    officer.headers["referer"] = came
    answer = _act(officer, survey, "shared", "owner", owner="陈")
    assert answer.headers["location"] == "/data/findings?view=new"


def test_who_only_looks_is_offered_nothing_and_may_nothing(survey: Survey) -> None:
    with survey.visit("auditor") as client:
        page = client.get(f"/data/findings/{survey.ids['shared']}").text
        assert "<form" not in page[page.index("<main") : page.index("</main>")]
        assert _act(client, survey, "shared", "accept", reason="不").status_code == 403


def test_nobody_decides_on_a_mark_here(officer: httpx.Client, survey: Survey) -> None:
    for act in ("accept", "false_alarm", "rectify", "rescan"):
        assert _act(officer, survey, "secret", act, reason="不").status_code == 404
