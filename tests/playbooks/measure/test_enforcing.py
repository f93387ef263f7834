"""A pass brings points into line; what comes and goes leaves no trace."""

import fcntl
import json
import os
import pathlib
import subprocess
import sys

import pytest
import stix2

from playbooks.measure.enforcing import pulse
from situation.settings import PROJECT, PointSettings
from situation.state.store import StateStore
from tests.playbooks.measure.site import BAD, HOUR, Site

POINTS = {
    "border": PointSettings(type="file"),
    "core": PointSettings(type="file", format="cidr"),
    "exchange": PointSettings(type="file", format="stix"),
    "resolver": PointSettings(type="rpz"),
}
BORDER = ("border", "core", "exchange")


@pytest.fixture
def site(either_state: StateStore, tmp_path: pathlib.Path) -> Site:
    return Site(either_state, tmp_path, POINTS)


def _files(site: Site) -> dict[str, bytes]:
    folder = site.folder / "blocklist"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_an_empty_list_is_there_from_the_first_look(site: Site) -> None:
    assert site.enforce().changed == 4
    files = _files(site)
    assert files["border.txt"] == files["core.txt"] == b""
    assert len(json.loads(files["exchange.json"])["objects"]) == 1
    assert site.enforce().changed == 0


def test_a_block_comes_into_force_when_all_its_points_hold_it(site: Site) -> None:
    site.want("a", points=BORDER)
    done = site.enforce()
    assert (done.in_force, done.lifted, dict(done.away)) == (1, 0, {})
    assert site.measure("a").state == "in_force"
    assert _files(site)["border.txt"] == b"198.51.100.23\n"
    assert _files(site)["core.txt"] == b"198.51.100.23/32\n"


def test_the_pulse_is_the_same_as_long_as_nothing_changes(site: Site) -> None:
    empty = pulse(site.state)
    site.want("a", points=BORDER)
    assert pulse(site.state) is None
    site.enforce()
    held = pulse(site.state)
    site.enforce()
    assert pulse(site.state) == held != empty
    site.lift("a")
    assert pulse(site.state) is None
    site.enforce()
    assert pulse(site.state) not in (None, held, empty)


def test_block_and_unblock_leave_every_list_bit_by_bit_as_it_was(site: Site) -> None:
    site.want("old", target="203.0.113.0/24", points=BORDER)
    site.enforce()
    before = _files(site)
    site.want("a", points=BORDER)
    site.enforce()
    during = _files(site)
    assert all(during[name] != before[name] for name in ("border.txt", "core.txt"))
    site.lift("a")
    assert site.enforce().lifted == 1
    assert site.measure("a").state == "lifted"
    assert _files(site) == before


def test_a_target_stays_until_the_last_that_wants_it_is_lifted(site: Site) -> None:
    site.want("a")
    site.want("b")
    site.enforce()
    site.lift("a")
    site.enforce()
    assert site.measure("a").state == "lifted"
    assert _files(site)["border.txt"] == b"198.51.100.23\n"
    site.lift("b")
    site.enforce()
    assert _files(site)["border.txt"] == b""


def test_what_did_not_change_is_not_written_again(site: Site) -> None:
    site.want("a")
    site.enforce()
    path = site.folder / "blocklist" / "border.txt"
    before = path.stat()
    site.want("b")
    site.enforce()
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_list_that_somebody_changed_is_put_right(site: Site) -> None:
    site.want("a")
    site.enforce()
    path = site.folder / "blocklist" / "border.txt"
    path.write_bytes(b"0.0.0.0/0\n")
    assert site.enforce().changed == 1
    assert path.read_bytes() == b"198.51.100.23\n"


def test_a_point_that_is_away_is_tried_again_and_said(
    either_state: StateStore, tmp_path: pathlib.Path
) -> None:
    barred = tmp_path / "barred"
    barred.write_bytes(b"no folder")
    points = {
        "border": PointSettings(type="file"),
        "far": PointSettings(type="file", path=barred / "list.txt"),
    }
    site = Site(either_state, tmp_path, points)
    site.want("a", points=("border", "far"))
    done = site.enforce()
    assert list(done.away) == ["far"]
    assert (site.at("a", "border").state, site.at("a", "far").state) == ("held", "wanted")
    assert "list.txt" in site.at("a", "far").error
    assert site.measure("a").state == "wanted"
    barred.unlink()
    assert site.enforce().in_force == 1
    assert site.at("a", "far").error == ""
    assert site.measure("a").state == "in_force"


