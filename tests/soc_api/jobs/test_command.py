"""`citywatch jobs`: what runs by the clock is shown, paused, resumed and asked for."""

import json
import pathlib

import pytest

from playbooks.machine import Refusal
from playbooks.schedule.clock import Keeper
from playbooks.schedule.working import work_due
from situation.clock import SystemClock
from situation.faults import Conflict, Malformed
from situation.state.store import open_state_store
from soc_api.jobs.catalogue import FEEDS, JOBS
from soc_api.jobs.command import (
    history_command,
    list_command,
    pause_command,
    resume_command,
    run_command,
)
from tests.playbooks.schedule.timetable import PLAN
from tests.soc_api.web.city import open_stores, settle
from tests.soc_api.web.department import add_people
from tests.soc_api.web.server import PASSWORD

Shown = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    state, events = open_stores(tmp_path)
    settle(state, events)
    add_people(state)
    Keeper(state, JOBS, PLAN, SystemClock(), "clock").turn()
    events.close()
    state.close()
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    return tmp_path


def _listed(folder: pathlib.Path, shown: Shown) -> dict[str, dict[str, object]]:
    list_command(data=folder, as_json=True)
    return {row["job"]: row for row in json.loads(shown.readouterr().out)}


def test_each_job_is_listed_in_both_languages_with_its_next_slot(
    folder: pathlib.Path, capsys: Shown
) -> None:
    rows = _listed(folder, capsys)
    assert list(rows) == [row.name for row in JOBS]
    feeds = rows["feeds"]
    assert feeds["name"] == {"zh": FEEDS.zh, "en": FEEDS.en}
    assert (feeds["state"], feeds["last_success_at"], feeds["stale"]) == ("waiting", None, False)
    assert str(feeds["next_slot"]).endswith(":17:00+00:00")
    assert rows["duty"]["next_slot"] is None
    list_command(data=folder)
    assert "更新威胁情报指标 / Read the feeds of indicators" in capsys.readouterr().out


def test_a_job_is_paused_with_a_reason_and_resumed_by_a_person_who_may(
    folder: pathlib.Path, capsys: Shown
) -> None:
    pause_command("feeds", reason="换盘", name="wang", data=folder)
    assert capsys.readouterr().out == "Paused feeds\n"
    paused = _listed(folder, capsys)["feeds"]
    assert (paused["state"], paused["pause_reason"]) == ("paused", "换盘")
    assert paused["paused_by"] == "wang"
    with pytest.raises(Refusal):
        pause_command("feeds", reason="换盘", name="wang", data=folder)
    list_command(data=folder)
    assert "paused by wang: 换盘" in capsys.readouterr().out
    resume_command("feeds", name="wang", data=folder)
    assert capsys.readouterr().out.endswith("Resumed feeds\n")
    assert _listed(folder, capsys)["feeds"]["state"] == "waiting"


def test_a_turn_that_is_asked_for_stands_in_the_history_with_what_it_did(
    folder: pathlib.Path, capsys: Shown
) -> None:
    run_command("feeds", name="wang", data=folder, as_json=True)
    assert json.loads(capsys.readouterr().out)["state"] == "due"
    state = open_state_store(f"sqlite:///{folder}/state.db")
    work_due(state, (FEEDS,), SystemClock(), owner="a", do=lambda _: {"new": 3})
    state.close()
    history_command("feeds", data=folder, as_json=True)
    (slot,) = json.loads(capsys.readouterr().out)
    assert (slot["state"], slot["asked_by"], slot["outcome"]) == ("done", "wang", {"new": 3})
    history_command("feeds", data=folder)
    assert "done     wang  new 3" in capsys.readouterr().out
    history_command("report", data=folder)
    assert "No slot" in capsys.readouterr().out


def test_who_may_not_and_what_is_no_job_is_refused(folder: pathlib.Path) -> None:
    with pytest.raises(Malformed, match="lacks the right manage_jobs"):
        run_command("feeds", name="chen", data=folder)
    with pytest.raises(Conflict, match="no such job"):
        run_command("nothing", name="wang", data=folder)
