"""Playbooks drawn: every step once, branches as rails, what joins is named by its number."""

import json

import pytest

from playbooks.cacao.playbook import Playbook, Step, StepKind, Words
from playbooks.cacao.reading import read_playbook
from soc_api.web.query.playbook.chart import (
    DEPTH_LIMIT,
    Line,
    chart_of,
    plain_condition,
    told_condition,
)
from tests.soc_api.web.playbook_world import DEEP, LEAK, playbook
from tests.testdata import testdata


def _drawn(lines: tuple[Line, ...]) -> list[str]:
    rails = {"": " ", "all": "|", "some": ":"}
    return [
        "".join(rails[rail] for rail in line.rails)
        + (line.label.en if line.label else f"-> {line.joins}" if line.joins else str(line.number))
        for line in lines
    ]


def _step(step_id: str, kind: StepKind = StepKind.ACTION, **values: object) -> Step:
    shown: dict[str, object] = {"id": step_id, "kind": kind, "name": Words(step_id, step_id)}
    return Step(**(shown | values))  # type: ignore[arg-type]


def _playbook(*steps: Step) -> Playbook:
    return Playbook(
        id="playbook--x",
        key="x",
        name=Words("x", "x"),
        about=Words("", ""),
        steps={step.id: step for step in steps},
        start=steps[0].id,
        exception=None,
        variables={},
    )


def test_branches_stand_below_their_step_and_what_follows_at_its_depth() -> None:
    assert _drawn(chart_of(playbook(LEAK)).lines) == [
        "1",
        "2",
        "3",
        "4",
        "|At once, 1",
        "|5",
        "|At once, 2",
        " 6",
        "7",
        ":If known > 0",
        ":8",
        ":Otherwise",
        " 9",
        "10",
    ]


def test_every_step_of_forty_is_drawn_once() -> None:
    read = playbook(DEEP)
    chart = chart_of(read)
    silent = (StepKind.START, StepKind.END)
    acting = {step.id for step in read.steps.values() if step.kind not in silent}
    assert chart.steps.keys() == acting
    assert sorted(chart.steps.values()) == list(range(1, len(acting) + 1))
    assert [line.number for line in chart.exception] == [len(acting)]


def test_ways_that_meet_are_joined_by_the_number_of_the_step() -> None:
    drawn = chart_of(
        _playbook(
            _step("if", StepKind.IF, condition="__a__:value = 1", on_true="a", on_false="b"),
            _step("a", on_completion="last"),
            _step("b", on_completion="last"),
            _step("last"),
        )
    )
    assert _drawn(drawn.lines) == [
        "1", ":If a = 1", ":2", ":3", ":Otherwise", " 4", " -> 3",
    ]  # fmt: skip


def test_a_playbook_that_runs_in_a_circle_is_drawn_to_its_end() -> None:
    drawn = chart_of(_playbook(_step("a", on_completion="b"), _step("b", on_completion="a")))
    assert _drawn(drawn.lines) == ["1", "2", "-> 1"]


def test_a_way_for_what_fails_is_a_branch_and_an_empty_branch_is_none() -> None:
    drawn = chart_of(
        _playbook(
            _step("a", on_success="end", on_failure="mend"),
            _step("mend", on_completion="end"),
            _step("c", StepKind.SWITCH, cases={"x": "end"}),
            _step("end", StepKind.END),
        )
    )
    assert _drawn(drawn.lines) == ["1", ":If it fails", " 2"]


def test_cases_and_loops_are_told_in_words() -> None:
    drawn = chart_of(
        _playbook(
            _step(
                "switch",
                StepKind.SWITCH,
                switch="__kind__",
                cases={"web": "a", "default": "while"},
            ),
            _step("a"),
            _step("while", StepKind.WHILE, condition="__n__:value > 0", on_true="b", turns=24),
            _step("b"),
        )
    )
    assert _drawn(drawn.lines) == [
        "1",
        ":kind is web",
        ":2",
        ":In any other case",
        " 3",
        " |While n > 0, 24 turns at most",
        "  4",
    ]


def test_what_lies_too_deep_is_named_and_not_drawn() -> None:
    depth = DEPTH_LIMIT + 3
    steps = [
        _step(f"p{rank}", StepKind.PARALLEL, next_steps=(f"p{rank + 1}",)) for rank in range(depth)
    ]
    drawn = chart_of(_playbook(*steps, _step(f"p{depth}")))
    assert drawn.lines[-1].too_deep
    assert max(line.depth for line in drawn.lines) == DEPTH_LIMIT


@pytest.mark.parametrize("name", ["parallels_playbook", "http-playbook", "manual-playbook"])
def test_playbooks_of_others_are_drawn(name: str) -> None:
    path = testdata("vectors", "cacao", "playbooks", f"{name}.json")
    chart = chart_of(read_playbook(json.loads(path.read_text(encoding="utf-8"))))
    assert chart.lines
    assert chart.steps


def test_a_condition_is_shown_as_its_author_wrote_it() -> None:
    assert plain_condition("__a__:value = 1 AND NOT __b_c__:value") == "a = 1 AND NOT b_c"


def test_whether_a_variable_is_set_is_told_in_words() -> None:
    words = told_condition("EXISTS __a__:value AND __b__:value > 1")
    assert words == ("a 有值 AND b > 1", "a is set AND b > 1")
