"""`citywatch playbook dry-run|run|stop|undo|retry|resolve|history`."""

import json

import pytest

from situation.state.tables import Measure, PlaybookRun, StepRun
from soc_api.measures.command import lift_command
from tests.soc_api.commands.playbook.desk import Desk
from tests.soc_api.web.server import PASSWORD


def test_a_dry_run_says_what_would_be_done_and_does_nothing(desk: Desk) -> None:
    told = desk.says("dry-run", "block-one", "--set", "target=203.0.113.77").out
    assert "deny ip 203.0.113.77/32 both at border for 24 h" in told
    assert "needs 1 to agree (contain_general); sha256 " in told
    assert told.endswith("No connection was opened, nothing was written.\n")
    found = json.loads(desk.says("dry-run", "block-one", "--json").out)
    assert found["steps"][0]["action"] == "block_address"
    assert desk.says("history").out == "Nothing has run yet.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such",), "no version of it is published"),
        (("block-one", "--incident", "SJ-0"), "there is no such incident"),
        (("block-one", "--set", "target"), "is not NAME=VALUE"),
        (("block-one", "--set", "other=1"), "there is no such variable"),
        (("block-one", "--set", "target=nowhere"), "target"),
    ],
)
def test_what_cannot_start_is_said_in_one_sentence(
    desk: Desk, words: tuple[str, ...], said: str
) -> None:
    desk.refuses(said, "dry-run", *words)
    desk.refuses(said, "run", *words, "--as", "chen")


def test_a_run_is_started_agreed_to_and_taken_back(desk: Desk) -> None:
    run = desk.started("block-one", "--set", "target=203.0.113.77", "--reason", "撞库")
    desk.agreed()
    assert desk.step(run).state == "waiting"
    desk.refuses("needed", "undo", run, "--reason", " ", "--as", "chen")
    said = desk.says("undo", run, "--reason", "误封", "--as", "chen")
    assert said.out.startswith("Undo      1 steps are taken back")
    desk.turn()
    assert desk.step(run, "undo").state == "waiting"
    desk.refuses("begin like this", "undo", run, "--step", "zz", "--reason", "x", "--as", "chen")
    desk.refuses("there is no such run", "undo", "R-0", "--reason", "x", "--as", "chen")


def test_a_measure_that_is_lifted_by_hand_is_its_step_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.started("block-one", "--set", "target=203.0.113.77", "--reason", "撞库")
    desk.agreed()
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    lift_command(desk.step(run).id[:12], reason="误封", name="chen", data=desk.folder)
    desk.turn()
    assert desk.step(run, "undo").state == "waiting"
    with desk.city() as city, city.state.reading() as session:
        row = session.get_one(Measure, desk.step(run).id)
        assert row.state == "lifting"


def test_the_history_shows_every_step_and_what_was_tried(desk: Desk) -> None:
    run = desk.started()
    (row,) = desk.says("history", "--json").rows()
    assert (row["id"], row["state"], row["started_by"]) == (run, "running", "chen")
    told = desk.says("history", run).out
    assert f"{run}  running" in told
    assert "block-one" in told
    assert "approval   do    block_address" in told
    (one,) = desk.says("history", run, "--json").rows()
    assert isinstance(one["log"], list)
    assert {line["what"] for line in one["log"]} >= {"ask"}
    desk.refuses("there is no such run", "history", "R-0")


def test_a_stopped_run_does_nothing_more(desk: Desk) -> None:
    run = desk.started()
    desk.refuses("lacks the right", "stop", run, "--reason", "误报", "--as", "sun")
    assert desk.says("stop", run, "--reason", "误报", "--as", "chen").out.split()[1:] == [
        run,
        "stopped",
    ]
    assert desk.says("approve").out == "Nothing waits for approval.\n"
    desk.refuses("it is stopped", "stop", run, "--reason", "误报", "--as", "chen")


def test_a_failed_step_is_tried_again(desk: Desk) -> None:
    run = desk.started("mail-one")
    assert desk.state(run) == "failed"
    step = desk.step(run)
    assert step.error
    said = desk.says("retry", run, step.id[:8], "--as", "chen")
    assert said.out == f"Step      {step.id} due\n"
    assert desk.state(run) == "running"
    desk.refuses("it is due", "retry", run, step.id, "--as", "chen")


def test_a_person_says_that_it_never_happened(desk: Desk) -> None:
    run = desk.started("mail-one")
    step = desk.step(run)
    desk.refuses("it is failed", "resolve", run, step.id, "--did-not", "--as", "chen")
    with desk.city() as city, city.state.transaction() as session:
        session.get_one(StepRun, step.id).state = "unsure"
        session.get_one(PlaybookRun, run).state = "running"
    said = desk.says("resolve", run, step.id, "--happened", "--remark", "问过了", "--as", "chen")
    assert said.out == f"Step      {step.id} done\n"
    assert desk.state(run) == "succeeded"
