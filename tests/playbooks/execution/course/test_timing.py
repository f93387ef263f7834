"""How long a step may take, how often it is tried, and when again."""

import dataclasses
import datetime as dt

import pytest

from playbooks.action.action import Effect, Guarantee
from playbooks.cacao.playbook import Step, StepKind, Words
from playbooks.execution.course.timing import HUMAN, next_try, retries_of, within_of
from tests.playbooks.execution.deeds import ACTIONS
from tests.playbooks.intrusion import NOW

STEP = Step(id="s", kind=StepKind.ACTION, name=Words("", ""))


def test_people_have_a_day_and_the_platform_a_quarter_of_an_hour() -> None:
    assert within_of(STEP, ACTIONS["ask"]) == HUMAN
    assert within_of(STEP, ACTIONS["mark"]) == dt.timedelta(minutes=15)
    hour = dt.timedelta(hours=1)
    assert within_of(dataclasses.replace(STEP, within=hour), ACTIONS["ask"]) == hour


@pytest.mark.parametrize(
    ("effect", "guarantee", "retries"),
    [
        (Effect.READ, Guarantee.KEYED, 3),
        (Effect.CONTAIN, Guarantee.INSIDE, 3),
        (Effect.DESTROY, Guarantee.KEYED, 0),
        (Effect.NOTIFY, Guarantee.ONCE, 0),
    ],
)
def test_what_may_do_harm_twice_is_not_tried_again(
    effect: Effect, guarantee: Guarantee, retries: int
) -> None:
    action = dataclasses.replace(ACTIONS["mark"], effect=effect, guarantee=guarantee)
    assert retries_of(action, STEP) == retries
    assert retries_of(action, dataclasses.replace(STEP, retries=1)) == 1


def test_the_waits_grow_and_are_the_same_each_time() -> None:
    waits = [next_try("key", attempts, NOW, 0) - NOW for attempts in (1, 2, 3, 9)]
    seconds = [wait.total_seconds() for wait in waits]
    for wait, least in zip(seconds, (1, 5, 30, 30), strict=True):
        assert least <= wait <= 1.25 * least
    assert waits == [next_try("key", attempts, NOW, 0) - NOW for attempts in (1, 2, 3, 9)]
    assert next_try("key", 1, NOW, 60) == NOW + dt.timedelta(seconds=60)
