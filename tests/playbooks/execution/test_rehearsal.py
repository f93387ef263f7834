"""A dry run says what the real run does, and does nothing."""

import datetime as dt
import itertools
import json
import pathlib
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from playbooks.action.action import Action, Parameters, Scene
from playbooks.action.catalogue import ACTIONS as SHIPPED
from playbooks.action.intent import Intent
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import UNNAMED, Playbook, StepKind
from playbooks.cacao.reading import read_playbook
from playbooks.execution.cause import Cause, cause_of_incident, cause_of_nothing
from playbooks.execution.house import House
from playbooks.execution.rehearsal import (
    TAKEN,
    UNKNOWN,
    Rehearsal,
    Rehearsed,
    rehearse,
)
from playbooks.execution.rehearsing.untouched import Written
from playbooks.library.shelf import read_shelf
from situation.faults import Malformed
from situation.state.store import StateStore, open_state_store
from situation.state.tables import OutboxMessage, PlaybookRun, StepRun
from tests.empty import open_empty
from tests.playbooks.cacao.forms import HEAD, form
from tests.playbooks.execution.deeds import ACTIONS
from tests.playbooks.execution.ground import Ground, version_of
from tests.playbooks.incident.case import FILES, PLAN, opened
from tests.playbooks.intrusion import ASSETS, ATTACKER, NOW, alert
from tests.testdata import ROOT

KEYS = itertools.count()
FAR = "far: {type: ip-addr, from: incident.source_ip}\nb: string"
HOUSE = House(plan=PLAN, assets=ASSETS, actions=ACTIONS)


def step(name: str, action: str = "mark", *, out: str = "", **given: object) -> str:
    """Return a line of a form: a step that does a deed of the tests."""
    said: dict[str, object] = {
        "step": name,
        "name": {"zh": name, "en": name},
        "action": action,
        "with": {"name": name, **given},
    }
    if out:
        said["out"] = {"says": out}
    return f"- {json.dumps(said, ensure_ascii=False)}"


def made(*steps: str, variables: str = "", more: str = "", key: str = "tried") -> Playbook:
    head = HEAD.replace("key: tried", f"key: {key}")
    text = "\n".join(textwrap.dedent(one) for one in steps)
    return read_playbook(compile_form(form(text, head=head, variables=variables, more=more)))


def dry(
    state: StateStore,
    playbook: Playbook,
    *,
    house: House = HOUSE,
    cause: Cause | None = None,
    variables: Mapping[str, str] | None = None,
    assume: Mapping[str, str] | None = None,
) -> Rehearsal:
    with state.reading() as session:
        return rehearse(
            session,
            house,
            playbook,
            cause=cause or cause_of_nothing(),
            variables=variables or {},
            assume=assume or {},
            now=NOW,
        )


def told(rehearsal: Rehearsal) -> list[str]:
    """Return the names of the steps, with their verdicts and with a ? where they may not come."""
    return [
        f"{row.name.zh}{'' if row.is_certain else '?'}{row.verdict and f' {row.verdict}'}"
        for row in rehearsal.steps
    ]


def the(rehearsal: Rehearsal, name: str) -> Rehearsed:
    (row,) = (row for row in rehearsal.steps if row.name.zh == name)
    return row


def nested(name: str, control: str, **branches: str) -> str:
    """Return a control step with branches, each of lines of a form."""
    lines = [f"- step: {name}", f"  {control}"]
    for branch, steps in branches.items():
        lines += [f"  {branch.rstrip('_')}:", textwrap.indent(steps, "    ")]
    return "\n".join(lines)


LOOKED = [
    step("look", says="yes", out="answer"),
    nested("ask", "if: answer = 'yes'", then=step("right"), else_=step("wrong")),
]


