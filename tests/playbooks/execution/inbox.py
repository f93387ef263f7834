"""A step of a run that people are asked about, without an engine."""

import datetime as dt

import sqlalchemy as sa

from playbooks.execution.approval import ask, required
from playbooks.execution.cause import cause_of_incident
from playbooks.execution.rendering import rendered, rendered_anew, scene_of, variables_of
from playbooks.execution.starting import start_run
from playbooks.person import Person
from situation.state.columns import JsonObject
from situation.state.store import StateStore
from situation.state.tables import (
    Approval,
    Delivery,
    Incident,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from tests.playbooks.execution.written import HOUSE, WRITER, containing, installed
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import NOW
from tests.playbooks.outbox.post import add_contact

DESK = "示例市网络安全应急办"


def duty_desk(state: StateStore) -> None:
    """Put one contact of the city's own desk into the directory."""
    with state.transaction() as session:
        add_contact(session, "值班", department=DESK, role="desk", mail="duty@city.test")


def started(
    state: StateStore,
    incident: Incident,
    document: JsonObject | None = None,
    *,
    by: Person = WRITER,
    now: dt.datetime = NOW,
) -> PlaybookRun:
    """Start a run of a playbook with one containing step for an incident, by hand."""
    (version,) = installed(state, document or containing())
    with state.transaction() as session:
        cause = cause_of_incident(session, PLAN, session.get_one(Incident, incident.id))
        run = start_run(
            session,
            HOUSE,
            version=version,
            trigger="hand",
            trigger_key=f"{version.key} by hand {now.isoformat()}",
            cause=cause,
            variables={},
            by=by,
            now=now,
        )
    assert run is not None
    return run


def asked(
    state: StateStore, run: PlaybookRun, now: dt.datetime = NOW, **changed: object
) -> Approval:
    """Ask about the first step of a run, as the engine does; its parameters may be changed."""
    with state.transaction() as session:
        here = session.get_one(PlaybookRun, run.id)
        step_run = session.scalars(
            sa.select(StepRun).where(StepRun.run_id == run.id, StepRun.step_id.like("action--%"))
        ).first()
        assert step_run is not None
        version = session.get_one(PlaybookVersion, run.version_id)
        step = HOUSE.playbook(version).steps[step_run.step_id]
        exact = rendered(step, variables_of(here, step), HOUSE.actions)
        given = {**exact.json["parameters"], **changed}  # type: ignore[dict-item]
        exact = rendered_anew({"name": exact.action.name, "parameters": given}, HOUSE.actions)
        step_run.action, step_run.action_sha256 = exact.json, exact.sha256
        scene = scene_of(session, HOUSE, here, step_run, step, now=now)
        rule = required(PLAN, exact.action, step, scene.incident, HOUSE.assets)
        assert rule is not None
        return ask(
            session,
            step_run=step_run,
            run=here,
            rendered=exact,
            intent=exact.action.intend(scene, exact.parameters),
            rule=rule,
            now=now,
        )


def occasions(state: StateStore) -> list[str]:
    """Return why the desk was told of approvals, in the order in which it was."""
    with state.reading() as session:
        told = sa.select(Delivery).where(Delivery.object_kind == "approval")
        rows = session.scalars(told.order_by(Delivery.created_at, Delivery.occasion)).all()
    return [row.occasion for row in rows]
