"""A notice and an incident led from the command line, by people with passwords and guards."""

import json
import pathlib

import pytest
import sqlalchemy as sa
import typer

from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.state.store import open_state_store
from situation.state.tables import Delivery
from soc_api.accounts import add_account
from soc_api.commands import departments, incidents, notices, outgoing
from tests.soc_api.web.city import INCIDENT, NOW, open_stores, settle
from tests.soc_api.web.department import HOUSING, add_people, filled
from tests.soc_api.web.server import PASSWORD

DRAFT = {
    "kind": "hazard",
    "department": HOUSING,
    "title": "地图服务器有一个漏洞需要修补",
    "level": 4,
    "hazard_level": "high",
    "items": ["安装补丁"],
}
ANSWER = {
    "truth": "true",
    "measures": "补丁已安装",
    "residual": "无",
    "responsible": "刘 敏",
    "phone": "0000-2000777",
}


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    state, events = open_stores(tmp_path)
    settle(state, events)
    add_people(state)
    events.close()
    state.close()
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    return tmp_path


def _file(folder: pathlib.Path, name: str, content: object) -> pathlib.Path:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def _draft(folder: pathlib.Path) -> pathlib.Path:
    return _file(folder, "draft.json", DRAFT | {"fields": filled("管理端口对外开放")})


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def _drafted(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> str:
    notices.draft_command(_draft(folder), name="chen", data=folder, as_json=True)
    return str(_told(capsys)["number"])


def _signed(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> str:
    number = _drafted(folder, capsys)
    notices.propose_command(number, level=4, hazard_level="high", name="chen", data=folder)
    notices.issue_command(number, name="wang", data=folder)
    notices.sign_command(number, name="liu", data=folder)
    capsys.readouterr()
    return number


def _status(folder: pathlib.Path, number: str) -> str:
    state = open_state_store(f"sqlite:///{folder}/state.db")
    with state.reading() as session:
        row = notices.found_notice(session, number)
        status = row.status
    state.close()
    return status


def test_a_notice_goes_from_draft_to_archive(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = _signed(folder, capsys)
    answer = _file(folder, "answer.json", ANSWER)
    proof = folder / "proof.txt"
    proof.write_text("复测正常")
    notices.feedback_command(number, answer, attach=[proof], name="liu", data=folder)
    notices.return_command(number, opinion="请补一张复测截图", name="chen", data=folder)
    assert _status(folder, number) == "handling"
    notices.feedback_command(number, answer, name="liu", data=folder)
    notices.item_command(number, 1, "submit", name="liu", data=folder)
    for act in ("retest", "fix"):
        notices.item_command(number, 1, act, name="chen", data=folder)
    notices.pass_command(number, method="retest", opinion="已修补", name="chen", data=folder)
    notices.archive_command(number, name="chen", data=folder)
    capsys.readouterr()
    notices.list_command(status="archived", data=folder, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [(row["number"], row["returns"]) for row in told] == [(number, 1)]


def test_who_drafted_it_cannot_issue_it(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = _file(folder, "own.json", DRAFT | {"fields": filled("弱口令")})
    notices.draft_command(draft, name="wang", data=folder, as_json=True)
    number = str(_told(capsys)["number"])
    notices.propose_command(number, level=4, hazard_level="high", name="wang", data=folder)
    with pytest.raises(Refusal) as refused:
        notices.issue_command(number, name="wang", data=folder)
    assert refused.value.code == "same_person"


def test_a_right_that_the_role_lacks_is_named(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = _drafted(folder, capsys)
    with pytest.raises(Malformed, match="the role analyst lacks the right sign_off"):
        notices.issue_command(number, name="chen", data=folder)


def test_nobody_signs_for_another_department(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = _drafted(folder, capsys)
    notices.propose_command(number, level=4, hazard_level="high", name="chen", data=folder)
    notices.issue_command(number, name="wang", data=folder)
    with pytest.raises(Refusal) as refused:
        notices.sign_command(number, name="sun", data=folder)
    assert refused.value.code == "other_department"


def test_a_wrong_password_is_no_entry(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYWATCH_PASSWORD", "wrong-password")
    with pytest.raises(Malformed, match="account or password is wrong"):
        notices.issue_command("any", name="wang", data=folder)


def test_every_fault_of_a_draft_file_is_named_at_once(folder: pathlib.Path) -> None:
    path = _file(folder, "bad.json", {"kind": "letter", "title": "x", "levl": 3})
    with pytest.raises(Malformed) as fault:
        notices.draft_command(path, name="chen", data=folder)
    assert all(part in str(fault.value) for part in ("kind", "department", "levl", "bad.json"))


def test_an_incident_is_graded_up_at_once_and_down_by_two(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = _file(folder, "facts.json", {"persons_leaked": 12_000_000})
    incidents.grade_command(INCIDENT, facts, name="chen", data=folder, dry_run=True)
    assert "2 with these facts" in capsys.readouterr().out
    incidents.grade_command(INCIDENT, facts, name="chen", data=folder, as_json=True)
    assert _told(capsys)["level"] == 2
    reason = "经核实，泄露人数是重复计数"
    incidents.downgrade_command(INCIDENT, level=3, reason=reason, name="chen", data=folder)
    change = int(capsys.readouterr().out.split()[1].rstrip(":"))
    incidents.decide_command(change, approve=True, name="wang", data=folder)
    assert "3 approved" in capsys.readouterr().out
    incidents.show_command(INCIDENT, data=folder, as_json=True)
    told = _told(capsys)
    assert told["level"] == 3
    assert "重复计数" in json.dumps(told["changes"], ensure_ascii=False)
    incidents.show_command(INCIDENT, data=folder)
    assert f"Incident  {INCIDENT}" in capsys.readouterr().out


def test_an_incident_is_closed_only_when_its_report_was_sent(folder: pathlib.Path) -> None:
    for act in ("respond", "contain", "recover", "assess"):
        incidents.advance_command(INCIDENT, act, name="wang", data=folder)
    with pytest.raises(Refusal):
        incidents.close_command(INCIDENT, name="wang", data=folder)


def test_an_unknown_incident_or_notice_is_named(folder: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="SJ-0: there is no such incident"):
        incidents.show_command("SJ-0", data=folder)
    with pytest.raises(Malformed, match="X-1: there is no such notice"):
        notices.sign_command("X-1", name="liu", data=folder)


def test_departments_come_from_csv_and_bad_rows_are_told(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    _administrator(folder)
    table = folder / "contacts.csv"
    table.write_text(
        "department,district,name,role,phone,mail\n"
        f"{HOUSING},市本级,刘 敏,liaison,0000-2000777,liu@example.org\n"
        ",市本级,无名,liaison,,\n"
    )
    with pytest.raises(typer.Exit):
        departments.import_command(table, name="root", data=folder)
    assert "line 3" in capsys.readouterr().out
    departments.list_command(data=folder, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [row["department"] for row in told] == [HOUSING]


def test_the_outbox_shows_what_leaves(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = _signed(folder, capsys)
    outgoing.list_command(data=folder, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert {(row["recipient"], row["channel"]) for row in rows} >= {(HOUSING, "portal")}
    assert number
    with pytest.raises(Malformed, match="0 that were given up begin like this"):
        outgoing.redrive_command(["abc"], name="wang", data=folder)


def test_what_was_given_up_is_sent_again_and_counted(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _signed(folder, capsys)
    for as_json, told in ((False, "Sent again 1\n"), (True, '{"redriven": 1}\n')):
        state = open_state_store(f"sqlite:///{folder}/state.db")
        with state.transaction() as session:
            row = session.scalars(sa.select(Delivery)).first()
            assert row is not None
            row.state, row.dead_at = "dead", NOW
        state.close()
        outgoing.redrive_command([row.id], name="wang", data=folder, as_json=as_json)
        assert capsys.readouterr().out == told


def _administrator(folder: pathlib.Path) -> None:
    state = open_state_store(f"sqlite:///{folder}/state.db")
    with state.transaction() as session:
        add_account(
            session,
            NOW,
            name="root",
            display_name="root",
            password=PASSWORD,
            role="administrator",
        )
    state.close()