def test_the_dry_run_comes_to_the_actions_and_digests_of_the_real_run(ground: Ground) -> None:
    count = "- {step: count, name: {zh: count, en: c}, action: mark, out: {says: left}, "
    playbook = made(
        *LOOKED,
        nested(
            "turn",
            "while: left > 0",
            do=count + 'with: {name: "turn ${left}", says: "0"}}',
        ),
        f"- step: both\n  parallel: [[{step('one')[2:]}], [{step('two')[2:]}]]",
        nested("by", "switch: answer", cases="yes: [" + step("case")[2:] + "]\nother: []"),
        step("fails", goes="refused"),
        variables="answer: string\nleft: {type: integer, value: 1}",
    )
    rehearsal = dry(ground.state, playbook, house=ground.house)
    run = ground.start(playbook)
    ground.settle()
    acted = [row for row in ground.steps(run) if row.action_sha256]
    assert {(row.step_id, row.action_sha256) for row in acted} == {
        (row.step_id, row.sha256) for row in rehearsal.steps if row.sha256
    }
    assert len(acted) == len([row for row in rehearsal.steps if row.action]) == 7
    assert [row.parameters for row in rehearsal.steps if row.name.zh == "count"] == [
        {"name": "turn 1", "goes": "well", "says": "0", "url": "", "hours": 0}
    ]


# Shapes of playbooks: a deed that may tell a value, or a control step around shapes.
Shape = tuple[str, str, list["Shape"], list["Shape"]]
VALUES = st.sampled_from(["", "x", "y"])
DEEDS: st.SearchStrategy[Shape] = st.tuples(
    st.just("deed"), VALUES, st.just(list[Shape]()), st.just(list[Shape]())
)
SHAPES: st.SearchStrategy[list[Shape]] = st.lists(
    st.recursive(
        DEEDS,
        lambda inner: st.tuples(
            st.sampled_from(["if", "while", "switch", "parallel"]),
            VALUES,
            st.lists(inner, max_size=2),
            st.lists(inner, max_size=2),
        ),
        max_leaves=5,
    ),
    min_size=1,
    max_size=3,
)


def laid(shapes: list[Shape], names: Iterator[int], *, tells: bool = True) -> list[object]:
    """Return the steps of shapes; side by side nobody tells a value, for order would matter."""
    steps: list[object] = []
    for kind, value, one, other in shapes:
        name = f"s{next(names)}"
        called: dict[str, object] = {"step": name, "name": {"zh": name, "en": name}}
        if kind == "deed":
            said = {"action": "mark", "with": {"name": "${seen}", "says": value or "z"}}
            out = {"out": {"says": "seen"}} if value and tells else {}
            steps.append({**called, **said, **out})
            continue
        first = laid(one, names, tells=tells and kind != "parallel")
        second = laid(other, names, tells=tells and kind != "parallel")
        parts: dict[str, dict[str, object]] = {
            "if": {"if": f"seen = '{value}'", "then": first, "else": second},
            "switch": {"switch": "seen", "cases": {"x": first, "default": second}},
            "parallel": {"parallel": [first, second]},
            "while": {"while": f"seen = '{value}'", "turns": 3, "do": first},
        }
        if kind != "while" or first:
            steps.append({**called, **parts[kind]})
    return steps


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.reuse, Phase.generate],
)
@given(shapes=SHAPES)
def test_whatever_the_playbook_the_dry_run_is_the_real_run(
    sqlite_ground: Ground, shapes: list[Shape]
) -> None:
    key = f"tried-{next(KEYS)}"
    lines = [f"- {json.dumps(one)}" for one in laid(shapes, itertools.count())] or [step("only")]
    playbook = made(*lines, variables="seen: {type: string, value: x}", key=key)
    rehearsal = dry(sqlite_ground.state, playbook)
    run = sqlite_ground.start(playbook)
    sqlite_ground.settle()
    acted = [row for row in sqlite_ground.steps(run) if row.action_sha256]
    assert Counter((row.step_id, row.action_sha256) for row in acted) == Counter(
        (row.step_id, row.sha256) for row in rehearsal.steps if row.sha256
    )
    ended = sqlite_ground.run(run)
    assert (ended.state, rehearsal.unknown) == (rehearsal.outcome, ())
    assert {name: said["value"] for name, said in _said(ended)} == rehearsal.variables


