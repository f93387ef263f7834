"""Sub runs: a step that is a playbook starts a run of its own and waits for it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Step
from playbooks.cacao.variable import full_name
from playbooks.execution.cause import Cause, cause_of_incident
from playbooks.execution.course.walk import Walk
from playbooks.execution.rendering import incident_of, variables_of
from playbooks.execution.starting import start_run
from playbooks.execution.trigger import about
from playbooks.execution.versions import published
from playbooks.machine import Refusal
from playbooks.person import Person
from situation.faults import Malformed
from situation.state.tables import PlaybookRun, StepRun

DEEPEST = 8
"""Playbooks that call one another."""


def start_child(walk: Walk, row: StepRun, step: Step) -> None:
    """Start the playbook of a step with the variables that it is given; the step waits."""
    row.attempts += 1
    row.started_at = row.started_at or walk.now
    row.deadline_at = walk.run.deadline_at if step.within is None else row.deadline_at
    try:
        child = _started(walk, row, step)
    except (Malformed, Refusal) as fault:
        walk.fail(row, str(fault))
        return
    row.awaits_kind, row.awaits_id = "playbook_run", child.id
    walk.move(row, "wait", {"for": row.awaits_kind, "id": child.id})


def _started(walk: Walk, row: StepRun, step: Step) -> PlaybookRun:
    version = published(walk.session, step.playbook_id)
    if version is None:
        raise Malformed("no version of it is published", where=step.playbook_id)
    if _depth(walk.session, walk.run) >= DEEPEST:
        raise Malformed(f"playbooks call one another {DEEPEST} times", where=version.key)
    known = variables_of(walk.run, step)
    names = [full_name(name) for name in step.in_args]
    given = {name: value for name in names if (value := known[name].value) is not None}
    run = start_run(
        walk.session,
        walk.house,
        version=version,
        trigger="playbook",
        trigger_key=f"step:{row.id}:{_number(walk.session, row)}",
        cause=_cause(walk, about(walk.house.playbook(version))),
        variables=given,
        by=Person(walk.run.started_by, "system"),
        now=walk.now,
        parent_step_id=row.id,
    )
    if run is None:
        raise Malformed("was started before", where=row.id)
    return run


def _cause(walk: Walk, names: frozenset[str]) -> Cause:
    """Return the cause of a run as it is now; the run below it is about the same."""
    run, incident = walk.run, incident_of(walk.session, walk.run)
    plan = walk.house.plan
    known = cause_of_incident(walk.session, plan, incident, names).facts if incident else {}
    return Cause(
        object_kind=run.object_kind,
        object_id=run.object_id,
        incident_id=run.incident_id,
        drill_id=run.drill_id,
        facts=known,
    )


def _number(session: Session, row: StepRun) -> int:
    """Return which run of the step it is: a step that is tried again starts another."""
    before = sa.select(sa.func.count()).where(PlaybookRun.parent_step_id == row.id)
    return (session.scalar(before) or 0) + 1


def _depth(session: Session, run: PlaybookRun) -> int:
    depth = 1
    while run.parent_step_id is not None:
        parent = session.get_one(StepRun, run.parent_step_id)
        run, depth = session.get_one(PlaybookRun, parent.run_id), depth + 1
    return depth
