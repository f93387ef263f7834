"""An operator points Citywatch to his Elasticsearch and keeps house in it, by the command line."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from elasticsearch import Elasticsearch

from tests.elasticsearch.guarded import ADMIN, PASSWORD, Guarded
from tests.situation.events import made
from tests.situation.events.elastic import clear, opened, rows
from tests.testdata import ROOT

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

CITYWATCH = pathlib.Path(sys.executable).with_name("citywatch")
INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


@dataclass(frozen=True)
class Operator:
    """Someone at the command line with his settings in the environment."""

    settings: dict[str, str]

    def types(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        environment = {f"CITYWATCH_STORE__{key}": value for key, value in self.settings.items()}
        return subprocess.run(
            [CITYWATCH, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env=os.environ | environment,
        )


@pytest.fixture
def operator(elasticsearch_url: str, tmp_path: pathlib.Path) -> Iterator[Operator]:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    yield Operator(
        {"EVENTS": elasticsearch_url, "INDEX_PREFIX": prefix, "FOLDER": str(tmp_path / "data")}
    )
    with Elasticsearch(elasticsearch_url) as client:
        clear(client, prefix)


def test_one_setting_leads_to_ones_own_elasticsearch_and_the_same_commands_work(
    operator: Operator,
) -> None:
    before = operator.types("store", "check")
    assert before.returncode == 3
    assert "the templates are missing: set the store up (citywatch store setup)" in before.stdout
    assert operator.types("store", "setup").returncode == 0
    check = operator.types("store", "check")
    assert (check.returncode, check.stderr) == (0, "")
    assert [line.split() for line in check.stdout.splitlines()[1:]] == [
        ["reachable", "yes"],
        ["mapped", "yes"],
        ["writable", "yes"],
    ]
    replayed = operator.types("replay", INTRUSION)
    assert replayed.returncode == 0, replayed.stderr
    held = json.loads(operator.types("store", "drop-before", "2100-01-01", "--json").stdout)
    assert {day["dataset"] for day in held["days"] if day["documents"]} >= {"flow", "dns", "alert"}
    assert not held["dropped"]


def test_days_are_shown_before_they_are_dropped(operator: Operator) -> None:
    assert operator.types("store", "setup").returncode == 0
    store = opened(operator.settings["EVENTS"], operator.settings["INDEX_PREFIX"])
    for day in (1, 2, 3):
        late = [row | {"@timestamp": f"2026-03-0{day}T05:00:00.000000000Z"} for row in rows("a")]
        store.write(made.batch(late, "flow"))
        store.write(made.batch(late, "dns"))
    shown = operator.types("store", "drop-before", "2026-03-03", "--dataset", "flow")
    assert shown.returncode == 0
    assert [line.split()[:3] for line in shown.stdout.splitlines()] == [
        ["flow", "2026-03-01", "1"],
        ["flow", "2026-03-02", "1"],
    ]
    assert "2 days with 2 documents" in shown.stderr
    assert "add --yes" in shown.stderr
    assert len(store.held("flow")) == 3
    dropped = operator.types("store", "drop-before", "2026-03-03", "--dataset", "flow", "--yes")
    assert "octets dropped" in dropped.stderr
    assert [day.day.isoformat() for day in store.held("flow")] == ["2026-03-03"]
    rest = operator.types("store", "drop-before", "2026-03-03", "--yes", "--json")
    found = json.loads(rest.stdout)
    assert [(day["dataset"], day["day"]) for day in found["days"]] == [
        ("dns", "2026-03-01"),
        ("dns", "2026-03-02"),
    ]
    assert found["dropped"]
    store.close()


def test_a_day_that_is_none_is_refused(operator: Operator) -> None:
    assert operator.types("store", "drop-before", "yesterday").returncode == 2


def test_the_embedded_store_drops_days_too_and_has_no_keys(tmp_path: pathlib.Path) -> None:
    operator = Operator({"FOLDER": str(tmp_path / "data")})
    assert operator.types("store", "setup").returncode == 0
    shown = operator.types("store", "drop-before", "2026-03-03")
    assert (shown.returncode, shown.stdout) == (0, "")
    password = tmp_path / "password"
    password.write_text("synthetic")
    refused = operator.types("store", "key", "sensor", "--user", "a", "--password-file", password)
    assert refused.returncode == 2
    assert "only Elasticsearch has keys" in refused.stderr


def test_a_key_file_is_its_owners_alone_and_lets_a_desk_work(
    guarded: Guarded, tmp_path: pathlib.Path
) -> None:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    settings = {
        "EVENTS": guarded.url,
        "INDEX_PREFIX": prefix,
        "CA_CERTS": str(guarded.ca),
        "FOLDER": str(tmp_path / "data"),
    }
    administrator = Operator(settings)
    file, password = tmp_path / "desk.key", tmp_path / "password"
    password.write_text("not-the-password")
    login = ("--user", ADMIN, "--password-file", password)
    for command in (("setup",), ("key", "desk")):
        stranger = administrator.types("store", *command, *login)
        assert stranger.returncode in {2, 3}
        assert "does not accept our credentials" in stranger.stderr
    password.write_text(PASSWORD)
    assert administrator.types("store", "setup", *login).returncode == 0
    nowhere = administrator.types("store", "key", "desk", *login, "--out", tmp_path / "no" / "key")
    assert nowhere.returncode == 2
    assert "Traceback" not in nowhere.stderr
    made_key = administrator.types("store", "key", "desk", *login, "--out", file)
    assert made_key.returncode == 0, made_key.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = administrator.types("store", "key", "desk", *login, "--out", file)
    assert again.returncode == 2
    assert "overwrites nothing" in again.stderr
    desk = Operator(settings | {"API_KEY_FILE": str(file)})
    check = desk.types("store", "check")
    assert check.returncode == 0, check.stdout
    replayed = desk.types("replay", INTRUSION)
    assert replayed.returncode == 0, replayed.stderr
    refused = desk.types("store", "drop-before", "2100-01-01", "--yes")
    assert refused.returncode == 3
    assert "lacks the privilege delete_index" in refused.stderr
    setup = desk.types("store", "setup")
    assert setup.returncode == 2
    assert "lacks the privilege" in setup.stderr
    with guarded.client() as client:
        clear(client, prefix)
