"""Which triggers an event sets off, and under which key a playbook starts once."""

import dataclasses
import datetime as dt

import pytest

from playbooks.cacao.playbook import Playbook, TriggerRow, Words
from playbooks.execution.cause import PERIOD, WARNING
from playbooks.execution.trigger import (
    CATEGORY,
    CLOCK,
    DETECTOR,
    GRADE,
    Event,
    about,
    fits,
    widest_minutes,
)
from tests.playbooks.intrusion import NOW

MINUTE = dt.timedelta(minutes=1)

INTRUSION = Event(
    kinds=frozenset({GRADE, CATEGORY, DETECTOR}),
    object_kind="incident",
    object_id="SJ-1",
    level=3,
    names={
        CATEGORY: frozenset({"network_attack", "network_attack/credential_attack"}),
        DETECTOR: frozenset({"guessing", "guessing_success"}),
    },
)
ORANGE = Event(
    kinds=frozenset({WARNING}),
    object_kind="warning",
    object_id="w1",
    level=2,
    names={WARNING: frozenset({"orange"})},
)
NEAR = Event(
    kinds=frozenset({CLOCK}),
    object_kind="clock",
    object_id="7",
    level=3,
    names={CLOCK: frozenset({"T-OTH-1"})},
    left=30 * MINUTE,
)
DUTY = Event(
    kinds=frozenset({PERIOD}),
    object_kind="period",
    object_id="national-day",
    names={PERIOD: frozenset({"national-day"})},
)

CASES = [
    (INTRUSION, TriggerRow("grade", level=3), True),
    (INTRUSION, TriggerRow("grade", level=2), False),
    (INTRUSION, TriggerRow("category", ("network_attack",)), True),
    (INTRUSION, TriggerRow("category", ("network_attack/credential_attack",)), True),
    (INTRUSION, TriggerRow("category", ("network_attack/network_scanning",)), False),
    (INTRUSION, TriggerRow("category", ("network_attack",), level=2), False),
    (INTRUSION, TriggerRow("detector", ("guessing_success", "upload")), True),
    (INTRUSION, TriggerRow("detector", ("upload",)), False),
    (INTRUSION, TriggerRow("detector"), True),
    (INTRUSION, TriggerRow("warning"), False),
    (ORANGE, TriggerRow("warning", ("orange", "red")), True),
    (ORANGE, TriggerRow("warning", ("red",)), False),
    (ORANGE, TriggerRow("warning", level=1), False),
    (ORANGE, TriggerRow("grade"), False),
    (NEAR, TriggerRow("clock", ("T-OTH-1",), minutes=30), True),
    (NEAR, TriggerRow("clock", minutes=29), False),
    (NEAR, TriggerRow("clock", ("T-CII-1",), minutes=60), False),
    (NEAR, TriggerRow("clock", minutes=60, level=2), False),
    (DUTY, TriggerRow("period"), True),
    (DUTY, TriggerRow("period", ("spring",)), False),
]


def playbook(*rows: TriggerRow, playbook_id: str = "playbook--1") -> Playbook:
    return Playbook(
        id=playbook_id,
        key="it",
        name=Words("它", "it"),
        about=Words("", ""),
        steps={},
        start="start",
        exception=None,
        variables={},
        triggers=rows,
    )


@pytest.mark.parametrize(("event", "row", "does"), CASES)
def test_a_trigger_fits_what_it_names(event: Event, row: TriggerRow, *, does: bool) -> None:
    assert fits(playbook(row), event) == (row if does else None)


def test_the_first_trigger_that_fits_is_the_one_that_is_told() -> None:
    rows = (TriggerRow("grade", level=1), TriggerRow("detector"), TriggerRow("category"))
    assert fits(playbook(*rows), INTRUSION) == rows[1]


def test_a_playbook_without_triggers_never_starts_by_itself() -> None:
    assert fits(playbook(), INTRUSION) is None


def test_an_event_that_does_not_wake_a_kind_does_not_set_it_off() -> None:
    grown = dataclasses.replace(INTRUSION, kinds=frozenset({CATEGORY, DETECTOR}))
    assert fits(playbook(TriggerRow("grade", level=4)), grown) is None


def test_one_cause_has_one_key_whatever_trigger_it_set_off() -> None:
    both = playbook(TriggerRow("grade"), TriggerRow("detector"))
    keys = {INTRUSION.key_for(both, row, NOW) for row in both.triggers}
    assert keys == {"playbook--1|incident|SJ-1"}
    assert INTRUSION.key_for(playbook(playbook_id="playbook--2"), both.triggers[0], NOW) not in keys


def test_once_a_day_means_a_day_of_the_city_and_drills_apart() -> None:
    row = TriggerRow("detector", ("scan",), once="day")
    it = playbook(row)
    before_midnight = dt.datetime(2026, 3, 3, 15, 59, tzinfo=dt.UTC)
    another = dataclasses.replace(INTRUSION, object_id="SJ-2")
    drilled = dataclasses.replace(INTRUSION, drill_id="d1")
    key = INTRUSION.key_for(it, row, before_midnight)
    assert another.key_for(it, row, before_midnight) == key
    assert drilled.key_for(it, row, before_midnight) != key
    assert INTRUSION.key_for(it, row, before_midnight + MINUTE) != key


def test_the_widest_trigger_says_how_early_clocks_are_looked_at() -> None:
    one = playbook(TriggerRow("clock", minutes=30), TriggerRow("grade"))
    other = playbook(TriggerRow("clock", minutes=90))
    assert widest_minutes([one, other]) == 90
    assert widest_minutes([playbook(TriggerRow("grade"))]) is None


def test_a_playbook_is_about_the_detectors_and_categories_that_it_names() -> None:
    rows = (
        TriggerRow("detector", ("upload",)),
        TriggerRow("category", ("data_security/data_theft",)),
        TriggerRow("clock", ("T-OTH-1",)),
        TriggerRow("grade", level=2),
    )
    assert about(playbook(*rows)) == {"upload", "data_security/data_theft"}
