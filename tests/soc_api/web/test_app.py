import pathlib
import re

import httpx
import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from situation.events.opening import open_event_store
from situation.faults import Conflict, Fault, Malformed
from situation.settings import ConsoleSettings
from situation.state.tables import Alert
from soc_api.jobs.catalogue import JOBS
from tests.soc_api.web.city import INCIDENT, NOTICE, alert_id, open_stores, settle
from tests.soc_api.web.holding import schedule
from tests.soc_api.web.server import Served, serving

PAGES = (
    "/",
    "/alerts",
    f"/alerts/{alert_id(0)}",
    f"/alerts/{alert_id(0)}/pane",
    "/incidents",
    f"/incidents/{INCIDENT}",
    f"/incidents/{INCIDENT}/grade",
    "/notices",
    f"/notices/{NOTICE}",
    f"/notices/{NOTICE}/pane",
    "/measures",
    "/jobs",
    "/jobs/sweep",
)
OPEN = ("/login", "/health", "/nothing", "/static/console.css", "/static/console.js")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'"
)


@pytest.mark.parametrize("path", [*PAGES, *OPEN])
def test_every_answer_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith(POLICY)
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if "/static/" in path else "no-store")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_script_style_or_address_of_elsewhere(
    client: httpx.Client, path: str
) -> None:
    page = client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src=)", page)
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_who_is_there_and_comes_back(city: Served, path: str) -> None:
    with city.browser() as stranger:
        answer = stranger.get(path)
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]).path == "/login"
    assert httpx.URL(answer.headers["location"]).params["next"] == path


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/static/../app.py"])
def test_what_is_not_a_page_is_not_there(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


@pytest.mark.parametrize("path", ["/alerts/none", "/incidents/none", "/notices/none"])
def test_an_unknown_record_reads_as_no_page(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/alerts?severity=9", "/alerts?page=0", "/alerts?status=x", "/notices?status=x"]
)
def test_a_wrong_parameter_is_named(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert f"参数 {path.partition('?')[2].partition('=')[0]} 不能是" in answer.text


def test_health_needs_no_login_and_tells_no_content(city: Served) -> None:
    with city.browser() as stranger:
        answer = stranger.get("/health")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state_store"], told["event_store"]) == (True, True)
    never = {"age_seconds": None, "stale": False, "paused": False}
    assert told["jobs"] == {job.name: never for job in JOBS}


def test_health_tells_how_old_the_last_success_of_each_job_is(desk: Served) -> None:
    with desk.state.transaction() as session:
        schedule(session)
    with desk.browser() as stranger:
        jobs = stranger.get("/health").json()["jobs"]
    assert jobs["sweep"] == {"age_seconds": 2.0, "stale": False, "paused": False}
    assert jobs["feeds"] == {"age_seconds": 18_000.0, "stale": True, "paused": False}
    assert jobs["report"]["paused"] is True


def test_health_without_a_state_store_says_so_alone(desk: Served) -> None:
    with desk.state.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE job RENAME TO job_away"))
    with desk.browser() as stranger:
        answer = stranger.get("/health")
    assert answer.status_code == 503
    gone = {"state_store": False, "event_store": True, "jobs": {}, "scans": {}}
    assert answer.json() == gone


def test_a_foreign_host_name_is_refused(city: Served) -> None:
    with city.browser() as stranger:
        answer = stranger.get("/login", headers={"host": "rebound.example"})
    assert answer.status_code == 400


def test_a_page_that_breaks_says_so_with_a_number(desk: Served) -> None:
    settle(desk.state, desk.events)
    with desk.state.transaction() as session:
        session.execute(sa.update(Alert).values(severity=9))
    with desk.logged_in() as client:
        answer = client.get("/alerts")
    assert answer.status_code == 500
    assert re.search(r"编号 [0-9a-f]{8}", answer.text)
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"].startswith(POLICY)


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (Malformed("has a control character", where="reason"), 400, "不合要求（reason）"),
        (Conflict("somebody else was quicker", where="n"), 409, "没有改动任何数据"),
        (Refusal("same_person", "a second person", where="n"), 409, "没有改动任何数据"),
    ],
)
def test_a_fault_that_no_page_foresaw_is_said_with_its_reason(
    desk: Served, fault: Fault, status: int, said: str
) -> None:
    def fail() -> None:
        raise fault

    desk.app.add_api_route("/fails", fail)
    with desk.logged_in() as client:
        answer = client.get("/fails")
    assert answer.status_code == status
    assert said in answer.text


def test_a_state_store_that_is_away_is_said_so(desk: Served) -> None:
    with desk.logged_in() as client:
        with desk.state.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE alert RENAME TO alert_away"))
        answer = client.get("/alerts")
    assert answer.status_code == 503
    assert "状态库不可达" in answer.text


def test_pages_live_on_when_the_event_store_is_away(tmp_path: pathlib.Path) -> None:
    state, events = open_stores(tmp_path)
    settle(state, events)
    away = open_event_store("http://127.0.0.1:9")
    with serving(state, away) as served, served.logged_in() as client:
        desk, queue, alert = (client.get(path) for path in PAGES[:3])
        health = client.get("/health")
    for store in (away, events, state):
        store.close()
    assert [page.status_code for page in (desk, queue, alert)] == [200, 200, 200]
    assert all("事件库不可达" in page.text for page in (desk, queue, alert))
    assert "SSH 猜解 4,112 次后登录成功" in queue.text
    assert health.json()["event_store"] is False


def test_under_https_cookie_and_headers_are_strict(tmp_path: pathlib.Path) -> None:
    state, events = open_stores(tmp_path)
    with (
        serving(state, events, settings=ConsoleSettings(https=True)) as served,
        served.browser() as client,
    ):
        answer = client.post("/login", data={"name": "zhou", "password": "synthetic-pass-4711"})
    events.close()
    state.close()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-citywatch=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
