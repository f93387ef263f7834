"""The states of an incident and of its clocks, and the acts that lead from one to the next."""

from playbooks.machine import Machine, Transition

INCIDENT = Machine(
    "draft",
    ("archived", "withdrawn"),
    (
        Transition("submit", ("draft",), "to_grade"),
        Transition("grade", ("to_grade",), "graded"),
        # An attack that flares up again is responded to again.
        Transition("respond", ("graded", "contained", "recovering"), "responding"),
        Transition("contain", ("responding",), "contained"),
        Transition("recover", ("contained",), "recovering"),
        Transition("assess", ("contained", "recovering"), "assessing"),
        Transition("archive", ("graded", "assessing"), "archived"),
        Transition(
            "withdraw",
            (
                "draft",
                "to_grade",
                "graded",
                "responding",
                "contained",
                "recovering",
                "assessing",
            ),
            "withdrawn",
        ),
    ),
)
"""The stages of an incident. `assess` is the end of the response (应急结束)."""

UNGRADED = frozenset({"draft", "to_grade"})
"""Stages before the first grade: the level follows the facts, and no clock runs yet."""

RESPONDED = ("responding", "contained", "recovering")
"""Stages in which the response runs."""

CLOCK = Machine(
    "waiting",
    ("met", "withdrawn"),
    (
        Transition("start", ("waiting",), "running"),
        Transition("pause", ("running",), "paused"),
        Transition("resume", ("paused",), "running"),
        Transition("miss", ("running",), "missed"),
        Transition("meet", ("running", "missed"), "met"),
        Transition("withdraw", ("waiting", "running", "paused"), "withdrawn"),
    ),
)
"""The states of a clock. One that was missed may still be met late and stays marked."""
