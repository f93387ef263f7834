"""Guards of notices: who may do what, beside what the state machine says.

Whether the account may do such a thing at all is asked before, by its role; here stands what
depends on the notice: whose it is, who wrote it.
"""

from collections.abc import Callable, Mapping

from playbooks.machine import Refusal
from playbooks.notice.machine import MARKS, NOTICE
from playbooks.person import Person
from playbooks.text import typed
from situation.state.tables import Feedback, Notice

Guard = Callable[[Notice, Person], None]


def of_city(notice: Notice, by: Person) -> None:
    """Refuse a person of a department: it is for the city's own people."""
    if by.role == "department" or by.department is not None:
        raise Refusal("city_only", "only the city's own people do that", where=notice.number)


def of_department(notice: Notice, by: Person) -> None:
    """Refuse whoever is not a user of the department that the notice went to."""
    if by.role != "department":
        raise Refusal("not_department", "only a user of the department does", where=notice.number)
    if by.department != notice.department:
        raise Refusal("other_department", "it is another department's", where=notice.number)


def a_person(notice: Notice, by: Person) -> None:
    """Refuse the platform itself: a person answers for it."""
    if by.role == "system":
        raise Refusal("person_needed", "a person has to do that", where=notice.number)


def the_platform(notice: Notice, by: Person) -> None:
    """Refuse people: what the platform measured it says itself."""
    if by.role != "system":
        raise Refusal("platform_only", "the platform does that by itself", where=notice.number)


def second_person(notice: Notice, by: Person) -> None:
    """Refuse whoever drafted, submitted or last edited it."""
    if by.name in (notice.drafted_by, notice.submitted_by, notice.edited_by):
        raise Refusal("same_person", "a second person has to issue it", where=notice.number)


def reviewer(notice: Notice, feedback: Feedback, by: Person) -> None:
    """Refuse whoever wrote the feedback, and any department."""
    of_city(notice, by)
    a_person(notice, by)
    if by.name == feedback.submitted_by:
        raise Refusal("same_person", "another person has to recheck it", where=notice.number)


_CITY: tuple[Guard, ...] = (of_city,)
_PERSON: tuple[Guard, ...] = (of_city, a_person)
_DEPARTMENT: tuple[Guard, ...] = (of_department,)

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "edit": _PERSON,
    "submit": _CITY,
    "judge": _PERSON,
    "propose": _CITY,
    "send_back": _PERSON,
    "issue": (of_city, a_person, second_person),
    "dismiss": _PERSON,
    "sign": _DEPARTMENT,
    "start": _DEPARTMENT,
    "answer": _DEPARTMENT,
    "attach": _DEPARTMENT,
    "ask_extension": _DEPARTMENT,
    "grant_extension": _PERSON,
    "item": (),
    "recheck": _PERSON,
    "pass": _PERSON,
    "return": _PERSON,
    "give_back": (the_platform,),
    "archive": _CITY,
    "reassign": (of_city, a_person, second_person),
    "revoke": _PERSON,
    "escalate": _CITY,
    "supervise": _CITY,
    "remind": _CITY,
}
"""What is asked beside the state, by act."""


def refuse_illegal(notice: Notice, act: str, by: Person) -> str:
    """Return the state after `act`, the same for an act that only marks.

    Raise `Refusal`: `terminal` for a notice at its end, `illegal` for its state, else as the
    guards of the act say.
    """
    if notice.status in NOTICE.terminal:
        raise Refusal("terminal", f"it is {notice.status}", where=notice.number)
    after = notice.status
    if act not in MARKS:
        after = NOTICE.after(notice.status, act, where=notice.number)
    elif notice.status not in MARKS[act]:
        reason = f"{act} is not possible while it is {notice.status}"
        raise Refusal("illegal", reason, where=notice.number)
    for guard in GUARDS[act]:
        guard(notice, by)
    return after


def refusal_of(notice: Notice, act: str, by: Person) -> Refusal | None:
    """Return why `by` may not do `act` now, None where he may; for a page's buttons."""
    try:
        refuse_illegal(notice, act, by)
    except Refusal as refusal:
        return refusal
    return None


def reason_of(reason: str, notice: Notice) -> str:
    """Return the reason as it is kept; refuse a missing one, `Malformed` for a wrong one."""
    plain = typed(reason, "reason")
    if not plain:
        raise Refusal("reason_missing", "it needs a reason", where=notice.number)
    return plain
