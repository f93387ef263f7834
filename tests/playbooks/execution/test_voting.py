"""Who may agree to an action, when it is decided, and several people at the same time."""

import datetime as dt
import threading

import pytest

from playbooks.execution.approval import sweep
from playbooks.execution.voting import agreed, hindrance, initiators, vote
from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import Approval, ApprovalVote, PlaybookRun, StepRun
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.execution.inbox import asked, started
from tests.playbooks.execution.written import (
    ADMINISTRATOR,
    LEAD,
    SECOND,
    WRITER,
    containing,
    written,
)
from tests.playbooks.incident.case import LEVEL_2, PLAN, actions, every, opened, the, told
from tests.playbooks.intrusion import NOW

MINUTE = dt.timedelta(minutes=1)


def waiting(state: StateStore, *, grave: bool = False, by: Person = WRITER) -> Approval:
    """Ask about a step that one lead decides, two where the incident is grave."""
    incident = opened(state)
    if grave:
        told(state, incident.id, LEVEL_2)
    return asked(state, started(state, incident, by=by))


def say(
    state: StateStore,
    approval: Approval,
    by: Person = LEAD,
    *,
    approve: bool = True,
    now: dt.datetime = NOW + MINUTE,
    sha256: str = "",
) -> Approval:
    with state.transaction() as session:
        return vote(
            session,
            approval.id,
            approve=approve,
            remark="已核对",
            sha256=sha256 or approval.action_sha256,
            by=by,
            now=now,
        )


def refused(state: StateStore, approval: Approval, by: Person = LEAD, **changed: object) -> str:
    with pytest.raises(Refusal) as refusal:
        say(state, approval, by, **changed)  # type: ignore[arg-type]
    return refusal.value.code


def test_one_lead_is_enough_for_a_general_object(either_state: StateStore) -> None:
    approval = waiting(either_state)
    done = say(either_state, approval)
    assert (done.state, done.decided_at) == ("approved", NOW + MINUTE)
    (row,) = every(either_state, ApprovalVote)
    assert (row.person, row.role, row.vote, row.remark) == (
        "wang",
        "duty_lead",
        "approve",
        "已核对",
    )
    assert "approval.approve" in actions(either_state)


def test_a_quorum_is_of_different_people(either_state: StateStore) -> None:
    approval = waiting(either_state, grave=True)
    assert say(either_state, approval).state == "pending"
    assert refused(either_state, approval) == "twice"
    with either_state.reading() as session:
        assert agreed(session, approval.id) == 1
    assert say(either_state, approval, SECOND).state == "approved"


def test_one_refusal_decides(either_state: StateStore) -> None:
    approval = waiting(either_state, grave=True)
    say(either_state, approval)
    assert say(either_state, approval, SECOND, approve=False).state == "refused"
    assert refused(either_state, approval, ADMINISTRATOR) == "decided"


def test_who_started_the_run_cannot_vote(either_state: StateStore) -> None:
    approval = waiting(either_state, by=LEAD)
    assert refused(either_state, approval) == "same_person"
    assert refused(either_state, approval, approve=False) == "same_person"
    assert say(either_state, approval, SECOND).state == "approved"


def test_who_wrote_the_playbook_cannot_vote(either_state: StateStore) -> None:
    approval = waiting(either_state)
    with either_state.reading() as session:
        run = session.get_one(PlaybookRun, approval.run_id)
        assert initiators(session, run) == {WRITER.name, SYSTEM.name}
    writer = Person(SYSTEM.name, "duty_lead")
    assert refused(either_state, approval, writer) == "same_person"


def test_who_started_the_run_around_it_cannot_vote(either_state: StateStore) -> None:
    incident = opened(either_state)
    outer = started(either_state, incident, written("outer"), by=LEAD)
    approval = asked(either_state, started(either_state, incident, containing(), by=SYSTEM))
    with either_state.transaction() as session:
        run = session.get_one(PlaybookRun, approval.run_id)
        step = next(row for row in every(either_state, StepRun) if row.run_id == outer.id)
        run.parent_step_id = step.id
    assert refused(either_state, approval) == "same_person"
    assert say(either_state, approval, SECOND).state == "approved"


