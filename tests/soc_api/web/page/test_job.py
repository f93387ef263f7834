import re
from collections.abc import Iterator

import httpx
import pytest

from situation.state.tables import AuditLine, Job, JobSlot
from soc_api.jobs.catalogue import JOBS
from tests.soc_api.web.city import NOW
from tests.soc_api.web.holding import schedule
from tests.soc_api.web.server import Served, form_token, logged_in_as


@pytest.fixture
def lead(desk: Served) -> Iterator[httpx.Client]:
    with desk.state.transaction() as session:
        schedule(session)
    with desk.logged_in() as client:
        yield client


def _row(page: str, name: str) -> str:
    start = page.index(f'href="/jobs/{name}"')
    return re.sub("<[^>]+>", " ", page[start : page.index("</tr>", start)])


def _act(client: httpx.Client, name: str, act: str, **more: str) -> httpx.Response:
    token = form_token(client.get(f"/jobs/{name}").text)
    return client.post(f"/jobs/{name}/{act}", data={"form_token": token, **more})


def test_every_job_of_the_list_has_a_row(lead: httpx.Client) -> None:
    page = lead.get("/jobs").text
    assert re.findall(r'href="/jobs/(\w+)"', page) == [job.name for job in JOBS]
    assert "排班由 desk-1" in page


def test_a_row_says_when_it_is_wanted_and_how_it_stands(lead: httpx.Client) -> None:
    page = lead.get("/jobs").text
    assert "每 5 秒" in _row(page, "sweep")
    assert "2 秒前" in _row(page, "sweep")
    assert "正常" in _row(page, "sweep")
    assert "久未成功" in _row(page, "feeds")
    assert "feeds.cert 无法读取：没有这个文件" in _row(page, "feeds")
    assert "已暂停" in _row(page, "report")
    assert "等新版周报模板" in _row(page, "report")
    assert "从未" in _row(page, "proof")


def test_a_clock_that_is_gone_is_told(desk: Served) -> None:
    with desk.logged_in() as client:
        assert "没有时钟在走" in client.get("/jobs").text


def test_the_turns_of_a_job_tell_what_came_of_them(lead: httpx.Client) -> None:
    page = lead.get("/jobs/retention").text
    assert "清理文档 1,204,311" in page
    assert "已有更近的一次" in page
    assert "值班长 周" in page[page.index("tbl--turns") :]
    assert "还没有执行过" in lead.get("/jobs/proof").text


def test_a_job_that_is_not_of_the_list_is_not_there(lead: httpx.Client) -> None:
    assert lead.get("/jobs/nothing").status_code == 404
    token = form_token(lead.get("/jobs").text)
    assert lead.post("/jobs/nothing/run", data={"form_token": token}).status_code == 404


def test_a_turn_is_asked_for_once(lead: httpx.Client, desk: Served) -> None:
    assert _act(lead, "proof", "run").status_code == 303
    with desk.state.reading() as session:
        turn = session.query(JobSlot).filter_by(job="proof").one()
    assert (turn.state, turn.asked_by, turn.slot) == ("due", "zhou", NOW)
    refused = _act(lead, "proof", "run")
    assert refused.status_code == 409
    assert "没有执行" in refused.text


def test_a_job_is_paused_for_a_reason_and_goes_on(lead: httpx.Client, desk: Served) -> None:
    assert _act(lead, "retention", "pause", version="1", reason=" ").status_code == 409
    answer = _act(lead, "retention", "pause", version="1", reason="磁盘维护")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/retention")
    page = lead.get("/jobs/retention").text
    assert "磁盘维护" in page
    assert _act(lead, "retention", "resume", version="2").status_code == 303
    with desk.state.reading() as session:
        assert session.get_one(Job, "retention").paused_at is None
        said = [line.action for line in session.query(AuditLine).filter_by(object_id="retention")]
    assert said == ["job.pause", "job.resume"]


def test_who_was_quicker_is_not_overwritten(lead: httpx.Client) -> None:
    refused = _act(lead, "retention", "pause", version="7", reason="磁盘维护")
    assert refused.status_code == 409
    assert "别人刚改过它" in refused.text


def test_who_only_looks_is_offered_nothing(desk: Served) -> None:
    with desk.state.transaction() as session:
        schedule(session)
    with logged_in_as(desk, "viewer") as client:
        for page in (client.get("/jobs").text, client.get("/jobs/retention").text):
            main = page[page.index("<main") : page.index("</main>")]
            assert "<form" not in main


def test_an_english_reader_gets_the_page_in_english(lead: httpx.Client) -> None:
    token = form_token(lead.get("/jobs").text)
    lead.post("/account/language", data={"form_token": token, "next": "/jobs"})
    page = lead.get("/jobs").text
    assert "daily at 02:40" in _row(page, "retention")
    assert "every Monday at 08:00" in _row(page, "report")
    assert "hourly at :17" in _row(page, "feeds")