def _said(run: PlaybookRun) -> Iterator[tuple[str, dict[str, object]]]:
    for name, said in run.variables.items():
        assert isinstance(said, dict)
        yield name, said


@pytest.fixture
def sqlite_ground(tmp_path: pathlib.Path) -> Iterator[Ground]:
    state = open_empty(tmp_path)
    ground = Ground(state, tmp_path)
    yield ground
    ground.close()
    state.close()


def test_what_people_would_be_asked_is_what_they_are_asked(ground: Ground) -> None:
    incident = opened(ground.state)
    playbook = made(step("block", "hold", hours=2))
    rehearsal = dry(ground.state, playbook, house=ground.house, cause=ground.about(incident))
    run = ground.start(playbook, cause=ground.about(incident))
    ground.turn()
    (asked,) = ground.pending(run)
    row = the(rehearsal, "block")
    assert (row.sha256, row.rule, row.quorum) == (asked.action_sha256, asked.rule, asked.quorum)
    assert row.effect == "contain"


def test_a_condition_on_a_known_value_takes_one_way(either_state: StateStore) -> None:
    playbook = made(*LOOKED, variables="answer: string")
    rehearsal = dry(either_state, playbook)
    assert told(rehearsal) == ["look", "ask taken", "right"]
    ask, right = the(rehearsal, "ask"), the(rehearsal, "right")
    assert (ask.verdict, ask.kind) == (TAKEN, StepKind.IF)
    assert ask.condition == "__answer__:value = 'yes'"
    assert (right.depth, right.branch.zh, ask.depth) == (1, "条件成立", 0)
    assert rehearsal.outcome == "succeeded"
    assert rehearsal.variables == {"__answer__": "yes"}


def asking() -> Playbook:
    return made(
        step("person", "ask", out="answer"),
        nested("ask", "if: answer = 'yes'", then=step("right"), else_=step("wrong")),
        step("after", says="$answer"),
        variables="answer: string",
    )


def test_a_condition_on_what_only_the_real_run_knows_takes_both_ways(
    either_state: StateStore,
) -> None:
    rehearsal = dry(either_state, asking())
    assert told(rehearsal) == ["person", "ask unknown", "right?", "wrong?", "after"]
    assert the(rehearsal, "person").unknown == ("says",)
    after = the(rehearsal, "after")
    assert (after.hangs_on, after.sha256, after.intent) == (("__answer__",), "", None)
    assert after.parameters == {"name": "after", "says": "__answer__:value"}
    assert rehearsal.unknown == ("__answer__",)
    assert rehearsal.variables == {"__answer__": None}


@pytest.mark.parametrize(
    ("answer", "way"),
    [("yes", ["ask taken", "right"]), ("no", ["ask not taken", "wrong"])],
)
def test_an_assumption_takes_one_way(either_state: StateStore, answer: str, way: list[str]) -> None:
    rehearsal = dry(either_state, asking(), assume={"answer": answer})
    assert told(rehearsal) == ["person", *way, "after"]
    assert the(rehearsal, "after").parameters["says"] == answer
    assert the(rehearsal, "after").sha256
    assert rehearsal.unknown == ()


def test_what_two_ways_leave_the_same_is_known_after_them(either_state: StateStore) -> None:
    playbook = made(
        step("person", "ask", out="answer"),
        nested(
            "ask",
            "if: answer = 'yes'",
            then=step("a", says="same", out="kept") + "\n" + step("b", says="one", out="lost"),
            else_=step("c", says="same", out="kept") + "\n" + step("d", says="two", out="lost"),
        ),
        variables="answer: string\nkept: string\nlost: string",
    )
    rehearsal = dry(either_state, playbook)
    assert rehearsal.unknown == ("__answer__", "__lost__")
    assert rehearsal.variables["__kept__"] == "same"


