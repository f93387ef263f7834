"""What is drawn on a terminal is what was said, whatever is in it."""

import logging
import sys

import pytest

from soc_api.terminal import live, progress, tell_log

HOSTILE = "mapper [host.name] is no [/red] one [bold]"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)


def test_the_live_line_shows_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with live() as show:
        show(HOSTILE)
    assert HOSTILE in capsys.readouterr().err


def test_a_bar_shows_the_name_of_a_file_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as report:
        report("Reading [/red].log", 1, 2)
    assert "Reading [/red].log" in capsys.readouterr().err


def test_what_is_logged_reaches_standard_error_in_the_programs_form(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_log()
    tell_log()
    logging.getLogger("citywatch").info("inputs.%s: runs", "door")
    sys.stderr.flush()
    assert capsys.readouterr().err == "citywatch: inputs.door: runs\n"
