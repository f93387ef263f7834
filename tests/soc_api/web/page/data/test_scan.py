import datetime as dt
import pathlib
import re

import httpx

from situation.state.tables import ScanRun
from tests.soc_api.web.data_world import DATABASE, NAS
from tests.soc_api.web.page.data.conftest import Survey, send
from tests.soc_api.web.server import Served


def _row(page: str, part: str, name: str) -> str:
    body = page[page.index(f'data-part="{part}"') :]
    start = body.index(f">{name}</a>")
    return " ".join(re.sub("<[^>]+>", " ", body[start : body.index("</tr>", start)]).split())


def test_a_target_says_when_it_is_scanned_and_what_came_of_it(officer: httpx.Client) -> None:
    page = officer.get("/data/scans").text
    row = _row(page, "targets", NAS)
    for said in ("每天 01:30，工作日", "下一次", "时段 01:00–05:00", "214 处", "209 处未变"):
        assert said in row, said
    assert "已加密 2" in row
    assert "已损坏 1" in row


def test_a_run_that_goes_on_has_a_bar_a_rate_and_an_end(
    officer: httpx.Client, survey: Survey
) -> None:
    page = officer.get("/data/scans").text
    assert "410 / 820 处，约剩 4 分" in _row(page, "targets", DATABASE)
    assert 'data-live="/data/scans"' in page
    page = officer.get(f"/data/scans/{survey.ids['running']}").text
    for said in ('width="50"', "50%", "1.7", "16.3 kB/秒", "停止"):
        assert said in page, said


def test_a_run_that_failed_is_told_on_top(officer: httpx.Client, survey: Survey) -> None:
    page = officer.get("/data/scans").text
    assert "plan-share 扫描失败" in page
    assert "目标有异常" in officer.get(f"/data/scans/{survey.ids['failed']}").text


def test_a_run_outside_of_its_hours_says_when_it_goes_on(survey: Survey) -> None:
    with survey.served.state.transaction() as session:
        session.get_one(ScanRun, "run-hr-nas").state = "resting"
    survey.served.clock.advance(dt.timedelta(hours=4))
    with survey.visit("data_officer") as officer:
        text = officer.get("/data/scans/run-hr-nas").text
    assert "时段外休息" in text
    assert "19 日 01:00 继续" in text


def test_a_target_is_scanned_when_somebody_asks(officer: httpx.Client, survey: Survey) -> None:
    answer = send(officer, "/data/scans", location=NAS)
    assert answer.status_code == 303
    with survey.served.state.reading() as session:
        run = session.query(ScanRun).filter_by(state="waiting").one()
    assert answer.headers["location"] == f"/data/scans/{run.id}"
    assert (run.target, run.asked_by) == (NAS, "data_officer-1")
    assert "等待" in officer.get(f"/data/scans/{run.id}").text


def test_a_path_is_scanned_once_for_a_department(
    officer: httpx.Client, survey: Survey, tmp_path: pathlib.Path
) -> None:
    fields = {"location": str(tmp_path), "department": "市档案馆", "zone": "partner"}
    assert send(officer, "/data/scans", **fields).status_code == 303
    with survey.served.state.reading() as session:
        run = session.query(ScanRun).filter_by(state="waiting").one()
    assert (run.target, run.department, run.zone) == (str(tmp_path), "市档案馆", "partner")


def test_a_path_that_leads_nowhere_is_not_asked_for(officer: httpx.Client) -> None:
    for location in ("/srv/nowhere/at-all", "gopher://files.example/share"):
        answer = send(officer, "/data/scans", location=location)
        assert answer.status_code == 422
        assert "没有这个目标、文件或文件夹" in answer.text


def test_a_password_in_a_url_is_refused_and_not_kept(officer: httpx.Client, survey: Survey) -> None:
    url = "postgresql://reader:synthetic-9c1@db.example/clinic"
    answer = send(officer, "/data/scans", location=url)
    assert answer.status_code == 422
    assert "URL 里不能有口令" in answer.text
    assert "synthetic-9c1" not in answer.text
    with survey.served.state.reading() as session:
        assert session.query(ScanRun).filter_by(state="waiting").count() == 0


def test_an_open_run_is_not_begun_twice_and_can_be_stopped(
    officer: httpx.Client, survey: Survey
) -> None:
    refused = send(officer, "/data/scans", location=DATABASE)
    assert refused.status_code == 409
    assert "这个目标正在扫描" in refused.text
    path = f"/data/scans/{survey.ids['running']}/stop"
    assert send(officer, path, version=1).status_code == 303
    assert "停止中" in officer.get(f"/data/scans/{survey.ids['running']}").text
    again = send(officer, path, version=1)
    assert again.status_code == 409
    over = send(officer, f"/data/scans/{survey.ids['nas']}/stop", version=1)
    assert "这次扫描已结束" in over.text


def test_a_run_that_is_not_there_is_not_found(officer: httpx.Client) -> None:
    assert officer.get("/data/scans/nothing").status_code == 404
    assert send(officer, "/data/scans/nothing/stop", version=1).status_code == 404


def test_without_targets_the_page_says_where_they_are_set(desk: Served) -> None:
    with desk.logged_in() as client:
        page = client.get("/data/scans").text
    assert "没有设置扫描目标" in page
    assert "还没有扫描过" in page
