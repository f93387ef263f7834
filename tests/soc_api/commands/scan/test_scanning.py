"""`citywatch scan run`: shown or kept, to the terminal or a file, refused in one sentence."""

import json
import pathlib
import subprocess
import sys

from tests.soc_api.commands.scan.conftest import Desk
from tests.soc_api.scan.conftest import PEOPLE

CITYWATCH = str(pathlib.Path(sys.executable).with_name("citywatch"))
VALUES = ("440301199003070019", "13800138000", "王小明")
FIELDS = {"path", "place", "kind", "count", "confidence", "mask", "grade", "reasons"}


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_what_is_found_is_shown_and_nothing_is_kept_without_an_account(desk: Desk) -> None:
    before = len(desk.findings())
    said = desk.says("run", desk.share)
    assert said.code == 0, said.err
    assert "身份证" in said.out
    assert "mark 机密★10年 taken for secret" in said.out
    assert "4 resources" in said.out
    assert "plain.txt" not in said.out
    assert not [value for value in VALUES if value in said.out + said.err]
    assert len(desk.findings()) == before


def test_json_lines_have_their_fields_and_no_value(desk: Desk) -> None:
    said = desk.says("run", desk.share, "--json")
    lines = _lines(said.out)
    assert all(line.keys() >= FIELDS for line in lines)
    kinds = {str(line["kind"]) for line in lines}
    assert {"resident_id", "mobile", "name", "mark:secret", "violation:V01"} <= kinds
    assert any(kind.startswith("unreadable:") for kind in kinds)
    (found,) = (line for line in lines if line["kind"] == "resident_id")
    assert (found["count"], found["path"]) == (1, str(desk.share / "list.txt"))
    assert "4 resources" in said.err
    assert not [value for value in VALUES if value in said.out + said.err]


def test_lines_go_into_a_file_that_is_there_whole(desk: Desk) -> None:
    out = desk.folder / "found.jsonl"
    said = desk.says("run", desk.share, "--out", out)
    assert (said.code, said.out) == (0, "")
    assert {line["path"] for line in _lines(out.read_text(encoding="utf-8"))} == {
        str(desk.share / name) for name in ("list.txt", "plan.txt", "torn.docx")
    }
    assert [one.name for one in desk.folder.iterdir() if one.name.startswith(".found")] == []
    desk.refuses("cannot be written", "run", desk.share, "--out", desk.folder / "no" / "file")


def test_what_was_scanned_before_is_untouched_the_next_time(desk: Desk) -> None:
    (desk.share / "new.txt").write_text(PEOPLE, encoding="utf-8")
    said = desk.says("run", "share", "--as", "song")
    assert said.code == 0, said.err
    assert "5 resources" in said.out
    said = desk.says("run", "share", "--as", "song")
    assert "5 resources, 5 of them untouched" in said.out
    assert "plan.txt" not in said.out
    assert {pathlib.Path(row.path).name for row in desk.findings()} >= {"new.txt", "plan.txt"}


def test_what_cannot_be_scanned_is_refused_in_one_sentence(desk: Desk) -> None:
    before = len(desk.findings())
    desk.refuses("no such file or folder", "run", desk.folder / "nowhere")
    desk.refuses("no such file or folder", "run", desk.folder / "nowhere", "--as", "song")
    desk.refuses("is empty", "run", "")
    desk.refuses("lacks the right", "run", "share", "--as", "sun")
    desk.patch.setenv("CITYWATCH_PASSWORD", "another-pass-4711")
    desk.refuses("account or password is wrong", "run", "share", "--as", "song")
    assert len(desk.findings()) == before


def test_a_password_in_a_url_is_neither_taken_nor_shown(desk: Desk) -> None:
    url = "postgresql://reader:synthetic-4711@127.0.0.1:9/none"
    said = desk.says("run", url)
    assert (said.code, said.out) == (2, "")
    assert "password_file" in said.err
    assert "synthetic" not in said.err


def test_a_server_that_is_away_is_its_own_exit_code(desk: Desk) -> None:
    said = desk.says("run", "postgresql://reader@127.0.0.1:9/none")
    assert said.code == 3, said
    assert "127.0.0.1:9" in said.err


def test_the_command_as_it_is_typed(desk: Desk) -> None:
    line = [CITYWATCH, "scan", "run", str(desk.share / "list.txt"), "--json"]
    done = subprocess.run(
        [*line, "--config", str(desk.folder / "citywatch.toml")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {line["kind"] for line in _lines(done.stdout)} >= {"resident_id", "mobile"}
    assert not [value for value in VALUES if value in done.stdout + done.stderr]
