import json

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import PlaybookVersion
from tests.soc_api.web.playbook_world import AUTHOR, DRAFT, LEAK, form_of, playbook
from tests.soc_api.web.theatre import Theatre, send

OWN = form_of(LEAK, 5).replace("leak-response", "own-one")


def _row(theatre: Theatre, key: str, number: int = 1) -> PlaybookVersion:
    with theatre.served.state.reading() as session:
        query = sa.select(PlaybookVersion).filter_by(key=key, number=number)
        return session.scalars(query).one()


def _act(theatre: Theatre, client: httpx.Client, act: str, key: str, **form: str) -> httpx.Response:
    row = _row(theatre, key, int(form.pop("number", "1")))
    return send(client, f"/playbooks/versions/{row.id}/{act}", version=row.version, **form)


def test_a_form_that_was_written_becomes_a_draft(theatre: Theatre) -> None:
    with theatre.visit("ma") as client:
        answer = send(client, "/playbooks", text=OWN.replace("\n", "\r\n"))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/playbooks/own-one?version=1",
    )
    row = _row(theatre, "own-one")
    assert (row.state, row.written_by, row.source) == ("draft", "ma", OWN)


def test_a_cacao_file_is_taken_as_it_is(theatre: Theatre, lead: httpx.Client) -> None:
    document = playbook(LEAK, 5).document
    token = lead.get("/playbooks/new").text
    files = {"file": ("leak.json", json.dumps(document).encode(), "application/json")}
    form_token = token.split('name="form_token" value="')[1].split('"')[0]
    answer = lead.post("/playbooks", data={"form_token": form_token}, files=files)
    assert answer.status_code == 303
    row = _row(theatre, LEAK, 4)
    assert (row.document, row.source) == (document, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key: x\nsteps: []\n", "form"),
        ("{not json", "不是 JSON，第 1 行第 2 列"),
        ("[1, 2]", "form"),
        ("  ", "什么也没有写"),
        ('{"type": "playbook"}', "spec_version"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_place_and_stays_in_the_form(
    lead: httpx.Client, text: str, said: str
) -> None:
    answer = send(lead, "/playbooks", text=text)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    if text.strip():
        assert text.replace('"', "&#34;").strip() in answer.text


def test_a_version_goes_through_a_second_person_into_use(theatre: Theatre) -> None:
    with theatre.visit("ma") as author, theatre.visit("wang") as second:
        send(author, "/playbooks", text=OWN)
        assert _act(theatre, author, "submit", "own-one").status_code == 303
        assert _row(theatre, "own-one").state == "review"
        answer = _act(theatre, second, "review", "own-one", verdict="approve")
        assert answer.status_code == 303
    row = _row(theatre, "own-one")
    assert (row.state, row.reviewed_by) == ("published", "wang")


def test_who_wrote_it_cannot_publish_it(theatre: Theatre) -> None:
    with theatre.visit(AUTHOR) as client:
        form = {"number": "3", "verdict": "approve"}
        answer = _act(theatre, client, "review", LEAK, **form)
    assert answer.status_code == 409
    assert "须由第二人办理" in answer.text
    assert _row(theatre, LEAK, 3).state == "review"


def test_a_refusal_needs_its_reason(theatre: Theatre, lead: httpx.Client) -> None:
    bare = _act(theatre, lead, "review", LEAK, number="3", verdict="refuse")
    assert bare.status_code == 409
    assert "须写明理由" in bare.text
    said = _act(theatre, lead, "review", LEAK, number="3", verdict="refuse", remark="封得太久")
    assert said.status_code == 303
    assert "封得太久" in lead.get(f"/playbooks/{LEAK}?version=3").text


def test_publishing_retires_the_version_before(theatre: Theatre, lead: httpx.Client) -> None:
    assert _act(theatre, lead, "review", LEAK, number="3", verdict="approve").status_code == 303
    assert _row(theatre, LEAK, 2).state == "retired"
    assert "v3 在用" in lead.get(f"/playbooks/{LEAK}").text


def test_what_cannot_run_is_not_submitted(theatre: Theatre) -> None:
    with theatre.visit(AUTHOR) as client:
        answer = _act(theatre, client, "submit", DRAFT)
    assert answer.status_code == 409
    assert "剧本还有不能执行之处" in answer.text
    assert "还不能发布" in answer.text


def test_a_playbook_is_put_out_of_use_with_a_reason(theatre: Theatre, lead: httpx.Client) -> None:
    assert _act(theatre, lead, "retire", LEAK, number="2").status_code == 409
    form = {"number": "2", "reason": "已有新预案"}
    assert _act(theatre, lead, "retire", LEAK, **form).status_code == 303
    assert _row(theatre, LEAK, 2).state == "retired"


def test_an_author_throws_the_own_draft_away_and_no_other(theatre: Theatre) -> None:
    with theatre.visit("ma") as client:
        send(client, "/playbooks", text=OWN)
        assert _act(theatre, client, "drop", "own-one", reason="重写").status_code == 303
        assert _row(theatre, "own-one").state == "retired"
        foreign = _act(theatre, client, "drop", DRAFT, reason="重写")
    assert foreign.status_code == 409
    assert _row(theatre, DRAFT).state == "draft"


def test_there_is_no_version_that_is_none(lead: httpx.Client) -> None:
    assert send(lead, "/playbooks/versions/999/submit", version=1).status_code == 404
