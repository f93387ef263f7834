"""The state machines of notices, of what is to be rectified, and of wishes for more time."""

from playbooks.machine import Machine, Transition

NOTICE = Machine(
    "draft",
    ("archived", "dismissed", "reassigned", "revoked"),
    (
        Transition("submit", ("draft",), "triage"),
        Transition("judge", ("triage",), "graded"),
        Transition("propose", ("graded",), "sign_off"),
        Transition("send_back", ("triage", "graded", "sign_off"), "draft"),
        Transition("issue", ("sign_off",), "issued"),
        Transition("sign", ("issued",), "signed"),
        Transition("start", ("signed",), "handling"),
        Transition("answer", ("signed", "handling"), "answered"),
        Transition("recheck", ("answered",), "rechecking"),
        Transition("pass", ("rechecking",), "passed"),
        Transition("return", ("rechecking",), "handling"),
        Transition("give_back", ("answered", "rechecking"), "handling"),
        Transition("archive", ("passed",), "archived"),
        Transition("dismiss", ("draft", "triage", "graded", "sign_off"), "dismissed"),
        Transition("reassign", ("issued", "signed", "handling"), "reassigned"),
        Transition("revoke", ("issued", "signed", "handling"), "revoked"),
    ),
)
"""A notice from draft to its end (emergency-plan.md 6.2).

`give_back` is the platform's: a re-scan found again what the department says is put right.
"""

ITEM = Machine(
    "todo",
    ("fixed",),
    (
        Transition("start", ("todo", "not_fixed"), "doing"),
        Transition("submit", ("todo", "doing", "not_fixed"), "submitted"),
        Transition("retest", ("submitted",), "retesting"),
        Transition("fix", ("retesting",), "fixed"),
        Transition("fail", ("retesting",), "not_fixed"),
    ),
)
"""One thing to be rectified (soc.md 2.4); who says that it is done need not have said so before."""

EXTENSION = Machine(
    "asked",
    ("granted", "refused", "lapsed"),
    (
        Transition("grant", ("asked",), "granted"),
        Transition("refuse", ("asked",), "refused"),
        Transition("lapse", ("asked",), "lapsed"),
    ),
)
"""A wish for more time; it lapses where the department answers before it is decided."""

DRAFTS = ("draft", "triage", "graded", "sign_off")
"""States in which a notice is still written and follows its incident."""

AWAITING_RECEIPT = ("issued",)
AWAITING_FEEDBACK = ("issued", "signed", "handling")
"""States in which a department still owes its receipt, its answer."""

SETTLED = ("passed", *sorted(NOTICE.terminal))
"""States in which nothing is left to be decided; open tasks fall away."""

IN_HAND = ("signed", "handling")
"""States in which the department works on it."""

MARKS: dict[str, tuple[str, ...]] = {
    "edit": DRAFTS,
    "attach": IN_HAND,
    "ask_extension": IN_HAND,
    "grant_extension": IN_HAND,
    "remind": AWAITING_FEEDBACK,
    "supervise": ("issued", "signed", "handling", "answered", "rechecking"),
    "escalate": tuple(sorted(NOTICE.states - NOTICE.terminal)),
    "item": ("issued", "signed", "handling", "answered", "rechecking"),
}
"""Acts that leave the state as it is, with the states in which they are possible."""
