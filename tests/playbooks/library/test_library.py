"""Each playbook that comes along, end to end on its scenario: started by its cause, to its end."""

import pathlib
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.reading import read_playbook
from playbooks.execution.cause import cause_of_incident
from playbooks.execution.readiness import faults_of
from playbooks.execution.rehearsal import rehearse
from playbooks.execution.trigger import about
from playbooks.execution.versions import published
from playbooks.library.shelf import read_shelf
from situation.state.store import StateStore
from situation.state.tables import Incident, PlaybookRun, StepRun
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import NOW
from tests.playbooks.library.scenario import SCENARIOS
from tests.playbooks.library.stage import Stage

SHELF = read_shelf()


def test_every_playbook_has_a_scenario() -> None:
    assert set(SHELF) == set(SCENARIOS)


@pytest.mark.parametrize("key", sorted(SHELF))
def test_nothing_stands_against_running_it(key: str) -> None:
    ids = {read_playbook(document).id for document, _ in SHELF.values()}
    playbook = read_playbook(SHELF[key][0])
    assert faults_of(playbook, actions=ACTIONS, plan=PLAN, knows=ids.__contains__) == []


@pytest.mark.parametrize("key", sorted(SHELF))
def test_each_step_that_acts_is_tied_to_a_clause_of_the_plan(key: str) -> None:
    steps = read_playbook(SHELF[key][0]).steps.values()
    acting = [step for step in steps if step.call is not None]
    assert acting
    assert [step.name.zh for step in acting if step.clause is None] == []


@pytest.mark.parametrize("key", sorted(SCENARIOS))
def test_a_playbook_runs_to_its_end_on_its_scenario_as_it_was_rehearsed(
    either_state: StateStore, tmp_path: pathlib.Path, key: str
) -> None:
    stage, scenario = Stage(either_state, tmp_path), SCENARIOS[key]
    runs = {stage.key_of(run): run for run in stage.play(scenario)}
    assert runs[key].state == "succeeded", runs[key].outcome
    assert runs[key].trigger != "hand"
    assert stage.done() >= scenario.did
    assert not stage.done() & scenario.not_done
    assert stage.kept_out == scenario.kept_out
    assert _acted(either_state, runs[key]) <= _rehearsed(stage, key, runs[key])
    assert stage.later() == set()


def _acted(state: StateStore, run: PlaybookRun) -> set[tuple[str, str]]:
    mine = StepRun.run_id == run.id
    acts = sa.select(StepRun).where(mine, StepRun.purpose == "do", StepRun.action_sha256 != "")
    with state.reading() as session:
        return {(row.step_id, row.action_sha256) for row in session.scalars(acts)}


def _rehearsed(stage: Stage, key: str, run: PlaybookRun) -> set[tuple[str, str]]:
    with stage.state.reading() as session:
        version = published(session, key)
        assert version is not None
        playbook = stage.house.playbook(version)
        incident = session.get_one(Incident, run.incident_id)
        found = rehearse(
            session,
            stage.house,
            playbook,
            cause=cause_of_incident(session, PLAN, incident, about(playbook)),
            variables={},
            assume=_ends_of(run.variables),
            now=NOW,
        )
    return {(step.step_id, step.sha256) for step in found.steps}


def _ends_of(variables: Mapping[str, object]) -> dict[str, str]:
    said = {name: one["value"] for name, one in variables.items() if isinstance(one, dict)}
    return {name: str(value) for name, value in said.items() if value is not None}
