"""Where our data lie, in a real browser: a real scan of a real folder, seen, sent, answered."""

import csv
import datetime as dt
import pathlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from corpus.dice import Dice
from corpus.person import Person as Invented
from corpus.person import people
from playbooks.notice import acts
from playbooks.notice.feedback import Answer, answer
from playbooks.person import Person
from situation.assets import Assets
from situation.settings import Settings
from situation.state.tables import DataFinding, Department, Notice, ScanRun
from soc_api.accounts import add_account
from soc_api.scan.keeping import scan_and_keep
from soc_api.scan.target import target_of
from soc_api.web.page.notice.change import Known
from soc_api.web.query.data.scanning import Scanning
from soc_api.wiring import City
from tests.browser.watched import Watched
from tests.soc_api.web.city import NOW, open_stores, plan
from tests.soc_api.web.data_world import fill, scanning
from tests.soc_api.web.server import PASSWORD, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

UNIT = "市人力资源和社会保障局"
SHARE = "hr-share"
LISTED = "参保名单_0317.csv"
OFFICER = Person("song", "data_officer")
LEAD = Person("zhou", "duty_lead")
CLERK = Person("liu", "department", UNIT)
PEOPLE = 60
MINUTE = dt.timedelta(minutes=1)
SIZES = ((1366, 768), (1920, 1080))
PAGES = (
    "/data",
    "/data?by=place&changed=1",
    "/data/findings",
    "/data/findings?view=all&facets=1",
    "/data/findings/{shared}",
    "/data/findings/{unreadable}",
    "/data/scans",
    "/data/scans/{running}",
    "/data/scans/{failed}",
    "/data/rules",
    "/data/catalogue",
)
MARKS = ("/data/marks", "/data/marks/{secret}")


def _unseen(*_: object) -> None:
    """Nobody is told of a single resource."""


@dataclass(frozen=True)
class Office:
    """A department's share that is scanned for real, and the console over what was found."""

    city: City
    served: Served
    share: pathlib.Path
    planted: list[Invented]

    def scan(self) -> str:
        """Scan the share here and now; return the state that the run ended in."""
        self.served.clock.advance(MINUTE)
        target = target_of(self.city.settings, SHARE)
        tally = scan_and_keep(
            self.city, target, OFFICER, stop=threading.Event(), show=_unseen, progress=_unseen
        )
        return tally.state

    def finding(self) -> DataFinding:
        """Return the finding about the list of people."""
        with self.city.state.reading() as session:
            return session.query(DataFinding).filter_by(rule="V05").one()

    def notice(self) -> Notice:
        """Return the rectification order; the incident has a notice of its own."""
        with self.city.state.reading() as session:
            return session.query(Notice).filter_by(kind="rectification").one()


@pytest.fixture
def office(tmp_path: pathlib.Path) -> Iterator[Office]:
    share = tmp_path / "share"
    (share / "public").mkdir(parents=True)
    planted = people(Dice("office"), PEOPLE)
    _list(share / "public" / LISTED, planted)
    state, events = open_stores(tmp_path)
    target = {"url": str(share), "department": UNIT, "zone": "public_share"}
    settings = Settings.model_validate({"store": {"folder": tmp_path}, "scans": {SHARE: target}})
    with state.transaction() as session:
        session.add(Department(name=UNIT, updated_at=NOW))
        for person in (OFFICER, CLERK):
            add_account(
                session,
                NOW,
                name=person.name,
                display_name=person.name,
                password=PASSWORD,
                role=person.role,
                department=person.department,
            )
    with serving(state, events, scanning=Scanning(settings)) as served:
        city = City(settings, events, state, Assets(()), plan(), served.clock)
        yield Office(city, served, share, planted)
    events.close()
    state.close()


@pytest.fixture
def console(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Served]:
    if "office" in request.fixturenames:
        yield request.getfixturevalue("office").served
        return
    state, events = open_stores(tmp_path / "world")
    with state.transaction() as session:
        fill(session)
        for name, role in (("song", "data_officer"), ("sun", "secrecy_officer")):
            add_account(session, NOW, name=name, display_name=name, password=PASSWORD, role=role)
    with serving(state, events, scanning=scanning(tmp_path / "world")) as served:
        yield served
    events.close()
    state.close()


def _list(file: pathlib.Path, planted: list[Invented]) -> None:
    with file.open("w", encoding="utf-8", newline="") as written:
        rows = csv.writer(written)
        rows.writerow(("姓名", "证件号", "银行卡", "手机"))
        rows.writerows((one.name, one.resident_id, one.bank_card, one.mobile) for one in planted)
    file.chmod(0o644)


def _log_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"(/|/portal)$"))


def _see_no_value(page: Page, planted: list[Invented]) -> None:
    said = page.content()
    values = [value for one in planted for value in (one.resident_id, one.bank_card, one.mobile)]
    assert not [value for value in values if value in said]


def _issue_and_answer(office: Office) -> None:
    """Let the lead issue the notice, and the department sign for it and answer."""
    given = Answer(
        truth="true",
        cause="误放到公共目录",
        measures="已收回权限",
        result="已删除",
        handled_at=office.served.clock.now(),
        residual="无",
        responsible="刘",
        phone="0000-2000777",
    )
    _do(office, lambda session, notice, known: acts.issue(session, plan(), notice, **known(LEAD)))
    _do(office, lambda session, notice, known: acts.sign(session, plan(), notice, **known(CLERK)))
    _do(office, lambda session, notice, known: acts.start(session, plan(), notice, **known(CLERK)))
    _do(
        office,
        lambda session, notice, known: answer(session, plan(), notice, given, **known(CLERK)),
    )


