"""The workflow as a graph, on the form with every feature and on published playbooks."""

from playbooks.cacao.form import compile_form
from playbooks.cacao.graph import circles, reached, shared, targets, unresolved
from playbooks.cacao.playbook import StepKind
from playbooks.cacao.reading import read_playbook
from tests.playbooks.cacao import oasis
from tests.playbooks.cacao.forms import WHOLE


def test_what_a_form_compiles_to_is_one_graph_without_a_circle() -> None:
    playbook = read_playbook(compile_form(WHOLE))
    assert reached(playbook, [playbook.start]) == frozenset(playbook.steps)
    assert not circles(playbook)
    assert not shared(playbook)
    assert not list(unresolved(playbook))


def test_every_way_out_of_a_step_is_named_by_its_property() -> None:
    playbook = read_playbook(compile_form(WHOLE))
    ways = {
        kind: {
            where
            for step in playbook.steps.values()
            if step.kind is kind
            for where, _ in targets(step)
        }
        for kind in StepKind
    }
    assert ways == {
        StepKind.START: {"on_completion"},
        StepKind.END: set(),
        StepKind.ACTION: {"on_completion", "on_success", "on_failure"},
        StepKind.PLAYBOOK: {"on_success"},
        StepKind.PARALLEL: {"on_success", "next_steps.0", "next_steps.1"},
        StepKind.IF: {"on_success", "on_true", "on_false"},
        StepKind.WHILE: {"on_success", "on_true"},
        StepKind.SWITCH: {"on_success", "cases.a", "cases.default"},
    }


def test_nothing_is_reached_from_what_is_no_step() -> None:
    playbook = read_playbook(oasis.published("playbook.json"))
    assert playbook.exception is not None
    assert not reached(playbook, [playbook.exception, None])
    assert list(unresolved(playbook)) == [("workflow_exception", playbook.exception)]
