"""Readiness: what stands against publishing a playbook is told, each with its step."""

import json
import pathlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

import playbooks
from playbooks.action.action import Effect
from playbooks.action.catalogue import ACTIONS
from playbooks.cacao import graph
from playbooks.cacao.extension import id_of
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import Playbook
from playbooks.cacao.reading import read_playbook
from playbooks.execution.readiness import faults_of
from situation.state.columns import JsonObject
from tests.playbooks.cacao import oasis
from tests.playbooks.cacao.forms import WHOLE, form
from tests.playbooks.cacao.rich import AT, uid
from tests.playbooks.incident.case import PLAN

LIBRARY = pathlib.Path(playbooks.__path__[0], "library")
NAME = "name: {zh: 甲, en: a}"
BLOCK = "address: 198.51.100.1"
COMMAND = "actuator: a, command: b"
LOOK = f"step: a, {NAME}, action: enrich, with: {{value: example.org}}"
STEP = f"- {{step: a, {NAME}, action: draft_notice}}"


def faults(playbook: Playbook, *known: str) -> list[str]:
    return faults_of(playbook, actions=ACTIONS, plan=PLAN, knows=lambda one: one in known)


def of_form(steps: str, *, variables: str = "", more: str = "") -> list[str]:
    return faults(read_playbook(compile_form(form(steps, variables=variables, more=more))))


def test_every_playbook_of_the_library_is_ready() -> None:
    read = [
        read_playbook(compile_form(path.read_text(encoding="utf-8"), path.name))
        for path in sorted(LIBRARY.glob("*.yaml"))
    ]
    known = [playbook.id for playbook in read]
    assert {playbook.key: faults(playbook, *known) for playbook in read} == {
        playbook.key: [] for playbook in read
    }


def test_the_form_with_every_feature_is_ready() -> None:
    assert not faults(read_playbook(compile_form(WHOLE)), id_of("playbook", "data-leak"))


@pytest.mark.parametrize(
    ("steps", "variables", "reason"),
    [
        (f"- {{step: a, {NAME}, action: fly}}", "", "there is no action 'fly'"),
        (
            f"- {{step: a, {NAME}, action: enrich}}",
            "",
            "parameters.value: Field required",
        ),
        (
            f"- {{step: a, {NAME}, action: enrich, with: {{value: example.org, odd: 1}}}}",
            "",
            "parameters.odd: Extra inputs are not permitted",
        ),
        (
            f'- {{step: a, {NAME}, action: block_address, with: {{{BLOCK}, hours: "$x"}}}}',
            "x: {type: string, value: many}",
            "parameters.hours: Input should be a valid integer",
        ),
        (
            f"- {{{LOOK}, out: {{odd: x}}}}",
            "x: bool",
            "enrich has no output 'odd'",
        ),
        (
            f"- {{{LOOK}, out: {{is_own: x}}}}",
            "x: integer",
            "output is_own is bool, variable __x__ is integer",
        ),
        (
            f"- {{{LOOK}, out: {{is_own: x}}}}",
            "x: {type: bool, value: true, constant: true}",
            "variable __x__ is constant and takes no value",
        ),
        (
            f'- {{step: a, {NAME}, action: enrich, with: {{value: "$x"}}}}',
            "x: string",
            "variable __x__ is never set",
        ),
        ("- {step: a, if: x = 1, then: []}", "x: integer", "variable __x__ is never set"),
        (
            "- {step: a, if: x = 'many', then: []}",
            "x: {type: integer, value: 1}",
            "condition: __x__:value = 'many' can never be told",
        ),
        (
            "- {step: a, if: x > 1, then: []}",
            "x: {type: bool, value: true}",
            "can never be told",
        ),
        (
            "- {step: a, switch: x, cases: {many: [], default: []}}",
            "x: {type: integer, value: 1}",
            "case many: 'many' is no integer",
        ),
        (
            f"- {{step: a, {NAME}, playbook: other}}",
            "",
            "there is no published playbook playbook--",
        ),
        (f"- {{step: a, {NAME}, playbook: tried}}", "", "calls its own playbook"),
        (
            f"- {{step: a, {NAME}, action: ssh_command, retries: 2, with: {{{COMMAND}}}}}",
            "",
            "ssh_command must not be repeated",
        ),
        (
            f"- {{step: a, {NAME}, action: draft_notice, clause: nowhere 1}}",
            "",
            "the plan has no instrument 'nowhere'",
        ),
        (
            f"- {{step: a, {NAME}, action: draft_notice, clause: national_plan_2017 99}}",
            "",
            "no row of the plan cites national_plan_2017 99",
        ),
        (STEP, "x: {type: string, from: incident.colour}", "there is no fact 'incident.colour'"),
        (
            STEP,
            "x: {type: bool, from: incident.level}",
            "incident.level is integer, not bool",
        ),
        (
            STEP,
            "x: {type: string, from: incident.id, value: a, constant: true}",
            "is constant and cannot be bound",
        ),
        (STEP, "x: {type: string, constant: true}", "is constant and has no value"),
    ],
)
def test_a_fault_of_a_step_or_a_variable_is_told(steps: str, variables: str, reason: str) -> None:
    found = of_form(steps, variables=variables)
    assert any(reason in fault for fault in found), found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        ("{on: category, is: [weather]}", "trigger 0: the plan has no category 'weather'"),
        ("{on: detector, is: [uplaod]}", "the plan has no detector 'uplaod'"),
        ("{on: warning, is: [pink]}", "the plan has no warning 'pink'"),
        ("{on: clock, is: [T-NEVER], minutes: 5}", "the plan has no clock 'T-NEVER'"),
        ("{on: clock, is: [T-CITY]}", "a clock needs minutes"),
        ("{on: grade, is: [II]}", "a grade is told by level"),
    ],
)
def test_a_trigger_that_the_plan_does_not_know_is_told(trigger: str, reason: str) -> None:
    (found,) = of_form(STEP, more=f"triggers: [{trigger}]")
    assert reason in found