def test_a_loop_is_walked_as_often_as_it_turns(either_state: StateStore) -> None:
    turns = [
        step("first", says="1", out="left"),
        nested("turn", "while: left > 0", do=step("last", says="0", out="left")),
    ]
    playbook = made(*turns, variables="left: {type: integer, value: 2}")
    assert told(dry(either_state, playbook)) == ["first", "turn taken", "last", "turn not taken"]


def test_a_loop_that_nobody_knows_the_end_of_is_walked_once(either_state: StateStore) -> None:
    loop = nested("turn", "while: left > 0", do=step("look", "ask", out="left"))
    known = made(loop, step("after"), variables="left: {type: integer, value: 2}")
    rehearsal = dry(either_state, known)
    assert told(rehearsal) == ["turn taken", "look", "turn unknown", "after"]
    unknown = made(step("first", "ask", out="left"), loop, step("after"), variables="left: integer")
    rehearsal = dry(either_state, unknown)
    assert told(rehearsal) == ["first", "turn unknown", "look?", "after"]


def test_a_loop_that_never_ends_fails_as_the_real_one(either_state: StateStore) -> None:
    loop = nested("turn", "while: left > 0", turns="3", do=step("look")).replace(
        "turns:\n    3", "turns: 3"
    )
    playbook = made(loop, step("after"), variables="left: {type: integer, value: 2}")
    rehearsal = dry(either_state, playbook)
    assert rehearsal.outcome == "failed"
    assert "turns more than 3 times" in rehearsal.steps[-1].fault
    assert [row.name.zh for row in rehearsal.steps].count("look") == 3


def test_a_walk_that_is_too_long_is_cut(either_state: StateStore) -> None:
    loop = nested("turn", "while: left > 0", turns="9999", do=step("look")).replace(
        "turns:\n    9999", "turns: 9999"
    )
    rehearsal = dry(either_state, made(loop, variables="left: {type: integer, value: 2}"))
    assert rehearsal.was_cut
    assert len(rehearsal.steps) < 2000


def test_a_switch_takes_its_case_or_all_of_them(either_state: StateStore) -> None:
    cases = f"yes: [{step('one')[2:]}]\nno: [{step('two')[2:]}]"
    by = nested("by", "switch: answer", cases=cases)
    playbook = made(by, variables="answer: {type: string, value: other}")
    assert told(dry(either_state, playbook)) == ["by not taken"]
    assert told(dry(either_state, playbook, variables={"answer": "no"})) == ["by no", "two"]
    asked = made(step("person", "ask", out="answer"), by, variables="answer: string")
    assert told(dry(either_state, asked)) == ["person", "by unknown", "one?", "two?"]


def test_waiting_times_add_up(either_state: StateStore) -> None:
    waits = "- {step: w, name: {zh: w, en: w}, wait: 2h}"
    later = step("b").replace('"step"', '"delay": "30m", "step"')
    playbook = made(step("a"), waits.replace("wait: 2h", "delay: 2h, action: mark"), later)
    rehearsal = dry(either_state, playbook)
    assert [row.after for row in rehearsal.steps] == [
        dt.timedelta(),
        dt.timedelta(hours=2),
        dt.timedelta(hours=2.5),
    ]


def test_a_step_that_cannot_begin_goes_the_way_of_its_failure(either_state: StateStore) -> None:
    broken = step("a", says="$x")
    handled = broken[:-1] + ', "if_it_fails": [' + step("instead")[2:] + "]}"
    rehearsal = dry(either_state, made(handled, step("after"), variables="x: string"))
    assert told(rehearsal) == ["a", "instead", "after"]
    assert "variable x has no value" in the(rehearsal, "a").fault
    rehearsal = dry(either_state, made(broken, step("after"), variables="x: string"))
    assert (told(rehearsal), rehearsal.outcome) == (["a"], "failed")
    more = f"if_it_fails: [{step('sorry')[2:]}]"
    rehearsal = dry(either_state, made(broken, step("after"), variables="x: string", more=more))
    assert (told(rehearsal), rehearsal.outcome) == (["a", "sorry"], "succeeded")


