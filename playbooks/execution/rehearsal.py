"""Rehearsal: what a playbook would do, step by step, with nothing done.

It opens no socket, asks nobody and writes nothing. With the same values it comes to the same
actions with the same digests as the real run. Steps are taken to succeed unless they cannot even
begin; where a condition hangs on what only the real run knows, every way is walked.
"""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Playbook
from playbooks.cacao.variable import full_name, typed
from playbooks.execution.cause import Cause
from playbooks.execution.house import House
from playbooks.execution.rehearsing.dry_walk import Cut, DryWalk, Place
from playbooks.execution.rehearsing.rehearsed import NOT_TAKEN, TAKEN, UNKNOWN, Rehearsal, Rehearsed
from playbooks.execution.rehearsing.untouched import untouched
from situation.faults import Malformed

__all__ = ["NOT_TAKEN", "TAKEN", "UNKNOWN", "Rehearsal", "Rehearsed", "rehearse"]


def rehearse(
    session: Session,
    house: House,
    playbook: Playbook,
    *,
    cause: Cause,
    variables: Mapping[str, str],
    assume: Mapping[str, str],
    now: dt.datetime,
) -> Rehearsal:
    """Return what a run of this cause with these `variables` would do.

    `assume` gives variables, with or without underscores, the text that they take where only the
    real run knows. Raise `Malformed` for a variable that is unknown, never changes or whose text
    does not fit.
    """
    walk = DryWalk(session, house, cause, now, _assumed(playbook, assume))
    with untouched(session):
        memory = walk.memory_of(playbook, variables, cause.facts)
        was_cut = False
        try:
            well = walk.walk(Place(playbook), memory)
        except Cut:
            well, was_cut = True, True
    values = memory.variables()
    return Rehearsal(
        steps=tuple(walk.steps),
        outcome="succeeded" if well else "failed",
        variables={
            name: None if name in memory.unknown else one.value for name, one in values.items()
        },
        unknown=tuple(sorted(memory.unknown)),
        was_cut=was_cut,
    )


def _assumed(playbook: Playbook, assume: Mapping[str, str]) -> dict[str, str]:
    found = {full_name(name): text for name, text in assume.items()}
    for name, text in found.items():
        variable = playbook.variables.get(name)
        if variable is None:
            raise Malformed("there is no such variable", where=name)
        try:
            typed(variable.type, text)
        except Malformed as fault:
            raise Malformed(fault.reason, where=name) from fault
    return found