def test_a_trigger_that_the_plan_knows_is_no_fault() -> None:
    more = """\
    triggers:
      - {on: category, is: [network_attack, malicious_program/ransomware]}
      - {on: warning, is: [red]}
      - {on: clock, is: [T-CITY], minutes: 30}
      - {on: detector, is: [guessing_success]}
      - {on: period}
    """
    assert not of_form(STEP, more=more)


def test_a_value_that_only_the_run_knows_is_no_fault_of_a_parameter() -> None:
    steps = f'- {{step: a, {NAME}, action: mail, with: {{to: "$x", title_zh: 甲}}}}'
    assert not of_form(steps, variables="x: {type: string, external: true}")


def test_an_author_who_asks_fewer_people_than_the_plan_ever_does_is_told() -> None:
    gravest = replace(ACTIONS["ssh_command"], effect=Effect.DESTROY)
    steps = f"- {{step: a, {NAME}, action: ssh_command, quorum: 1, with: {{{COMMAND}}}}}"
    playbook = read_playbook(compile_form(form(steps)))
    actions = {**ACTIONS, gravest.name: gravest}
    (found,) = faults_of(playbook, actions=actions, plan=PLAN, knows=bool)
    assert "asks 1 people, the plan at least 2" in found
    assert not faults(playbook)


def workflow(**steps: Mapping[str, object]) -> Playbook:
    """Return a foreign playbook; a step's name says its type, numbers tell steps apart."""
    named = {_id(name): {"type": _type(name), **step} for name, step in steps.items()}
    return read_playbook(
        {
            "type": "playbook",
            "spec_version": "cacao-2.0",
            "id": uid("playbook"),
            "name": "p",
            "created_by": uid("identity"),
            "created": AT,
            "modified": AT,
            "workflow_start": uid("start"),
            "workflow": named,
        }
    )


def _type(name: str) -> str:
    kinds = {"if": "if-condition", "while": "while-condition"}
    return kinds.get(name.rstrip("0123456789"), name.rstrip("0123456789"))


def _id(name: str) -> str:
    number = name[len(name.rstrip("0123456789")) :]
    return uid(_type(name), int(number or 1))


def act(*, after: str | None = None, **more: object) -> JsonObject:
    """Return a task that goes on at a step."""
    command = {"type": "manual", "command": "do"}
    onward = {"on_completion": _id(after)} if after else {}
    return {"commands": [command], "agent": uid("individual"), **onward, **more}


