"""`citywatch measure`: what people at a terminal see and do."""

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest
import typer

from situation.faults import Malformed
from situation.settings import PROJECT, PointSettings
from situation.state.store import open_state_store
from soc_api.accounts import add_account
from soc_api.measures import command
from tests.playbooks.measure.nftables.namespace import connected
from tests.playbooks.measure.site import Site
from tests.soc_api.web.city import NOW
from tests.soc_api.web.server import PASSWORD
from tests.testdata import missing

POINTS = {"border": PointSettings(type="file"), "resolver": PointSettings(type="rpz")}


@pytest.fixture
def site(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    state = open_state_store(f"sqlite:///{tmp_path}/state.db")
    with state.transaction() as session:
        for name, role in (("zhou", "duty_lead"), ("wei", "viewer")):
            add_account(
                session, NOW, name=name, display_name=name, password=PASSWORD, role=role,
                department=None,
            )  # fmt: skip
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    return Site(state, tmp_path, POINTS)


def test_measures_are_listed_with_what_each_point_says(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    command.list_command(data=site.folder)
    assert "no such measure" in capsys.readouterr().out
    site.want("a1")
    site.want("b2", target="203.0.113.9/32")
    site.enforce()
    site.lift("b2")
    command.list_command(data=site.folder)
    text = capsys.readouterr().out
    assert "198.51.100.23/32" in text
    assert "border:held" in text
    command.list_command(state="in_force", data=site.folder, as_json=True)
    listed = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["points"]["border"]["state"]) for one in listed] == [("a1", "held")]
    with pytest.raises(Malformed, match="no state"):
        command.list_command(state="odd", data=site.folder)


def test_only_a_person_with_the_right_lifts_and_only_what_one_id_begins_like(site: Site) -> None:
    site.want("a1")
    site.want("a2", target="203.0.113.9/32")
    with pytest.raises(Malformed, match="lacks the right"):
        command.lift_command("a1", reason="误封", name="wei", data=site.folder)
    for chosen, told in (("a", "more than one"), ("c", "no measure"), ("%", "no measure")):
        with pytest.raises(Malformed, match=told):
            command.lift_command(chosen, reason="误封", name="zhou", data=site.folder)
    assert site.measure("a1").lifted_by is None


def test_a_check_brings_points_into_line_and_says_which_cannot_be(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.want("a1")
    command.check_command(data=site.folder)
    assert "put right" in capsys.readouterr().out
    command.check_command(data=site.folder)
    assert "in line" in capsys.readouterr().out
    assert (site.folder / "blocklist" / "border.txt").read_text() == "198.51.100.23\n"
    config = site.folder / "citywatch.toml"
    config.write_text(
        '[points.far]\ntype = "nftables"\nsocket = "/nowhere/nft.sock"\n'
        '[points.polled]\ntype = "http"\n'
    )
    with pytest.raises(typer.Exit) as ended:
        command.check_command(config=config, data=site.folder, as_json=True)
    assert ended.value.exit_code == 3
    said = json.loads(capsys.readouterr().out)["points"]
    assert "helper is away" in said["far"]
    assert "key_file: is needed" in said["polled"]


def test_the_helper_answers_at_its_socket_and_ends_at_a_signal(tmp_path: pathlib.Path) -> None:
    if shutil.which("unshare") is None:
        missing("unshare is absent: sh tests/parts.sh")
    path = tmp_path / "nft.sock"
    code = "import sys; from soc_api.measures.command import app; app(sys.argv[1:])"
    said = ["firewall-helper", "--socket", str(path)]
    words = ["unshare", "-rn", sys.executable, "-c", code, *said]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while not path.is_socket():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        with connected(str(path)) as line:
            line.sendall(b'{"networks": [], "confirm_seconds": 1}\n')
            assert json.loads(line.recv(1000)) == {"state": "unchanged"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert not path.exists()