def _do(office: Office, act: Callable[[Session, str, Callable[[Person], Known]], object]) -> None:
    """Carry out an act on the notice as it is now, a minute later."""
    office.served.clock.advance(MINUTE)
    notice, now = office.notice(), office.served.clock.now()
    with office.city.state.transaction() as session:
        act(session, notice.id, lambda by: Known(by=by, expected_version=notice.version, now=now))


def test_a_new_place_is_seen_sent_answered_and_given_back_or_closed(
    watched: Watched, office: Office
) -> None:
    page = watched.page
    assert office.scan() == "done"
    _log_in(page, OFFICER.name)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/data")
    expect(page.get_by_role("row", name=re.compile(UNIT)).first).to_contain_text("+1")
    expect(page.locator("[data-pane]")).to_contain_text("公共共享，全员可读")
    expect(page.locator("[data-pane]")).to_contain_text(LISTED)
    expect(page.locator("[data-pane]")).to_contain_text("居民身份证号")
    _see_no_value(page, office.planted)

    page.keyboard.press("n")
    page.locator("[data-pane] details[open]").get_by_role("button", name="发整改通报").click()
    expect(page.locator("[data-pane]")).to_contain_text(office.notice().number)
    expect(page.locator("[data-pane]")).to_contain_text("待签发")
    _issue_and_answer(office)
    page.goto("/data/findings?view=handling")
    expect(page.locator("tr[aria-current]")).to_contain_text("待复扫")

    assert office.scan() == "done"
    page.goto("/data/findings")
    expect(page.locator("tr[aria-current]")).to_contain_text("复扫仍在")
    assert office.finding().state == "returned"
    (office.share / "public" / LISTED).unlink()
    assert office.scan() == "done"
    page.goto("/data/findings?view=closed")
    expect(page.locator("tr[aria-current]")).to_contain_text("已消除")
    expect(page.locator("[data-pane]")).to_contain_text("复扫销号")
    _see_no_value(page, office.planted)
    assert watched.faults == []


def test_the_department_sees_the_place_and_what_it_looks_like(
    watched: Watched, office: Office
) -> None:
    page = watched.page
    office.scan()
    _log_in(page, OFFICER.name)
    page.goto(f"/data/findings/{office.finding().id}")
    page.keyboard.press("n")
    page.locator("details[open]").get_by_role("button", name="发整改通报").click()
    expect(page.get_by_role("link", name=office.notice().number, exact=True)).to_be_visible()
    _issue_and_answer(office)
    page.context.clear_cookies()
    _log_in(page, CLERK.name)
    page.goto(f"/portal/notices/{office.notice().id}")
    found = page.locator("section", has=page.get_by_role("heading", name="扫描看到的"))
    for said in (LISTED, "防护低于数据级别要求", "居民身份证号", "等待复扫"):
        expect(found).to_contain_text(said)
    _see_no_value(page, office.planted)
    assert watched.faults == []


@pytest.mark.parametrize("size", SIZES, ids=["1366", "1920"])
def test_pages_of_the_scan_fit_and_are_silent(
    watched: Watched, console: Served, size: tuple[int, int]
) -> None:
    page = watched.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for name, pages in (("song", PAGES), ("sun", MARKS)):
        _log_in(page, name)
        for language in ("zh-CN", "en"):
            for path in _filled(console, pages):
                page.goto(path)
                expect(page.locator("html")).to_have_attribute("lang", language)
                wider = page.evaluate(
                    """() => [document.documentElement, document.querySelector("main")]
                        .map((each) => each.scrollWidth - each.clientWidth)"""
                )
                assert max(wider) <= 0, (path, language, wider)
            page.locator("form[action='/account/language'] button").click()
        page.context.clear_cookies()
    assert watched.faults == []


def test_findings_are_walked_by_keys(watched: Watched) -> None:
    page = watched.page
    _log_in(page, "song")
    page.goto("/data/findings")
    first = page.locator("tr[aria-current]").get_attribute("data-id")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-pane]")).to_contain_text("prod.yml")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-id", first or "")
    page.keyboard.press("2")
    page.wait_for_url("**view=new")
    page.keyboard.press("/")
    expect(page.locator("#filter")).to_be_focused()
    assert watched.faults == []


def test_a_run_that_goes_on_is_followed_by_itself(watched: Watched, console: Served) -> None:
    page = watched.page
    _log_in(page, "song")
    page.goto("/data/scans/run-health-db")
    expect(page.get_by_text("410 / 820 处")).to_be_visible()
    with console.state.transaction() as session:
        session.get_one(ScanRun, "run-health-db").seen = 615
    expect(page.get_by_text("615 / 820 处")).to_be_visible()
    expect(page.get_by_text("75%")).to_be_visible()
    assert watched.faults == []


def _filled(console: Served, pages: tuple[str, ...]) -> list[str]:
    with console.state.reading() as session:
        rows = session.query(DataFinding).all()
    ids = {
        "shared": next(row.id for row in rows if row.rule == "V05"),
        "unreadable": next(row.id for row in rows if row.rule == "V11"),
        "secret": next(row.id for row in rows if row.rule == "V01"),
        "running": "run-health-db",
        "failed": "run-plan-share",
    }
    return [path.format(**ids) for path in pages]
