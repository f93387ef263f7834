import io
import re

import docx
import httpx
import pypdf
import pytest

from situation.state.tables import Incident, Report, RunningClock, Task
from tests.soc_api.web.busy_incident import DRAFT_REPORT, HOSTILE, SENT_REPORT, work_on
from tests.soc_api.web.city import DRILL_INCIDENT, INCIDENT, settle
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

PROVINCE = "省级网信部门"
START = f"/incidents/{INCIDENT}/reports"
CAUSE = "弱口令被猜中"


@pytest.fixture
def served(desk: Served) -> Served:
    settle(desk.state, desk.events, alerts=5)
    return desk


@pytest.fixture
def busy(served: Served) -> Served:
    with served.state.transaction() as session:
        work_on(session)
    return served


def _send(client: httpx.Client, path: str, /, **fields: object) -> httpx.Response:
    token = form_token(client.get("/").text)
    return client.post(path, data={"form_token": token, **fields})


def _begin(client: httpx.Client, kind: str = "first", addressee: str = PROVINCE) -> str:
    answer = _send(client, START, kind=kind, addressee=addressee)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _items(page: str) -> dict[str, str]:
    inputs = re.findall(
        r'<input class="input" id="item-[^"]+" name="([^"]+)" value="([^"]*)"', page
    )
    areas = re.findall(r'<textarea id="item-[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return dict(inputs) | dict(areas) | {"version": version[1]}


def _report(served: Served, path: str) -> Report:
    with served.state.reading() as session:
        return session.get_one(Report, path.rpartition("/")[2])


def test_a_first_report_begins_with_what_the_incident_tells(served: Served) -> None:
    with served.logged_in() as client:
        incident = client.get(f"/incidents/{INCIDENT}").text
        page = client.get(_begin(client)).text
    assert "发首次报告 <kbd>r</kbd>" in incident
    items = _items(page)
    assert items["unit"] == "市住房公积金管理中心"
    assert "gjj-app-03" in items["system"]
    assert "1,240,000 人" in items["impact"]
    assert page.count("现在必填") >= 10
    assert "可后补" in page
    assert "首次报告" in page
    assert "03:21:00" in page


def test_what_is_known_is_sent_and_the_rest_becomes_a_task(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client)
        items = _items(client.get(path).text) | {"phone": "0000-12345678", "reporter": "周"}
        answer = _send(client, path, **items, act="send", channel="hotline")
        page = client.get(path).text
        incident = client.get(f"/incidents/{INCIDENT}").text
    report = _report(served, path)
    assert answer.status_code == 303, answer.text
    assert (report.state, report.sent_by, report.channel) == ("sent", NAME, "hotline")
    assert "cause" in report.missing
    assert "12387 热线" in page
    assert "待补报" in page
    assert "补报第1次报告未填的" in incident
    with served.state.reading() as session:
        met = session.query(RunningClock).filter_by(incident_id=INCIDENT, addressee=PROVINCE)
        assert {clock.state for clock in met if clock.start == "discovery"} == {"met"}
        assert session.query(Task).filter_by(kind="supplement_report", state="open").count() == 1


def test_an_item_that_is_due_now_is_asked_for_at_its_field(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client)
        items = _items(client.get(path).text) | {"impact": " ", "cause": CAUSE}
        answer = _send(client, path, **items, act="send", channel="hotline")
    assert answer.status_code == 422
    assert re.search(r'name="impact"[^>]*aria-invalid="true"', answer.text)
    assert "报出前须填写" in answer.text
    assert CAUSE in answer.text
    assert _report(served, path).state == "draft"


def test_ransom_is_told_or_said_to_be_unknown(served: Served) -> None:
    with served.state.transaction() as session:
        row = session.get_one(Incident, INCIDENT)
        row.facts = {**row.facts, "ransomware": {}}
    with served.logged_in() as client:
        path = _begin(client)
        items = _items(client.get(path).text) | {"phone": "1", "reporter": "周"}
        refused = _send(client, path, **items, act="send", channel="fax")
        explicit = {f"ransom_{name}": "未知" for name in ("amount", "method", "date")}
        sent = _send(client, path, **(items | explicit), act="send", channel="fax")
    assert refused.status_code == 422
    assert "没有要求就写“未要求”" in refused.text
    assert sent.status_code == 303


def test_a_draft_is_kept_and_a_second_writer_is_told(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client)
        items = _items(client.get(path).text) | {"cause": CAUSE}
        first = _send(client, path, **items, act="save")
        second = _send(client, path, **(items | {"cause": "别的原因"}), act="save")
    assert (first.status_code, second.status_code) == (303, 409)
    assert "别人刚改过它" in second.text
    assert "别的原因" in second.text
    assert _report(served, path).items["cause"] == CAUSE


def test_the_same_report_is_not_begun_twice(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client)
        again = _send(client, START, kind="first", addressee=PROVINCE)
        incident = client.get(f"/incidents/{INCIDENT}").text
    assert again.status_code == 409
    assert "请接着写" in again.text
    assert f'href="{path}" data-key="r"' in incident


@pytest.mark.parametrize("addressee", ["", "  "])
def test_a_report_is_for_somebody(served: Served, addressee: str) -> None:
    with served.logged_in() as client:
        answer = _send(client, START, kind="follow_up", addressee=addressee)
    assert answer.status_code in {400, 409}
    with served.state.reading() as session:
        assert session.query(Report).count() == 0


def test_a_receipt_starts_the_clocks_of_the_one_above(served: Served) -> None:
    with served.state.transaction() as session:
        session.get_one(Incident, INCIDENT).level = 2
        session.add(
            RunningClock(
                incident_id=INCIDENT,
                clock="T-OTH-2",
                addressee="国家网信部门（由省级网信部门报告，并通报同级有关部门）",
                addressee_en="national CAC",
                clause="4",
                limit_minutes=60,
                start="receipt",
                state="waiting",
                history=[],
            )
        )
    with served.logged_in() as client:
        path = _begin(client)
        items = _items(client.get(path).text) | {"phone": "1", "reporter": "周"}
        _send(client, path, **items, act="send", channel="hotline")
        version = _report(served, path).version
        early = _send(client, f"{path}/receipt", version=version, received_at="2026-03-17T02:00")
        wrong = _send(client, f"{path}/receipt", version=version, received_at="soon")
        right = _send(
            client, f"{path}/receipt", version=version, received_at="2026-03-18T02:17", note=HOSTILE
        )
        page = client.get(path).text
    assert (early.status_code, wrong.status_code, right.status_code) == (422, 422, 303)
    assert "须在报出之后、现在之前" in early.text
    assert "已收悉" in page
    assert HOSTILE not in page
    with served.state.reading() as session:
        onward = session.query(RunningClock).filter_by(clock="T-OTH-2").one()
    assert onward.state == "running"


def test_a_closing_report_waits_for_the_end_of_the_response(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client, "closing")
        page = client.get(path).text
        items = {key: value or "x" for key, value in _items(page).items()}
        answer = _send(client, path, **items, act="send", channel="paper")
    assert "责任追究情况" in page
    assert answer.status_code == 409
    assert "响应还没有结束" in answer.text


def test_a_notice_to_persons_needs_its_contact(served: Served) -> None:
    with served.logged_in() as client:
        path = _begin(client, "pi_persons", "受影响的个人")
        items = {key: value or "x" for key, value in _items(client.get(path).text).items()}
        answer = _send(client, path, **(items | {"contact": ""}), act="send", channel="mail")
    assert answer.status_code == 422
    assert re.search(r'name="contact"[^>]*aria-invalid="true"', answer.text)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("first", "公积金中心业务前置机失陷并外传数据"),
        ("closing", "公积金中心业务前置机失陷并外传数据"),
        ("pi_persons", "《中华人民共和国个人信息保护法》第五十七条"),
    ],
)
def test_a_report_is_handed_out_in_word_and_pdf(served: Served, kind: str, words: str) -> None:
    with served.logged_in() as client:
        path = _begin(client, kind)
        word, pdf = client.get(f"{path}.docx"), client.get(f"{path}.pdf")
    text = "\n".join(line.text for line in docx.Document(io.BytesIO(word.content)).paragraphs)
    printed = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages
    )
    assert word.headers["content-disposition"].startswith("attachment;")
    assert pdf.headers["content-type"] == "application/pdf"
    assert words in text
    assert words in printed.replace("\n", "")


