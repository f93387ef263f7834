"""The states of a warning and what leads from one to the other."""

from playbooks.machine import Machine, Transition

WARNING = Machine(
    "draft",
    ("lifted", "dropped"),
    (
        Transition("issue", ("draft",), "issued"),
        Transition("propose", ("draft",), "proposed"),
        Transition("adopt", ("proposed",), "issued"),
        Transition("lift", ("issued",), "lifted"),
        Transition("drop", ("draft", "proposed"), "dropped"),
    ),
)
"""A proposal waits for the superior; `adopt` is the superior's own issue, entered by the city."""
