"""`citywatch playbook list|show|check|import|export|submit|review|retire`."""

import json
import pathlib

import pytest

from playbooks.cacao.form import compile_form
from tests.soc_api.commands.playbook.desk import BLOCK, Desk

OWN = BLOCK.replace("block-one", "my-own")


@pytest.fixture
def own(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "my-own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def _drafted(desk: Desk, own: pathlib.Path) -> int:
    said = desk.says("import", own, "--as", "chen")
    assert said.code == 0, said.err
    assert said.out.startswith("Draft     my-own v1, id ")
    return int(said.out.split()[-1])


def test_the_list_names_what_starts_each(desk: Desk) -> None:
    told = desk.says("list").out
    assert "guessed-password" in told
    assert "on detector: guessing_success" in told
    rows = {row["key"]: row for row in desk.says("list", "--json").rows()}
    assert rows["mining"]["state"] == "published"
    assert rows["block-one"]["triggers"] == []


def test_one_is_shown_with_its_steps_clauses_and_versions(desk: Desk) -> None:
    told = desk.says("show", "block-one").out
    assert "block_address" in told
    assert "national_plan_2017 4.1" in told
    assert "published, by system" in told
    (row,) = desk.says("show", "block-one", "--json").rows()
    assert row["key"] == "block-one"
    desk.refuses("there is no such playbook", "show", "no-such")


def test_a_file_is_checked_without_being_kept(desk: Desk, own: pathlib.Path) -> None:
    good = desk.checks(own)
    assert (good.code, good.out) == (0, "my-own: 3 steps, valid CACAO 2.0\n")
    own.write_text(OWN.replace("block_address", "send_pigeon"), encoding="utf-8")
    bad = desk.checks(own, "--json")
    assert bad.code == 2
    assert "there is no action 'send_pigeon'" in json.loads(bad.out)["faults"][0]
    assert bad.err == "citywatch: 1 things stand against running it\n"
    own.write_text(OWN.replace("    action:", "   action:"), encoding="utf-8")
    broken = desk.checks(own)
    assert (broken.code, broken.out) == (2, "")
    assert "my-own.yaml" in broken.err
    assert len(broken.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("no.json", b"[]", "is no JSON object"),
        ("no.json", b"{", "is no JSON"),
        ("no.yaml", b"\xff", "is no UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(
    desk: Desk, tmp_path: pathlib.Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    found = desk.checks(tmp_path / name)
    assert (found.code, said in found.err) == (2, True)
    assert desk.checks(tmp_path / "absent.yaml").code == 2


def test_an_own_playbook_is_published_by_a_second_person(desk: Desk, own: pathlib.Path) -> None:
    version = _drafted(desk, own)
    assert desk.says("submit", version, "--as", "chen").out == "my-own v1 review\n"
    desk.refuses("lacks the right", "review", version, "--approve", "--as", "lin")
    assert desk.says("review", version, "--approve", "--as", "wang").out == "my-own v1 published\n"
    out = desk.folder / "out.json"
    assert desk.says("export", "my-own", "--out", out).code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == compile_form(OWN)
    assert json.loads(desk.says("export", "my-own").out) == compile_form(OWN)
    desk.refuses("cannot be written", "export", "my-own", "--out", desk.folder)


def test_a_person_does_not_publish_the_own_playbook(desk: Desk, own: pathlib.Path) -> None:
    said = desk.says("import", own, "--as", "wang")
    version = said.out.split()[-1]
    desk.says("submit", version, "--as", "wang")
    desk.refuses("a second person", "review", version, "--approve", "--as", "wang")
    desk.refuses("needs a reason", "review", version, "--refuse", "--as", "zhao")
    given = ("--refuse", "--remark", "太短", "--as", "zhao")
    assert desk.says("review", version, *given).out == "my-own v1 refused\n"


def test_what_could_not_run_is_not_laid_before_anybody(desk: Desk, own: pathlib.Path) -> None:
    own.write_text(OWN.replace("block_address", "send_pigeon"), encoding="utf-8")
    desk.refuses("send_pigeon", "submit", _drafted(desk, own), "--as", "chen")
    desk.refuses("9999", "submit", 9999, "--as", "chen")


def test_a_version_is_put_out_of_use(desk: Desk) -> None:
    (row,) = desk.says("show", "block-one", "--json").rows()
    desk.refuses("lacks the right", "retire", row["id"], "--reason", "过时", "--as", "chen")
    given = ("retire", row["id"], "--reason", "过时", "--as", "wang")
    assert desk.says(*given).out == "block-one v1 retired\n"
    desk.refuses("no version of it is published", "run", "block-one", "--as", "chen")