def test_a_drill_s_report_is_marked(served: Served) -> None:
    with served.logged_in() as client:
        answer = _send(
            client, f"/incidents/{DRILL_INCIDENT}/reports", kind="first", addressee=PROVINCE
        )
        page = client.get(answer.headers["location"]).text
    assert 'class="hatch"' in page
    assert "chip--drill" in page


def test_who_may_only_look_reads_reports_and_writes_none(busy: Served) -> None:
    with logged_in_as(busy, "viewer") as client:
        page = client.get(f"/reports/{DRAFT_REPORT}")
        main = page.text[page.text.index("<main") : page.text.index("</main>")]
        sent = [
            _send(client, f"/reports/{DRAFT_REPORT}", version=1, act="save"),
            _send(client, f"/reports/{SENT_REPORT}/receipt", version=1, received_at="x"),
        ]
    assert page.status_code == 200
    assert "<form" not in main
    assert [answer.status_code for answer in sent] == [403, 403]


@pytest.mark.parametrize("end", ["", ".docx", ".pdf"])
def test_no_report_has_no_page(served: Served, end: str) -> None:
    with served.logged_in() as client:
        assert client.get(f"/reports/none{end}").status_code == 404


def test_a_report_that_is_not_there_cannot_be_written(served: Served) -> None:
    with served.logged_in() as client:
        answers = [
            _send(client, "/reports/none", version=1, act="save"),
            _send(client, "/reports/none/receipt", version=1, received_at="2026-03-18T02:17"),
        ]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_page_is_whole_in_english(busy: Served) -> None:
    with busy.logged_in() as client:
        _send(client, "/account/language")
        draft = client.get(f"/reports/{DRAFT_REPORT}").text
        sent = client.get(f"/reports/{SENT_REPORT}").text
    for words in ("Unit that was hit", "due now", "Record as sent", "hotline 12387"):
        assert words in draft
    assert "Record receipt" in sent


def test_an_incident_goes_its_whole_way_to_the_archive(served: Served) -> None:
    """Response, containment, recovery, end, closing report, archive: by the pages alone."""
    address = f"/incidents/{INCIDENT}"
    with served.logged_in() as client:
        for act in ("respond", "contain", "recover", "assess"):
            seen = re.search(r'name="version" value="(\d+)"', client.get(address).text)
            assert seen is not None
            led = _send(client, f"{address}/stage", act=act, version=seen[1])
            assert led.status_code == 303, act
        page = client.get(address).text
        path = _begin(client, "closing")
        items = {key: value or "已核实" for key, value in _items(client.get(path).text).items()}
        sent = _send(client, path, **items, act="send", channel="paper")
        with served.state.reading() as session:
            version = str(session.get_one(Incident, INCIDENT).version)
        ended = _send(client, f"{address}/stage", act="archive", version=version)
        last = client.get(address).text
    assert "报送处置总结报告" in page
    assert (sent.status_code, ended.status_code) == (303, 303)
    assert '<li class="past">已归档' in last
    assert "报送处置总结报告</span>" not in last
