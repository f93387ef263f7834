"""The YAML form: compiled to what validates, deterministic, refused with line and reason."""

import json
import pathlib

import pytest

import playbooks
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import Clause, Playbook, Step, StepKind, TriggerRow, Words
from playbooks.cacao.reading import read_playbook
from situation.faults import Malformed
from tests.playbooks.cacao import oasis
from tests.playbooks.cacao.forms import HEAD, WHOLE, form

LIBRARY = pathlib.Path(playbooks.__path__[0], "library")


def read(text: str) -> Playbook:
    return read_playbook(compile_form(text))


def named(playbook: Playbook, zh: str) -> Step:
    (found,) = (step for step in playbook.steps.values() if step.name.zh == zh)
    return found


def fault_of(text: str) -> str:
    with pytest.raises(Malformed) as caught:
        compile_form(text, "试.yaml")
    return str(caught.value)


def test_the_form_with_every_feature_validates_by_the_schemas() -> None:
    faults = [error.message for error in oasis.validator().iter_errors(compile_form(WHOLE))]
    assert not faults


def test_every_playbook_of_the_library_compiles_and_validates() -> None:
    forms = sorted(LIBRARY.glob("*.yaml"))
    assert len(forms) >= 10
    for path in forms:
        document = compile_form(path.read_text(encoding="utf-8"), path.name)
        assert oasis.is_valid(document), path.name
        assert read_playbook(document).key == path.stem


def test_the_same_form_gives_the_same_document_and_a_later_version_another_time() -> None:
    once, again = compile_form(WHOLE), compile_form(WHOLE)
    assert json.dumps(once) == json.dumps(again)
    later = compile_form(WHOLE.replace("version: 2", "version: 3"))
    assert (once["created"], once["modified"]) == (later["created"], "2026-11-27T00:00:02.000Z")
    assert later["modified"] == "2026-11-27T00:00:03.000Z"
    assert later["id"] == once["id"]


def test_what_was_compiled_goes_through_json_and_back_without_loss() -> None:
    document = compile_form(WHOLE)
    playbook = read_playbook(json.loads(json.dumps(document)))
    assert playbook.document == document
    assert playbook.digest == read_playbook(document).digest


def test_a_playbook_says_what_its_form_says() -> None:
    playbook = read(WHOLE)
    assert (playbook.key, playbook.name) == ("whole-form", Words("全部写法", "Every feature"))
    assert playbook.about == Words("每种写法各用一次。", "Each feature once: all of them.")
    assert playbook.within.total_seconds() == 36 * 3600
    assert playbook.compensates
    assert playbook.exception is None
    assert playbook.triggers == (
        TriggerRow("detector", ("guessing_success",), 4, 0, "day"),
        TriggerRow("grade", (), 3),
        TriggerRow("clock", ("T-CITY",), 4, 30),
    )
    assert playbook.bindings == {
        "__attacker__": "incident.source_ip",
        "__account__": "incident.account",
    }
    variables = playbook.variables
    assert (variables["__hours__"].value, variables["__hours__"].constant) == ("24", True)
    assert (variables["__account__"].value, variables["__listed__"].value) == ("未知", None)
    assert variables["__answer__"].external
    assert variables["__ports__"].value == "[22, 3389]"


def test_an_action_has_its_parameters_outputs_and_limits() -> None:
    playbook = read(WHOLE)
    look, block = named(playbook, "核对"), named(playbook, "封禁")
    assert look.call is not None
    assert (look.call.action, look.call.parameters) == ("enrich", {"value": "__attacker__:value"})
    assert look.call.outs == {"is_own": "__listed__"}
    assert look.clause == Clause("national_plan_2017", "4.1")
    assert look.within is not None
    assert (look.within.total_seconds(), look.retries) == (900, 3)
    assert look.note == Words("先看清对象。", "Know it first.")
    assert block.call is not None
    assert block.call.parameters == {
        "address": "__attacker__:value",
        "hours": "__hours__:value",
        "reason": "__account__:value 被猜中，费用 $5",
    }
    assert (block.quorum, block.on_timeout) == (2, "skip")


