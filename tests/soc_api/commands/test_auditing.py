"""The proof and the list of the audit on the command line."""

import datetime as dt
import json
import pathlib
import shutil
import subprocess
import sys

import pytest

from situation.clock import SetClock
from situation.state.anchor import Anchor
from situation.state.store import audit, open_state_store

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
NOON = dt.datetime(2026, 3, 3, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with twelve anchored lines of three people."""
    anchor = Anchor(tmp_path / "audit.anchor", SetClock(NOON))
    store = open_state_store(f"sqlite:///{tmp_path}/state.db", anchor)
    for number in range(12):
        with store.transaction() as session:
            at, actor = NOON + dt.timedelta(hours=number), ("chen", "wang", "liu")[number % 3]
            name = f"n{number % 2}"
            audit(session, at, actor, "notice.sign", kind="notice", object_id=name, why="核实")
    store.close()
    return tmp_path


def _audit(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CITYWATCH, "audit", *arguments, "--data", folder],
        capture_output=True,
        text=True,
        check=False,
    )


def _damage(folder: pathlib.Path, *statements: str) -> None:
    store = open_state_store(f"sqlite:///{folder}/state.db")
    with store.engine.begin() as connection:
        for change in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_line_no_{change}")
        for statement in statements:
            connection.exec_driver_sql(statement)
    store.close()


def test_a_sound_audit_is_proved_with_exit_code_0(folder: pathlib.Path) -> None:
    proved = _audit(folder, "verify")
    assert proved.returncode == 0, proved.stderr
    assert "No line was changed, removed, added or moved." in proved.stdout
    assert "Anchored  lines 1 to 12" in proved.stdout


@pytest.mark.parametrize(
    ("statement", "code", "number"),
    [
        ("UPDATE audit_line SET actor = 'wang' WHERE number = 4", "changed", 4),
        ("DELETE FROM audit_line WHERE number = 5", "removed", 5),
        ("DELETE FROM audit_line WHERE number > 10", "cut_tail", 11),
    ],
)
def test_what_was_done_is_named_with_exit_code_2(
    folder: pathlib.Path, statement: str, code: str, number: int
) -> None:
    _damage(folder, statement)
    found = _audit(folder, "verify", "--json")
    assert found.returncode == 2
    document = json.loads(found.stdout)
    assert document["holds"] is False
    (breach,) = document["breaches"]
    assert (breach["code"], breach["number"]) == (code, number)
    assert f"FOUND     {code} at {number}" in _audit(folder, "verify").stdout


def test_a_copy_of_the_anchor_proves_as_well(folder: pathlib.Path) -> None:
    copies = folder / "elsewhere"
    copies.mkdir()
    for name in ("audit.anchor", "audit.anchor.key"):
        shutil.move(folder / name, copies / name)
    assert _audit(folder, "verify").returncode == 2
    assert _audit(folder, "verify", "--anchor", str(copies / "audit.anchor")).returncode == 0


def test_another_database_is_found_until_the_anchor_is_renewed(folder: pathlib.Path) -> None:
    (folder / "state.db").unlink()
    store = open_state_store(f"sqlite:///{folder}/state.db")
    with store.transaction() as session:
        audit(session, NOON, "chen", "notice.sign", kind="notice", object_id="n0")
    store.close()
    swapped = _audit(folder, "verify")
    assert (swapped.returncode, "swapped" in swapped.stdout) == (2, True)
    assert _audit(folder, "renew-anchor").returncode == 0
    assert _audit(folder, "verify").returncode == 0
    assert len(list(folder.glob("audit.anchor.2*"))) == 1


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ((), list(range(1, 13))),
        (("--actor", "wang"), [2, 5, 8, 11]),
        (("--object", "notice:n1"), [2, 4, 6, 8, 10, 12]),
        (("--since", "2026-03-03T12:00:00"), [9, 10, 11, 12]),
        (("--limit", "2"), [11, 12]),
        (("--actor", "nobody"), []),
    ],
)
def test_lines_are_listed_by_what_is_asked_for(
    folder: pathlib.Path, arguments: tuple[str, ...], numbers: list[int]
) -> None:
    listed = json.loads(_audit(folder, "list", *arguments, "--json").stdout)
    assert [line["number"] for line in listed] == numbers


def test_an_object_without_a_kind_is_refused(folder: pathlib.Path) -> None:
    refused = _audit(folder, "list", "--object", "n1")
    assert refused.returncode == 2
    assert "KIND:ID" in refused.stderr
