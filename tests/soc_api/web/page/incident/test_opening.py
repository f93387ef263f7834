"""An incident that came by phone is opened by hand and graded by its facts."""

import re
from collections.abc import Iterator

import httpx
import pytest

from situation.state.tables import Incident
from tests.soc_api.web.department import HOUSING
from tests.soc_api.web.server import Served, form_token

FORM = {
    "title_zh": "公积金门户无法打开",
    "category": "network_attack/denial_of_service",
    "department": HOUSING,
    "discovered_at": "2026-03-18T01:30",
}


@pytest.fixture
def lead(desk: Served) -> Iterator[httpx.Client]:
    with desk.logged_in() as client:
        yield client


def _open(client: httpx.Client, **given: str) -> httpx.Response:
    token = form_token(client.get("/incidents/new").text)
    return client.post("/incidents/new", data={"form_token": token} | FORM | given)


def test_it_is_opened_and_leads_on_to_its_facts(lead: httpx.Client, desk: Served) -> None:
    where = _open(lead).headers["location"]
    assert re.fullmatch(r"/incidents/SJ-\d+-\w+/grade", where)
    with desk.state.reading() as session:
        row = session.get_one(Incident, where.split("/")[2])
    assert (row.stage, row.title_zh, row.department) == ("draft", FORM["title_zh"], HOUSING)
    assert FORM["title_zh"] in lead.get(where).text
    assert FORM["title_zh"] in lead.get("/incidents").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_zh", ""),
        ("category", "none/none"),
        ("discovered_at", "2099-01-01T00:00"),
        ("discovered_at", "soon"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    lead: httpx.Client, field: str, value: str
) -> None:
    answer = _open(lead, **{field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert HOUSING in answer.text