def test_a_playbook_inside_is_walked_with_what_it_is_given(either_state: StateStore) -> None:
    below = made(
        step("inner", says="${a} here", out="b"),
        variables="a: {type: string, external: true}\nb: string",
        key="below",
    )
    call = "- {step: c, name: {zh: c, en: c}, playbook: below, with: [a], out: [b]}"
    playbook = made(
        call, step("after", says="$b"), variables="a: {type: string, value: x}\nb: string"
    )
    rehearsal = dry(either_state, playbook)
    assert (rehearsal.outcome, told(rehearsal)) == ("failed", ["c"])
    assert "no version of it is published" in the(rehearsal, "c").fault
    with either_state.transaction() as session:
        session.add(version_of(below))
    rehearsal = dry(either_state, playbook)
    assert told(rehearsal) == ["c", "inner", "after"]
    assert (the(rehearsal, "inner").playbook, the(rehearsal, "inner").depth) == ("below", 1)
    assert the(rehearsal, "after").parameters["says"] == "x here"


def test_a_playbook_inside_comes_to_the_digests_of_the_real_run(ground: Ground) -> None:
    """Its facts are those of the alerts that it is about, as the engine has it."""
    found = [
        alert("guessing_success", 0, severity=4, source_ip=ATTACKER, **FILES),
        alert("upload", 1, severity=2, source_ip="203.0.113.9", **FILES),
    ]
    incident = opened(ground.state, found)
    below = made(
        step("inner", says="${far}", out="b"),
        variables="far: {type: ip-addr, from: incident.source_ip}\nb: string",
        more="triggers: [{on: detector, is: [upload]}]",
        key="below",
    )
    call = "- {step: c, name: {zh: c, en: c}, playbook: below, out: [b]}"
    playbook = made(call, step("after", says="${b} ${far}"), variables=FAR)
    ground.publish(below)
    with ground.state.reading() as session:
        cause = cause_of_incident(session, PLAN, incident)
    rehearsal = dry(ground.state, playbook, house=ground.house, cause=cause)
    ground.start(playbook, cause=cause)
    ground.settle()
    with ground.state.reading() as session:
        wanted = sa.select(StepRun.step_id, StepRun.action_sha256).where(
            StepRun.action_sha256 != ""
        )
        acted = {(step_id, sha256) for step_id, sha256 in session.execute(wanted)}
    assert acted == {(row.step_id, row.sha256) for row in rehearsal.steps if row.sha256}
    assert the(rehearsal, "after").parameters["says"] == f"203.0.113.9 {ATTACKER}"


def test_a_value_that_does_not_fit_is_refused(either_state: StateStore) -> None:
    playbook = made(step("a"), variables="x: {type: integer, value: 1, constant: true}\ny: bool")
    for entered in ({"x": "2"}, {"y": "perhaps"}, {"z": "1"}):
        with pytest.raises(Malformed):
            dry(either_state, playbook, variables=entered)
    for assumed in ({"y": "perhaps"}, {"z": "1"}):
        with pytest.raises(Malformed):
            dry(either_state, playbook, assume=assumed)


def test_a_rehearsal_is_told_as_json(either_state: StateStore) -> None:
    rehearsal = dry(either_state, asking())
    said = json.loads(json.dumps(rehearsal.as_json(), ensure_ascii=False))
    assert (said["outcome"], said["unknown"]) == ("succeeded", ["answer"])
    assert said["steps"][0]["action"] == "ask"
    assert said["steps"][0]["intent"]["command"] == "deed person"
    assert said["steps"][1]["verdict"] == UNKNOWN
    assert said["steps"][1]["name"] == {"zh": "ask", "en": "ask"}


