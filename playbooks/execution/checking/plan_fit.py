"""Faults against the plan: clauses and triggers that it does not know."""

from collections.abc import Callable, Iterator, Mapping

from playbooks.cacao.playbook import Playbook, TriggerRow
from playbooks.execution.checking.place import at
from playbooks.plan import Plan


def plan_faults(playbook: Playbook, plan: Plan) -> Iterator[str]:
    """Yield the clauses and the values of triggers that no row of the plan has."""
    instruments = {row.key for row in plan.instruments}
    clauses = {(row.instrument, row.clause) for _, row in plan.sourced()}
    clauses |= {(row.key, row.clause) for row in plan.instruments}
    for step in playbook.steps.values():
        clause = step.clause
        if clause is None:
            continue
        if clause.instrument not in instruments:
            yield at(step, f"the plan has no instrument {clause.instrument!r}")
        elif (clause.instrument, clause.clause) not in clauses:
            yield at(step, f"no row of the plan cites {clause.instrument} {clause.clause}")
    for number, row in enumerate(playbook.triggers):
        yield from (f"trigger {number}: {fault}" for fault in _trigger_faults(row, plan))


def _trigger_faults(row: TriggerRow, plan: Plan) -> Iterator[str]:
    known = _KNOWN[row.on](plan) if row.on in _KNOWN else frozenset(row.values)
    yield from (f"the plan has no {row.on} {name!r}" for name in row.values if name not in known)
    if row.on == "grade" and row.values:
        yield "a grade is told by level"
    if row.on == "clock" and not row.minutes:
        yield "a clock needs minutes"


def _categories(plan: Plan) -> frozenset[str]:
    return frozenset(row.key for row in plan.categories) | frozenset(
        row.name for row in plan.sub_categories
    )


def _colours(plan: Plan) -> frozenset[str]:
    return frozenset(row.key for row in plan.colours)


def _clocks(plan: Plan) -> frozenset[str]:
    return frozenset(row.id for row in plan.clocks)


def _kinds(plan: Plan) -> frozenset[str]:
    return frozenset(row.key for row in plan.detectors)


_KNOWN: Mapping[str, Callable[[Plan], frozenset[str]]] = {
    "category": _categories,
    "detector": _kinds,
    "warning": _colours,
    "clock": _clocks,
}
"""The names that there are, by kind of trigger.

A detector is named by the kind of its alert in the plan, as one that nobody knows would start
nothing for ever. Days of heightened duty come and go: any name may stand.
"""
