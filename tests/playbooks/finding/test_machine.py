"""The machine of findings: its table a second time, and random histories."""

import random

from playbooks.finding.machine import DECIDED, FINDING, UNSETTLED
from playbooks.machine import Refusal

ALLOWED = {
    ("open", "notify"): "notified",
    ("returned", "notify"): "notified",
    ("notified", "answer"): "answered",
    ("returned", "answer"): "answered",
    **{(state, "release"): "open" for state in ("notified", "answered", "returned")},
    ("answered", "return"): "returned",
    **{
        (state, "close"): "closed"
        for state in ("open", "notified", "answered", "returned", "confirmed")
    },
    **{
        (state, "reopen"): "open" for state in ("closed", "false_alarm", "accepted", "declassified")
    },
    **{
        (state, "false_alarm"): "false_alarm"
        for state in ("open", "notified", "answered", "returned", "confirmed")
    },
    **{(state, "accept"): "accepted" for state in ("open", "notified", "answered", "returned")},
    ("open", "confirm"): "confirmed",
    ("open", "declassify"): "declassified",
    ("confirmed", "declassify"): "declassified",
}
"""What may follow what, written down a second time by hand."""

HISTORIES, STEPS = 5_000, 60


def test_the_table_says_what_was_asked_for() -> None:
    said = {(state, row.act): row.target for row in FINDING.transitions for state in row.sources}
    assert said == ALLOWED
    assert FINDING.states == {*UNSETTLED, *DECIDED, "closed"}


def test_no_illegal_act_passes_in_random_histories() -> None:
    chance = random.Random(43697)  # noqa: S311 - the same histories each time
    acts = sorted({row.act for row in FINDING.transitions})
    seen = set()
    for _ in range(HISTORIES):
        state = FINDING.initial
        for _ in range(STEPS):
            act = chance.choice(acts)
            expected = ALLOWED.get((state, act))
            try:
                after = FINDING.after(state, act)
            except Refusal:
                assert expected is None
            else:
                assert after == expected
                state = after
            seen.add(state)
    assert seen == FINDING.states


def test_every_finding_that_is_not_put_right_can_be_closed_and_every_other_reopened() -> None:
    for state in FINDING.states:
        assert ("close" in FINDING.acts(state)) == (state in UNSETTLED)
        assert ("reopen" in FINDING.acts(state)) == (state not in UNSETTLED)
