"""`citywatch scan rules|try`: what the scan knows, and what it says of a text."""

import io
import json
import sys

from situation.content.kind import KINDS
from tests.soc_api.commands.scan.conftest import Desk

TEXT = "身份证号 440301199003070019"


def test_all_kinds_and_violations_are_listed(desk: Desk) -> None:
    told = desk.says("rules").out
    assert all(key in told for key in KINDS)
    listed = json.loads(desk.says("rules", "--json").out)
    assert {one["kind"] for one in listed["kinds"]} == KINDS.keys()
    assert [one["rule"] for one in listed["violations"]] == [f"V{n:02}" for n in range(1, 13)]


def test_a_text_is_judged_and_kept_nowhere(desk: Desk) -> None:
    said = desk.says("try", TEXT)
    assert (said.code, "身份证" in said.out) == (0, True)
    assert "440301199003070019" not in said.out
    (line,) = map(json.loads, desk.says("try", TEXT, "--json").out.splitlines())
    assert (line["kind"], line["count"]) == ("resident_id", 1)
    assert desk.says("try", "本市各单位").out == "Nothing that is known was found.\n"


def test_a_text_comes_from_standard_input_as_well(desk: Desk) -> None:
    desk.patch.setattr(sys, "stdin", io.StringIO(TEXT))
    assert "身份证" in desk.says("try", "-").out