def test_a_failed_step_goes_where_its_form_says() -> None:
    playbook = read(WHOLE)
    look, block, hand = (named(playbook, name) for name in ("核对", "封禁", "人工"))
    # `continue` is one way for both, a list of steps comes back to the next one.
    assert (look.on_completion, look.on_success) == (named(playbook, "已知恶意").id, None)
    assert (block.on_failure, block.on_completion) == (hand.id, None)
    assert block.on_success == hand.on_success
    # Without a word of its own a failure has no way on.
    assert (hand.on_failure, hand.on_completion) == (None, None)


def test_control_steps_lead_into_branches_that_end_on_their_own() -> None:
    playbook = read(WHOLE)
    decide, both, loop = (named(playbook, name) for name in ("已知恶意", "both", "until-quiet"))
    switch, sub = named(playbook, "by-answer"), named(playbook, "转泄露")
    assert decide.condition == "__listed__:value = true AND __hours__:value > 1"
    assert (decide.on_true, decide.follows) == (named(playbook, "封禁").id, both.id)
    assert decide.on_false is not None
    assert playbook.steps[decide.on_false].kind is StepKind.END
    branches = [playbook.steps[each] for each in both.next_steps]
    assert [step.name.zh for step in branches] == ["通报", "取证"]
    ends = {step.follows for step in branches}
    assert len(ends) == 2
    assert {playbook.steps[str(end)].kind for end in ends} == {StepKind.END}
    assert (loop.turns, loop.on_true) == (24, named(playbook, "再查").id)
    assert named(playbook, "再查").delay.total_seconds() == 3630
    assert switch.switch == "__answer__"
    assert switch.cases["default"] == sub.id
    assert playbook.steps[switch.cases["a"]].kind is StepKind.END
    assert (sub.in_args, sub.out_args) == (("__attacker__",), ("__answer__",))


def test_a_step_that_waits_sets_nothing_and_has_its_time_as_a_delay() -> None:
    watch = named(read(WHOLE), "观察")
    assert watch.call is not None
    assert (watch.call.action, watch.call.outs) == ("set_value", {})
    assert watch.delay.total_seconds() == 24 * 3600


def test_another_playbook_is_called_by_the_id_of_its_key() -> None:
    steps = "- {step: a, name: {zh: 甲, en: a}, action: draft_notice}"
    callee = compile_form(form(steps, head=HEAD.replace("key: tried", "key: data-leak")))
    assert named(read(WHOLE), "转泄露").playbook_id == callee["id"]


def test_an_exception_branch_is_a_scope_of_its_own() -> None:
    more = """\
    if_it_fails:
      - {step: tell, name: {zh: 告知, en: Tell}, action: mail, with: {to: desk}}
    """
    steps = "- {step: a, name: {zh: 甲, en: a}, action: draft_notice}"
    playbook = read(form(steps, more=more))
    assert playbook.exception == named(playbook, "告知").id
    assert not playbook.compensates
    assert oasis.is_valid(playbook.document)


def test_commands_and_agents_tell_other_readers_what_is_done() -> None:
    steps = """\
    - {step: a, name: {zh: 甲, en: a}, action: manual_task, with: {title_zh: 看, title_en: Look}}
    - {step: b, name: {zh: 乙, en: b}, action: openc2, with: {action: deny}}
    - {step: c, name: {zh: 丙, en: c}, action: ssh_command, with: {command: isolate}}
    - {step: d, name: {zh: 丁, en: d}, action: draft_notice}
    """
    document = compile_form(form(steps))
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    acting = [step for step in workflow.values() if step["type"] == "action"]
    commands = [step["commands"][0] for step in acting]
    assert [command["type"] for command in commands] == [
        "manual",
        "openc2-http",
        "ssh",
        "citywatch",
    ]
    assert commands[0]["command"] == "看\nLook"
    assert commands[3]["command"] == "draft_notice"
    agents = document["agent_definitions"]
    assert isinstance(agents, dict)
    assert [agents[step["agent"]]["type"] for step in acting] == ["individual"] + 3 * [
        "organization"
    ]


STEP = "- {step: a, name: {zh: 甲, en: a}, action: draft_notice}\n"


