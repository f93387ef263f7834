"""The state machine of findings: what a scan, a notice and a person make of one."""

from playbooks.machine import Machine, Transition

UNSETTLED = ("open", "notified", "answered", "returned", "confirmed")
"""States in which something is still to be put right."""

DECIDED = ("false_alarm", "accepted", "declassified")
"""States that a person gave; a scan leaves them unless the matter became another."""

FINDING = Machine(
    "open",
    (),
    (
        Transition("notify", ("open", "returned"), "notified"),
        Transition("answer", ("notified", "returned"), "answered"),
        Transition("release", ("notified", "answered", "returned"), "open"),
        Transition("return", ("answered",), "returned"),
        Transition("close", UNSETTLED, "closed"),
        Transition("reopen", ("closed", *DECIDED), "open"),
        Transition("false_alarm", UNSETTLED, "false_alarm"),
        Transition("accept", ("open", "notified", "answered", "returned"), "accepted"),
        Transition("confirm", ("open",), "confirmed"),
        Transition("declassify", ("open", "confirmed"), "declassified"),
    ),
)
"""A finding has no end: what was closed is open again when a scan finds it once more.

`notify`, `answer` and `release` follow its notice; `return` and `close` are a re-scan's;
`confirm` and `declassify` are about marks of secrecy alone.
"""
