"""Starting: a cause opens a run of a published playbook, and a cause does so once."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Playbook, Variable
from playbooks.cacao.variable import full_name, typed
from playbooks.execution.cause import Cause
from playbooks.execution.course.log import note_run
from playbooks.execution.course.walk import Walk
from playbooks.execution.house import House
from playbooks.execution.machine import RUN
from playbooks.execution.rendering import said_of
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.text import typed as plain
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import PlaybookRun, PlaybookVersion

_NUMBERING = 0x72756E
_PATTERNS = ("R-{day:%Y-%m%d}-", "演练-R-{day:%Y-%m%d}-")
"""How the numbers of runs of a day begin, those of drills after those of real ones."""


def start_run(  # noqa: PLR0913 - who, why and with what stand in the row
    session: Session,
    house: House,
    *,
    version: PlaybookVersion,
    trigger: str,
    trigger_key: str,
    cause: Cause,
    variables: Mapping[str, str],
    by: Person,
    reason: str = "",
    now: dt.datetime,
    parent_step_id: str | None = None,
) -> PlaybookRun | None:
    """Start a run and open its first steps; return None where this key has started it already.

    `variables` are CACAO texts by name, with or without the underscores; they go before the facts
    of the cause, and those before the values of the playbook. Raise `Refusal` with code
    `not_published`, `Malformed` for a variable that is unknown, never changes or does not fit.
    """
    if version.state != "published":
        raise Refusal("not_published", f"it is {version.state}", where=version.key)
    playbook = house.playbook(version)
    filled = variables_at_start(playbook, cause, variables)
    _take_turn(session)
    started = sa.select(PlaybookRun.id).where(PlaybookRun.trigger_key == trigger_key)
    if session.scalar(started) is not None:
        return None
    run = PlaybookRun(
        id=_next_number(session, cause.drill_id, now),
        version_id=version.id,
        drill_id=cause.drill_id,
        object_kind=cause.object_kind,
        object_id=cause.object_id,
        incident_id=cause.incident_id,
        parent_step_id=parent_step_id,
        trigger=trigger,
        trigger_key=trigger_key,
        variables=filled,
        state=RUN.initial,
        started_by=by.name,
        reason=plain(reason, "reason"),
        started_at=now,
        deadline_at=now + playbook.within,
    )
    session.add(run)
    session.flush()
    said = {"playbook": version.key, "number": version.number, "sha256": version.sha256}
    said |= {"trigger": trigger, "object": cause.object_id, "reason": run.reason}
    note_run(session, run, "start", by=by.name, now=now, **said)
    Walk(session, house, run, by=by.name, now=now).begin()
    return run


def variables_at_start(playbook: Playbook, cause: Cause, given: Mapping[str, str]) -> JsonObject:
    """Return the variables that a run begins with, as its row keeps them.

    What is `given` goes before the facts of the cause, and those before the playbook's values.
    Raise `Malformed` for a variable that is unknown, never changes or does not fit.
    """
    facts = {
        full_name(name): cause.facts[fact]
        for name, fact in playbook.bindings.items()
        if fact in cause.facts
    }
    told = {full_name(name): text for name, text in given.items()}
    strange = sorted(name for name in told if name not in playbook.variables)
    if strange:
        raise Malformed("there is no such variable", where=", ".join(strange))
    return {
        name: _said(variable, told.get(name), facts.get(name))
        for name, variable in playbook.variables.items()
    }


def _said(variable: Variable, told: str | None, fact: str | None) -> JsonObject:
    text = fact if told is None else told
    said = said_of(variable)
    if text is None or text == variable.value:
        return said
    if variable.constant:
        raise Malformed("never changes", where=variable.name)
    try:
        typed(variable.type, text)
    except Malformed as fault:
        raise Malformed(fault.reason, where=variable.name) from fault
    return said | {"value": text}


def _take_turn(session: Session) -> None:
    # Who starts one at the same time waits, so that neither a number nor a key comes twice.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBERING)))


def _next_number(session: Session, drill_id: str | None, now: dt.datetime) -> str:
    begins = _PATTERNS[drill_id is not None].format(day=now.astimezone(CITY_ZONE))
    given = sa.select(sa.func.count()).where(PlaybookRun.id.startswith(begins, autoescape=True))
    return f"{begins}{(session.scalar(given) or 0) + 1}"