@pytest.mark.parametrize(
    ("steps", "line", "reason"),
    [
        ("- {step: a, action: draft_notice}", 8, "needs name"),
        ("- {step: a, name: {zh: 甲}, action: x}", 8, "en: Field required"),
        ("- {step: A b, name: {zh: 甲, en: a}, action: x}", 8, "step: "),
        (STEP + STEP, 9, "step 'a' stands twice"),
        ("- {step: a, name: {zh: 甲, en: a}}", 8, "exactly one of action, wait"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, wait: 1h}", 8, "exactly one of"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, turns: 3}", 8, "has no turns"),
        ("- {step: a, if: x = 1}", 8, "needs then"),
        ("- {step: a, if: x =, then: []}", 8, "condition, column 4"),
        ("- {step: a, if: x = 1, then: []}", 8, "there is no variable '__x__'"),
        ("- {step: a, switch: x, cases: {a: []}}", 8, "there is no variable 'x'"),
        ("- {step: a, parallel: [[]]}", 8, "at least 2"),
        ("- {step: a, name: {zh: 甲, en: a}, wait: 5 minutes}", 8, "written like 30s"),
        ("- {step: a, name: {zh: 甲, en: a}, wait: 9999d}", 8, "at most a year"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, within: 90s}", 8, "whole minutes"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, if_it_fails: stop}", 8, "none of continue"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, clause: 4.1}", 8, "clause: "),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, with: [b]}", 8, "valid dictionary"),
        ('- {step: a, name: {zh: 甲, en: a}, action: x, with: {b: "$c"}}', 8, "no variable 'c'"),
        ('- {step: a, name: {zh: 甲, en: a}, action: x, with: {b: "d $c"}}', 8, "written ${name}"),
        ("- {step: a, name: {zh: 甲, en: a}, action: x, out: {b: c}}", 8, "no variable 'c'"),
        ("- {step: a, name: {zh: 甲, en: a}, playbook: b, with: {c: d}}", 8, "valid list"),
        ("- step: a\n  parallel:\n    - []\n    - - {step: b, odd: 1}\n", 11, "odd: Extra inputs"),
    ],
)
def test_a_wrong_step_is_refused_with_its_line(steps: str, line: int, reason: str) -> None:
    fault = fault_of(form(steps))
    assert f"line {line}: " in fault
    assert reason in fault
    assert fault.startswith("试.yaml")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ("x: number", "none of bool, dictionary"),
        ("x: {type: integer, value: many}", "variable x: 'many' is no integer"),
        ("x: {type: string, value: 5}", "variable x: int is no string"),
        ("x: {type: ip-addr, value: 10.0.0.256}", "no ip-addr"),
        ("X: bool", "String should match pattern"),
        ("x: {type: list, value: {a: 1}}", "dict is no list"),
    ],
)
def test_a_wrong_variable_is_refused_with_its_line(variables: str, reason: str) -> None:
    fault = fault_of(form(STEP, variables=variables))
    assert "line 8: " in fault
    assert reason in fault


def test_all_faults_of_a_form_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = form("- {step: a, odd: 1, action: x}\n- {step: b, wait: 1x, name: {zh: 乙, en: b}}\n")
    fault = fault_of(text.replace("version: 3", "version: none"))
    places = [fault.index(f"line {line}: ") for line in (2, 8, 9)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not one document"),
        ("--- 1\n--- 2\n", "not one document"),
        ("key: [", "expected"),
        ("a: 1\na: 2\n", "line 2: 'a' stands twice"),
        ("a: &x [1]\nb: *x\n", "line 1: anchors and aliases"),
        ("a: !!python/object:os.system 1\n", "line 1: tags"),
        ("%YAML 1.1\n---\na: on\n", "directives"),
        ("? [a]\n: 1\n", "a key is a plain word"),
        ("a: \0\n", "special characters"),
        ("a: \ud800\n", "special characters"),
        ("[" * 20_000, "deeper than 60 levels"),
        ("{a: " * 20_000, "deeper than 60 levels"),
        ("- " * 20_000, "deeper than 60 levels"),
        ("a" * 200_001, "more than 200000 characters"),
        ("a: [" + "1," * 90_000 + "1]", "more than 20000 words and values"),
        ("5", "Input should be a valid dictionary"),
    ],
)
def test_a_hostile_text_is_refused(text: str, reason: str) -> None:
    assert reason in fault_of(text)


def test_yes_and_on_are_words_as_in_yaml_1_2() -> None:
    steps = "- {step: a, name: {zh: 甲, en: a}, action: x, with: {b: yes, c: on, d: 0x10, e: 1.5}}"
    (step,) = (one for one in read(form(steps)).steps.values() if one.call)
    assert step.call is not None
    assert step.call.parameters == {"b": "yes", "c": "on", "d": "0x10", "e": 1.5}
