"""The states of runs and steps: every end can be reached, what is not named is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.execution.course.walk import WORDS
from playbooks.execution.machine import OPEN, RUN, STEP, STOPPABLE
from playbooks.machine import Machine, Refusal

MACHINES = pytest.mark.parametrize("machine", [RUN, STEP], ids=["run", "step"])


def _reached(machine: Machine) -> set[str]:
    known = {machine.initial}
    for _ in machine.states:
        known |= {row.target for row in machine.transitions if known & set(row.sources)}
    return known


@MACHINES
def test_every_state_can_be_reached(machine: Machine) -> None:
    assert _reached(machine) == machine.states


@given(st.sampled_from([RUN, STEP]), st.data())
def test_an_act_that_the_table_does_not_name_is_refused(
    machine: Machine, data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from(sorted(machine.states)))
    act = data.draw(st.sampled_from(sorted({row.act for row in machine.transitions})))
    if act in machine.acts(state):
        assert machine.after(state, act) in machine.states
        return
    with pytest.raises(Refusal) as refused:
        machine.after(state, act)
    assert refused.value.code == "illegal"


def test_every_open_step_can_be_brought_to_an_end() -> None:
    ends = {"finish", "fail", "cancel"}
    assert all(ends & set(STEP.acts(state)) for state in OPEN)
    assert all("cancel" in STEP.acts(state) for state in STOPPABLE)


def test_the_log_has_a_word_for_each_act() -> None:
    assert set(WORDS) == {row.act for row in STEP.transitions}
