"""`citywatch scan list|findings|show|report`: what was found, and for whom."""

import json

import pytest

from situation.state.tables import ScanRun
from tests.soc_api.commands.scan.conftest import BUREAU, Desk


def _run(desk: Desk) -> str:
    with desk.city() as city, city.state.reading() as session:
        return session.query(ScanRun).one().id


def test_targets_and_runs_are_listed(desk: Desk) -> None:
    told = desk.says("list").out
    assert f"share            {desk.share}" in told
    assert "4 seen, 0 untouched" in told
    listed = json.loads(desk.says("list", "--json").out)
    assert listed["runs"][0]["run"] == _run(desk)


def test_findings_are_listed_without_the_marks_of_secrecy(desk: Desk) -> None:
    told = desk.says("findings").out
    assert "list.txt" in told
    assert "torn.docx" in told
    assert "plan.txt" not in told
    assert told.endswith("Marks of secrecy: 1, for the secrecy officer\n")
    found = json.loads(desk.says("findings", "--rule", "V11", "--json").out)
    assert [one["rule"] for one in found["findings"]] == ["V11"]
    assert (found["restricted"], "plan.txt" in str(found)) == (1, False)
    other = json.loads(desk.says("findings", "--department", "别的局", "--json").out)
    assert other["findings"] == []


def test_a_run_and_a_finding_are_shown_by_the_beginning_of_their_id(desk: Desk) -> None:
    assert "share" in desk.says("show", _run(desk)).out
    finding = next(row for row in desk.findings() if row.path.endswith("list.txt"))
    shown = desk.says("show", finding.id[:10])
    assert (shown.code, "resident_id" in shown.out) == (0, True)
    assert "440301199003070019" not in shown.out
    assert json.loads(desk.says("show", finding.id, "--json").out)["finding"] == finding.id
    desk.refuses("no run and no finding", "show", "ffff")


def test_a_mark_of_secrecy_is_shown_to_the_secrecy_officer_alone(desk: Desk) -> None:
    mark = next(row for row in desk.findings() if row.restricted)
    desk.refuses("for the secrecy officer", "show", mark.id)
    desk.refuses("lacks the right", "show", mark.id, "--as", "song")
    shown = desk.says("show", mark.id, "--as", "shen")
    assert (shown.code, "plan.txt" in shown.out) == (0, True)


@pytest.mark.parametrize(
    ("suffix", "begins"), [(".docx", b"PK"), (".xlsx", b"PK"), (".pdf", b"%PDF")]
)
def test_the_report_is_written_as_word_pdf_and_excel(
    desk: Desk, suffix: str, begins: bytes
) -> None:
    out = desk.folder / f"report{suffix}"
    said = desk.says("report", "--out", out, "--department", BUREAU)
    assert (said.code, said.out) == (0, f"Wrote {out}\n")
    assert out.read_bytes().startswith(begins)


def test_a_report_of_another_kind_or_place_is_refused(desk: Desk) -> None:
    desk.refuses("has to end in", "report", "--out", desk.folder / "report.txt")
    desk.refuses("cannot be written", "report", "--out", desk.folder / "no" / "report.pdf")
    assert not list(desk.folder.glob("*report.*"))


def test_a_rule_that_nobody_knows_is_refused(desk: Desk) -> None:
    desk.refuses("there is no rule V99", "findings", "--rule", "V99")
    assert desk.says("findings", "--rule", "v11").out == desk.says("findings", "--rule", "V11").out