@pytest.mark.parametrize("role", ["analyst", "department", "auditor", "system"])
def test_only_the_roles_of_the_rule_decide(either_state: StateStore, role: str) -> None:
    approval = waiting(either_state)
    assert refused(either_state, approval, Person("hu", role)) == "role"


def test_a_vote_is_about_the_action_that_was_read(either_state: StateStore) -> None:
    approval = waiting(either_state)
    assert refused(either_state, approval, sha256="0" * 64) == "stale"


def test_a_vote_about_an_action_that_changed_does_not_count(either_state: StateStore) -> None:
    approval = waiting(either_state)
    with either_state.transaction() as session:
        session.get_one(StepRun, approval.step_run_id).action_sha256 = "0" * 64
    assert refused(either_state, approval) == "stale"


def test_a_vote_after_the_time_does_not_count_even_before_the_sweep(
    either_state: StateStore,
) -> None:
    approval = waiting(either_state)
    assert refused(either_state, approval, now=approval.deadline_at) == "expired"
    assert say(either_state, approval, now=approval.deadline_at - MINUTE).state == "approved"


def test_an_approval_that_is_not_there_is_a_conflict(either_state: StateStore) -> None:
    with pytest.raises(Conflict), either_state.transaction() as session:
        vote(session, "none", approve=True, sha256="", by=LEAD, now=NOW)


def test_a_refused_vote_leaves_nothing(either_state: StateStore) -> None:
    approval = waiting(either_state, by=LEAD)
    refused(either_state, approval)
    assert every(either_state, ApprovalVote) == []
    assert the(either_state, Approval, approval.id).state == "pending"
    assert "approval.approve" not in actions(either_state)


def test_a_page_knows_beforehand_who_cannot_vote(either_state: StateStore) -> None:
    approval = waiting(either_state, grave=True)
    say(either_state, approval)
    with either_state.reading() as session:
        codes = {
            by.name: (found.code if (found := hindrance(session, approval, by)) else "")
            for by in (WRITER, LEAD, SECOND)
        }
    assert codes == {"lin": "role", "wang": "twice", "zhao": ""}


def test_one_person_in_several_windows_votes_once(either_state: StateStore) -> None:
    approval = waiting(either_state, grave=True)
    assert together(lambda: say(either_state, approval)) == (1, THREADS - 1)
    assert the(either_state, Approval, approval.id).state == "pending"


def test_of_many_who_agree_at_once_the_quorum_is_enough(either_state: StateStore) -> None:
    approval = waiting(either_state, grave=True)
    people = iter([Person(f"lead-{number}", "duty_lead") for number in range(THREADS)])
    assert together(lambda: say(either_state, approval, next(people))) == (2, THREADS - 2)
    assert the(either_state, Approval, approval.id).state == "approved"
    assert len(every(either_state, ApprovalVote)) == 2


def test_a_vote_and_the_end_of_the_time_at_once_leave_one_answer(
    either_state: StateStore,
) -> None:
    approval = waiting(either_state)
    ready, said = threading.Barrier(2), []

    def agree() -> None:
        ready.wait()
        try:
            say(either_state, approval, now=approval.deadline_at - MINUTE)
        except Refusal as refusal:
            said.append(refusal.code)
        else:
            said.append("approved")

    def end() -> None:
        ready.wait()
        with either_state.transaction() as session:
            sweep(session, PLAN, approval.deadline_at)

    threads = [threading.Thread(target=work) for work in (agree, end)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end_state = {"approved": "approved", "decided": "expired"}[said[0]]
    assert the(either_state, Approval, approval.id).state == end_state
    assert len(every(either_state, ApprovalVote)) == (said[0] == "approved")
