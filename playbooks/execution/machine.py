"""The states of a run and of its steps, and the acts that lead from one to the next."""

from playbooks.machine import Machine, Transition

RUN = Machine(
    "running",
    ("succeeded", "failed", "stopped"),
    (
        Transition("succeed", ("running",), "succeeded"),
        Transition("fail", ("running",), "failed"),
        Transition("stop", ("running",), "stopped"),
        Transition("compensate", ("running",), "compensating"),
        Transition("end_failed", ("compensating",), "failed"),
        Transition("end_stopped", ("compensating",), "stopped"),
        # A person has its failed step tried again.
        Transition("resume", ("failed",), "running"),
    ),
)
"""The states of a run. A compensating one takes back what it contained, then ends as it must."""

STEP = Machine(
    "due",
    ("done", "failed", "skipped", "cancelled"),
    (
        Transition("ask", ("due",), "approval"),
        Transition("agree", ("approval",), "due"),
        # What is outside the house begins; a lease that ran out is taken over by its new owner.
        Transition("begin", ("due", "running"), "running"),
        Transition("again", ("due", "running"), "due"),
        Transition("wait", ("due", "running"), "waiting"),
        Transition("release", ("waiting",), "due"),
        Transition("doubt", ("running",), "unsure"),
        Transition("finish", ("due", "running", "waiting", "unsure"), "done"),
        Transition("fail", ("due", "approval", "running", "waiting", "unsure"), "failed"),
        Transition("skip", ("approval",), "skipped"),
        Transition("cancel", ("due", "approval", "running", "waiting", "unsure"), "cancelled"),
        # A person says that it never happened, or has what failed tried again, and with it what
        # the failure cancelled.
        Transition("repeat", ("unsure", "failed", "cancelled"), "due"),
        Transition("revive", ("cancelled",), "waiting"),
    ),
)
"""The states of a step, and of its undoing."""

OPEN = tuple(sorted(STEP.states - STEP.terminal))
"""States of a step that has not come to its end."""

STOPPABLE = ("due", "approval", "waiting")
"""States in which a step can be cancelled; what is under way outside ends by itself."""