def shelf() -> Mapping[str, Playbook]:
    return {key: read_playbook(document) for key, (document, _) in read_shelf().items()}


def counted(session: Session) -> dict[str, int]:
    tables = PlaybookRun.metadata.sorted_tables
    wanted = sa.select(sa.func.count())
    return {each.name: session.scalar(wanted.select_from(each)) or 0 for each in tables}


def test_every_playbook_of_the_library_is_walked_and_no_row_is_written(
    either_state: StateStore,
) -> None:
    grave = alert("guessing_success", 0, severity=4, source_ip=ATTACKER, **FILES)
    incident = opened(either_state, [grave])
    house = House(plan=PLAN, assets=ASSETS, actions=SHIPPED)
    with either_state.reading() as session:
        cause = cause_of_incident(session, PLAN, incident)
        before = counted(session)
    for key, playbook in shelf().items():
        rehearsal = dry(either_state, playbook, house=house, cause=cause)
        assert rehearsal.steps, key
        assert not rehearsal.was_cut, key
        assert any(row.intent is not None for row in rehearsal.steps), key
    with either_state.reading() as session:
        assert counted(session) == before


def test_an_action_that_writes_when_it_is_only_asked_is_stopped(either_state: StateStore) -> None:
    def adds(scene: Scene, given: Parameters) -> Intent:
        scene.session.add(OutboxMessage(topic="t", object_id="o", payload={}, created_at=scene.now))
        return ACTIONS["mark"].intend(scene, given)

    def flushes(scene: Scene, given: Parameters) -> Intent:
        intent = adds(scene, given)
        scene.session.flush()
        return intent

    def updates(scene: Scene, given: Parameters) -> Intent:
        scene.session.execute(sa.update(OutboxMessage).values(topic="x"))
        return ACTIONS["mark"].intend(scene, given)

    for writes in (adds, flushes, updates):
        bad = Action(
            name="mark",
            words=UNNAMED,
            effect=ACTIONS["mark"].effect,
            guarantee=ACTIONS["mark"].guarantee,
            parameters=ACTIONS["mark"].parameters,
            intend=writes,
            inside=ACTIONS["mark"].inside,
        )
        house = House(plan=PLAN, assets=ASSETS, actions={"mark": bad})
        with pytest.raises(Written):
            dry(either_state, made(step("a")), house=house)


# A process that may open no socket: whoever tries is stopped, and the attempt is printed.
GUARDED = """
import sys

def refuse(event, args):
    if event.startswith("socket."):
        print("SOCKET", event, flush=True)
        raise PermissionError(event)

from tests.playbooks.execution.test_rehearsal import *

state = open_state_store(sys.argv[1])
house = House(plan=PLAN, assets=ASSETS, actions=SHIPPED)
with state.reading() as session:
    from situation.state.tables import Incident
    incident = session.scalars(sa.select(Incident)).one()
    cause = cause_of_incident(session, PLAN, incident)
sys.addaudithook(refuse)
if "open" in sys.argv:
    import socket
    socket.create_connection(("127.0.0.1", 9))
for key, playbook in shelf().items():
    rehearsal = dry(state, playbook, house=house, cause=cause)
    print(key, len(rehearsal.steps))
"""


def guarded(url: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED, url, *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )


def test_a_dry_run_opens_no_socket(tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('dry')}/state.db"
    state = open_state_store(url)
    opened(state, [alert("guessing_success", 0, severity=4, source_ip=ATTACKER, **FILES)])
    state.close()
    done = guarded(url)
    assert done.returncode == 0, done.stderr
    assert "SOCKET" not in done.stdout
    assert len(done.stdout.splitlines()) == len(shelf())
    # The guard sees an attempt where there is one.
    tried = guarded(url, "open")
    assert "SOCKET socket." in tried.stdout
    assert tried.returncode != 0