def start(first: str) -> JsonObject:
    return {"on_completion": _id(first)}


def places(playbook: Playbook, reason: str) -> set[str]:
    return {fault.split("(")[1].split(")")[0] for fault in faults(playbook) if reason in fault}


def test_a_straight_foreign_playbook_is_ready() -> None:
    assert not faults(workflow(start=start("action"), action=act(after="end"), end={}))


def test_what_names_no_step_is_told_with_its_place() -> None:
    playbook = workflow(start=start("action"), action=act(after="end9"))
    where = f"workflow.{_id('action')}.on_completion: there is no step {_id('end9')}"
    assert where in faults(playbook)
    document = oasis.published("playbook.json")
    missing = "end--40131926-89e9-44df-a018-5f92f2df7914"
    assert f"workflow_exception: there is no step {missing}" in faults(read_playbook(document))


def test_a_step_that_is_never_reached_is_told() -> None:
    playbook = workflow(
        start=start("end"), end={}, action1=act(after="action2"), action2=act(after="end")
    )
    assert places(playbook, "never reached") == {_id("action1"), _id("action2")}


def test_a_circle_is_told_with_the_steps_in_it_alone() -> None:
    playbook = workflow(
        start=start("action1"),
        action1=act(after="action2"),
        action2=act(after="action3"),
        action3=act(after="action2"),
    )
    assert places(playbook, "leads back to itself") == {_id("action2"), _id("action3")}


def test_a_loop_repeats_without_a_circle() -> None:
    playbook = workflow(
        start=start("while"),
        **{"while": {"condition": "1 = 2", "on_true": _id("action"), "on_completion": _id("end")}},
        action=act(),
        end={},
    )
    assert not faults(playbook)


def test_a_step_that_would_be_done_several_times_is_told() -> None:
    shared_by_branches = workflow(
        start=start("parallel"),
        parallel={"next_steps": [_id("action1"), _id("action2")]},
        action1=act(after="action3"),
        action2=act(after="action3"),
        action3=act(after="end"),
        end={},
    )
    assert places(shared_by_branches, "several times") == {_id("action3")}
    branch_and_onward = workflow(
        start=start("if"),
        **{"if": {"condition": "1 = 1", "on_true": _id("action"), "on_completion": _id("action")}},
        action=act(after="end"),
        end={},
    )
    assert places(branch_and_onward, "several times") == {_id("action")}


def test_two_ways_of_which_one_is_taken_may_meet() -> None:
    playbook = workflow(
        start=start("if"),
        **{"if": {"condition": "1 = 1", "on_true": _id("action1"), "on_false": _id("action2")}},
        action1=act(after="action3"),
        action2=act(after="action3"),
        action3=act(after="end"),
        end={},
    )
    assert not faults(playbook)


def test_several_commands_in_one_step_are_told() -> None:
    command = {"type": "manual", "command": "do"}
    step = act(after="end") | {"commands": [command, command]}
    (found,) = faults(workflow(start=start("action"), action=step, end={}))
    assert "has several commands" in found


def test_a_playbook_with_too_many_steps_is_told_at_once() -> None:
    last = graph.MOST_STEPS + 1
    chain = {f"action{number}": act(after=f"action{number + 1}") for number in range(1, last)}
    playbook = workflow(start=start("action1"), **chain, **{f"action{last}": act()})
    assert f"workflow: has more than {graph.MOST_STEPS} steps" in faults(playbook)


def test_a_condition_that_cannot_be_read_is_told() -> None:
    document = json.loads(json.dumps(compile_form(form("- {step: a, if: 1 = 1, then: []}"))))
    for step in document["workflow"].values():
        if "condition" in step:
            step["condition"] = "ipv4-addr:value = '198.51.100.1'"
    (found,) = faults(read_playbook(document))
    assert "condition, column 1: ipv4-addr:value is no variable" in found


def test_foreign_commands_that_no_action_does_are_told() -> None:
    found = faults(read_playbook(oasis.published("http-playbook.json")))
    assert [fault.rpartition(": ")[2] for fault in found] == ["there is no action 'http-api'"]
