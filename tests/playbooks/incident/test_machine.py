"""The states of incidents and clocks: all can be reached, none leads out of its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.incident.machine import CLOCK, INCIDENT
from playbooks.incident.reports import REPORT
from playbooks.incident.tasks import TASK
from playbooks.machine import Machine, Refusal

MACHINES = {"incident": INCIDENT, "clock": CLOCK, "report": REPORT, "task": TASK}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_state_can_be_reached_and_only_the_last_ones_end(machine: Machine) -> None:
    reached = {machine.initial}
    for _ in machine.transitions:
        reached |= {machine.after(state, act) for state in reached for act in machine.acts(state)}
    assert reached == machine.states
    assert {state for state in reached if not machine.acts(state)} == machine.terminal


def test_an_incident_has_the_stages_of_the_plan() -> None:
    assert INCIDENT.states == {
        "draft",
        "to_grade",
        "graded",
        "responding",
        "contained",
        "recovering",
        "assessing",
        "archived",
        "withdrawn",
    }
    open_stages = INCIDENT.states - INCIDENT.terminal
    assert all("withdraw" in INCIDENT.acts(stage) for stage in open_stages)


@given(st.lists(st.sampled_from([row.act for row in INCIDENT.transitions])))
def test_no_history_passes_over_a_stage(acts: list[str]) -> None:
    stage = INCIDENT.initial
    for act in acts:
        possible = act in INCIDENT.acts(stage)
        if possible:
            stage = INCIDENT.after(stage, act)
        else:
            with pytest.raises(Refusal) as refusal:
                INCIDENT.after(stage, act)
            assert refusal.value.code == "illegal"
    assert stage in INCIDENT.states
