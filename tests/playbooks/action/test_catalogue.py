"""The catalogue is whole: each action keeps what its contract promises."""

import pytest

from playbooks.action.action import Action, Effect, Guarantee
from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.variable import TYPES

EVERY = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)


@EVERY
def test_an_action_acts_either_inside_or_outside_as_its_guarantee_says(action: Action) -> None:
    is_inside = action.guarantee is Guarantee.INSIDE
    assert (action.inside is not None) is is_inside
    assert (action.outside is not None) is not is_inside
    assert action.undo_inside is None or is_inside
    assert action.undo_outside is None or not is_inside


@EVERY
def test_what_contains_can_be_taken_back(action: Action) -> None:
    if action.effect is Effect.CONTAIN:
        assert action.undo_inside is not None or action.undo_outside is not None


@EVERY
def test_an_action_is_named_in_both_languages_and_its_outputs_have_types(action: Action) -> None:
    assert action.words.zh
    assert action.words.en
    assert set(action.outputs.values()) <= set(TYPES)


@EVERY
def test_parameters_that_nobody_knows_are_refused(action: Action) -> None:
    assert action.parameters.model_config["extra"] == "forbid"
    assert action.parameters.model_config["frozen"] is True


def test_the_actions_that_the_issue_names_are_there() -> None:
    assert {
        "manual_task", "draft_notice", "mail", "webhook", "store_query", "enrich", "packet_slice",
        "suppress", "raise_grade", "open_rectification", "set_value",
    } <= set(ACTIONS)  # fmt: skip


def test_only_what_reads_the_records_of_the_drill_is_performed_outside_in_one() -> None:
    performed = {name for name, action in ACTIONS.items() if action.in_drills}
    assert performed == {"store_query", "packet_slice"}
    assert all(ACTIONS[name].effect is Effect.READ for name in performed)