def test_a_point_that_the_settings_name_no_more_is_said(site: Site) -> None:
    site.want("a", points=("border", "core"))
    site.points = {"border": POINTS["border"]}
    assert dict(site.enforce().away) == {"core": "the settings name no such point"}
    assert site.measure("a").state == "wanted"


def test_a_pass_leaves_the_turn_to_the_one_that_runs(site: Site) -> None:
    site.enforce()
    site.want("a")
    with (site.folder / "blocklist" / ".turn").open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert site.enforce().is_busy
        assert site.measure("a").state == "wanted"
    assert site.enforce().in_force == 1


def test_what_a_dead_pass_left_half_written_is_overwritten(site: Site) -> None:
    site.enforce()
    (site.folder / "blocklist" / ".border.txt.new").write_bytes(b"198.51.")
    site.want("a")
    site.enforce()
    assert not (site.folder / "blocklist" / ".border.txt.new").exists()
    assert _files(site)["border.txt"] == b"198.51.100.23\n"


_PASS = """
import pathlib, sys
from situation.clock import SystemClock
from situation.settings import PointSettings
from situation.state.store import open_state_store
from playbooks.measure.enforcing import enforce
points = {"border": PointSettings(type="file")}
state = open_state_store(sys.argv[1])
print("ready", flush=True)
while sys.stdin.readline():
    enforce(state, points, pathlib.Path(sys.argv[2]), SystemClock())
"""


def test_a_pass_that_was_killed_is_done_by_the_next(tmp_path: pathlib.Path) -> None:
    """The process dies at no chosen place; whatever it left, the next pass comes to the end."""
    from situation.state.store import open_state_store  # noqa: PLC0415 - beside the program

    url = f"sqlite:///{tmp_path}/state.db"
    state = open_state_store(url)
    site = Site(state, tmp_path, {"border": PointSettings(type="file")})
    words = [sys.executable, "-c", _PASS, url, str(tmp_path)]
    for number in range(4):
        site.want(f"m{number}", target=f"203.0.113.{number}/32")
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
            process.kill()
        site.enforce()
        assert site.measure(f"m{number}").state == "in_force"
    state.close()
    listed = (tmp_path / "blocklist" / "border.txt").read_text().splitlines()
    assert listed == [f"203.0.113.{number}" for number in range(4)]


def test_the_list_of_indicators_is_stix_2_1_with_ids_that_stay(site: Site) -> None:
    site.want("a", points=("exchange",))
    site.want("b", target="2001:db8:5::/48", points=("exchange",))
    site.enforce()
    text = _files(site)["exchange.json"].decode()
    bundle = stix2.parse(text, allow_custom=False)
    indicators = [one for one in bundle.objects if one.type == "indicator"]
    patterns = {one.name: one.pattern for one in indicators}
    assert patterns == {
        BAD: f"[ipv4-addr:value = '{BAD}']",
        "2001:db8:5::/48": "[ipv6-addr:value = '2001:db8:5::/48']",
    }
    assert {one.valid_until - one.valid_from for one in indicators} == {24 * HOUR}
    (site.folder / "blocklist" / "exchange.json").unlink()
    site.enforce()
    assert _files(site)["exchange.json"].decode() == text


def test_an_empty_list_of_indicators_is_stix_too(site: Site) -> None:
    site.enforce()
    bundle = stix2.parse(_files(site)["exchange.json"].decode(), allow_custom=False)
    assert [one.type for one in bundle.objects] == ["identity"]


def test_a_list_can_be_read_by_other_accounts(site: Site) -> None:
    site.enforce()
    assert os.stat(site.folder / "blocklist" / "border.txt").st_mode & 0o777 == 0o644  # noqa: PTH116
