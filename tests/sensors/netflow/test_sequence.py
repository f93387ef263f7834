"""Sequence numbers against a model that counts what was sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.netflow.sequence import Thread
from sensors.netflow.wire.message import Message
from sensors.netflow.wire.template import NETFLOW_9

TURN = 2**32


@given(
    st.integers(0, TURN - 1),
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40),
)
def test_lost_is_what_was_sent_and_never_came(first: int, sent: list[tuple[int, bool]]) -> None:
    thread, at = Thread(), first
    thread.step(first, 0, 0)
    missing, lost = 0, 0
    for steps, comes in sent:
        if comes:
            thread.step(at % TURN, steps, 0)
            lost, missing = lost + missing, 0
        else:
            missing += steps
        at += steps
    assert (thread.lost, thread.late, thread.restarts) == (lost, 0, 0)


@given(st.integers(0, TURN - 1), st.permutations(range(12)))
def test_messages_out_of_order_are_not_lost(first: int, order: list[int]) -> None:
    thread = Thread()
    thread.step((first - 1) % TURN, 1, 64)
    for number in order:
        thread.step((first + number) % TURN, 1, 64)
    assert (thread.lost, thread.restarts) == (0, 0)


def test_a_sequence_that_falls_or_jumps_far_has_begun_anew() -> None:
    thread = Thread()
    for sequence in (1_000_000, 3, 4, 2**31, 2**31 + 1):
        thread.step(sequence, 1, 64)
    assert (thread.lost, thread.restarts) == (0, 2)


def test_after_a_message_of_unknown_length_nothing_is_said_of_the_next() -> None:
    thread = Thread()
    thread.step(10, None, 64)
    assert thread.step(500, 1, 64) == 0


@pytest.mark.parametrize(
    ("before", "after", "passed", "restarted"),
    [
        (1_000_000, 1_001_000, 1, False),
        (1_001_000, 1_000_000, -1, False),
        (2**32 - 500, 500, 1, False),
        (1_000_000, 2_000, 60, True),
        (1_000_000, 2_000, 0, True),
        (1_000_000, 1_010_000, -3600, False),
    ],
)
def test_an_uptime_that_falls_against_the_clock_is_a_restart(
    before: int, after: int, passed: int, *, restarted: bool
) -> None:
    thread = Thread()
    at = 1_790_000_000
    for uptime, seconds in ((before, at), (after, at + passed)):
        message = Message(NETFLOW_9, 1, 1, seconds * 1_000_000_000, uptime, 20, 20)
        found = thread.is_restart(message)
    assert found == restarted
