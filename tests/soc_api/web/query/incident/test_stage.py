import datetime as dt

import pytest

from playbooks.incident.machine import INCIDENT as MACHINE
from situation.state.tables import AuditLine, Incident
from soc_api.web.query.incident.stage import possible_acts, stage_steps
from soc_api.web.word import WORDS
from tests.soc_api.web.city import NOW


def _row(stage: str) -> Incident:
    return Incident(id="SJ-1", stage=stage, created_at=NOW)


def _line(number: int, after: str, *, kind: str = "incident") -> AuditLine:
    return AuditLine(
        number=number,
        at=NOW + dt.timedelta(minutes=number),
        actor="zhou",
        action="incident.x",
        object_kind=kind,
        object_id="SJ-1",
        detail={"after": after},
    )


def test_a_step_has_the_time_and_the_person_who_led_to_it() -> None:
    steps = stage_steps(
        _row("contained"), [_line(2, "contained"), _line(1, "responding")], {"zhou": "周"}
    )
    assert [(step.stage, step.past, step.current) for step in steps][:4] == [
        ("graded", True, False),
        ("responding", True, False),
        ("contained", False, True),
        ("recovering", False, False),
    ]
    assert (steps[2].at, steps[2].by) == (NOW + dt.timedelta(minutes=2), "周")
    assert (steps[3].at, steps[3].by) == (None, "")


def test_a_stage_that_was_left_again_has_no_time_of_its_own() -> None:
    lines = [_line(1, "responding"), _line(2, "contained"), _line(3, "responding")]
    steps = stage_steps(_row("responding"), lines, {})
    assert steps[1].at == NOW + dt.timedelta(minutes=3)
    assert steps[2].at is None


def test_a_withdrawn_incident_ends_where_it_was() -> None:
    lines = [_line(1, "responding"), _line(2, "withdrawn")]
    steps = stage_steps(_row("withdrawn"), lines, {})
    assert [step.stage for step in steps] == ["graded", "responding", "withdrawn"]
    assert all(step.past for step in steps)


def test_a_change_of_something_else_is_no_stage() -> None:
    steps = stage_steps(_row("graded"), [_line(1, "graded", kind="notice")], {})
    assert steps[0].at == NOW


@pytest.mark.parametrize("stage", sorted(MACHINE.states))
def test_every_stage_and_act_of_the_machine_has_its_place_and_its_words(stage: str) -> None:
    steps = stage_steps(_row(stage), [], {})
    assert sum(step.current for step in steps) == (stage not in MACHINE.terminal)
    assert f"stage_{stage}" in WORDS
    assert {f"do_{act}" for act in MACHINE.acts(stage)} <= WORDS.keys()


def test_what_leads_on_stands_before_what_leads_back() -> None:
    assert possible_acts(_row("contained")) == ["recover", "assess", "withdraw", "respond"]
    assert possible_acts(_row("archived")) == []
