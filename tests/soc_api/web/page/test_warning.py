"""The warning board: drafted by one, issued by another, lifted by the issuer."""

import re
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import CityWarning, Department
from tests.soc_api.web.city import INCIDENT, NOW, plan, settle
from tests.soc_api.web.department import HOUSING, add_people
from tests.soc_api.web.server import Served, form_token, log_in

TITLE = "关于防范勒索软件的预警"


@pytest.fixture
def lead(desk: Served) -> Iterator[httpx.Client]:
    settle(desk.state, desk.events)
    add_people(desk.state)
    with desk.logged_in() as client:
        yield client


@pytest.fixture
def second(desk: Served, lead: httpx.Client) -> Iterator[httpx.Client]:
    assert lead
    with desk.browser() as client:
        assert log_in(client, name="wang").status_code == 303
        yield client


def _fields(**given: str) -> dict[str, str]:
    entered = {
        f"field_{field.key}": "2026-03-18T02:00" if field.input == "time" else "全市门户"
        for field in plan().warning_fields
        if field.input != "system" and field.key != "audience"
    }
    basic = {"colour": "yellow", "category": "malicious_program/ransomware", "title": TITLE}
    return basic | entered | given


def _draft(client: httpx.Client, **given: str) -> httpx.Response:
    token = form_token(client.get("/warnings/new").text)
    return client.post("/warnings", data={"form_token": token} | _fields(**given))


def _act(client: httpx.Client, path: str, act: str, **given: str) -> httpx.Response:
    page = client.get(path).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    data = {"form_token": form_token(page), "version": version[1]} | given
    return client.post(f"{path}/{act}", data=data)


def _state(desk: Served) -> str:
    with desk.state.reading() as session:
        return session.scalars(sa.select(CityWarning.state)).one()


def test_an_empty_board_says_that_nothing_holds(lead: httpx.Client) -> None:
    assert "现在没有生效的预警" in lead.get("/warnings").text


def test_a_warning_is_drafted_issued_by_a_second_person_and_lifted(
    lead: httpx.Client, second: httpx.Client, desk: Served
) -> None:
    path = _draft(lead).headers["location"]
    assert "须由第二人发布" in lead.get(path).text
    assert _act(lead, path, "drop", reason="").status_code == 409
    assert _act(second, path, "issue").status_code == 303
    assert _state(desk) == "issued"
    board = lead.get("/warnings").text
    assert "黄色预警" in board
    assert TITLE in board
    assert _act(second, path, "lift", reason="").status_code == 409
    assert _act(second, path, "lift", reason="漏洞已全部修补").status_code == 303
    assert _state(desk) == "lifted"
    assert "漏洞已全部修补" in second.get(path).text


def test_a_colour_beyond_the_citys_power_becomes_a_proposal(
    lead: httpx.Client, second: httpx.Client, desk: Served
) -> None:
    path = _draft(lead, colour="red").headers["location"]
    assert "超出本市权限" in second.get(path).text
    assert _act(second, path, "issue").status_code == 303
    assert _state(desk) == "proposed"


def test_a_department_that_was_told_reads_the_warning_and_no_other_does(
    desk: Served, lead: httpx.Client, second: httpx.Client
) -> None:
    with desk.state.transaction() as session:
        session.add(Department(name=HOUSING, updated_at=NOW))
    path = _draft(lead, field_audience=HOUSING).headers["location"]
    with desk.browser() as told, desk.browser() as other:
        assert log_in(told, name="liu").status_code == 303
        assert log_in(other, name="sun").status_code == 303
        assert told.get(f"/portal{path}").status_code == 404
        _act(second, path, "issue")
        assert TITLE in told.get("/portal").text
        assert "全市门户" in told.get(f"/portal{path}").text
        assert TITLE not in other.get("/portal").text
        assert other.get(f"/portal{path}").status_code == 404
        _act(second, path, "lift", reason="补丁已全部安装")
        assert "补丁已全部安装" in told.get(f"/portal{path}").text


@pytest.mark.parametrize("field", ["field_starts_at", "field_scope"])
def test_a_missing_field_is_named_and_the_rest_is_kept(lead: httpx.Client, field: str) -> None:
    answer = _draft(lead, **{field: ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert TITLE in answer.text


def test_a_department_that_the_directory_does_not_have_is_said(lead: httpx.Client) -> None:
    answer = _draft(lead, field_audience="没有这个局")
    assert answer.status_code == 422
    assert "名录里没有这个单位" in answer.text


def test_a_warning_of_an_incident_begins_with_its_colour_and_title(lead: httpx.Client) -> None:
    page = lead.get(f"/warnings/new?incident={INCIDENT}").text
    assert re.search(r'value="yellow" checked', page)
    assert INCIDENT in page


def test_a_warning_is_handed_out_as_word_and_pdf(lead: httpx.Client, second: httpx.Client) -> None:
    path = _draft(lead).headers["location"]
    assert lead.get(f"{path}/warning.pdf").content.startswith(b"%PDF")
    assert lead.get(f"{path}/warning.docx").content.startswith(b"PK")
    assert lead.get(f"{path}/lift.pdf").status_code == 404
    assert second.get("/warnings/none").status_code == 404


def test_markup_in_a_field_is_text(lead: httpx.Client) -> None:
    path = _draft(lead, title="<script>alert(1)</script>", field_scope="<img src=x>").headers[
        "location"
    ]
    for page in (lead.get(path).text, lead.get("/warnings").text):
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
