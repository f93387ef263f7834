import httpx
import pytest

from situation.state.tables import AuditLine, DataFinding
from tests.soc_api.web.data_world import SECRET
from tests.soc_api.web.page.data.conftest import Survey, send

ROLES = ("data_officer", "duty_lead", "administrator", "auditor")


def _decide(client: httpx.Client, survey: Survey, act: str, **fields: object) -> httpx.Response:
    path = f"/data/marks/{survey.ids['secret']}/decide"
    return send(client, path, **({"version": 1, "act": act, "reason": "已到场核实"} | fields))


def test_the_secrecy_officer_sees_where_it_stands_and_why(survey: Survey) -> None:
    with survey.visit("secrecy_officer") as client:
        assert SECRET in client.get("/data/marks").text
        page = client.get(f"/data/marks/{survey.ids['secret']}").text
    for said in (SECRET, "机密★10年", "国家秘密", "第 1 页，页眉", "密级、★和有效期限", "5f5f5f5f"):
        assert said in page, said


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_sees_it(survey: Survey, role: str) -> None:
    with survey.visit(role) as client:
        for path in ("/data/marks", f"/data/marks/{survey.ids['secret']}"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("confirm", "confirmed"),
        ("false_alarm", "false_alarm"),
        ("declassify", "declassified"),
    ],
)
def test_what_is_said_of_a_mark_is_signed(survey: Survey, act: str, state: str) -> None:
    with survey.visit("secrecy_officer") as client:
        assert _decide(client, survey, act).status_code == 303
        page = client.get(f"/data/marks/{survey.ids['secret']}").text
    assert "已到场核实" in page
    with survey.served.state.reading() as session:
        row = session.get_one(DataFinding, survey.ids["secret"])
        lines = session.query(AuditLine).filter_by(object_id=row.id).all()
    assert (row.state, row.decided_by) == (state, "secrecy_officer-1")
    assert len(lines) == 1
    assert not [line for line in lines if "已到场核实" in str(line.detail)]


def test_a_word_about_a_mark_needs_a_reason(survey: Survey) -> None:
    with survey.visit("secrecy_officer") as client:
        refused = _decide(client, survey, "confirm", reason="")
    assert refused.status_code == 409
    assert "须写明理由" in refused.text


def test_what_is_no_finding_about_a_mark_is_not_there(survey: Survey) -> None:
    with survey.visit("secrecy_officer") as client:
        assert client.get(f"/data/marks/{survey.ids['shared']}").status_code == 404
        assert client.get(f"/data/findings/{survey.ids['secret']}").status_code == 404
