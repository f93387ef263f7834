"""Checks of a whole plan: what is cited exists, nothing stands twice, nothing is missing."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from playbooks.plan.approval import approval_gaps

if TYPE_CHECKING:
    from playbooks.plan.document import Plan
    from playbooks.plan.row import Split, Threshold, ValueGrade

_LEVELS = (1, 2, 3, 4)
_HAZARD_LEVELS = ("critical", "high", "medium", "low")
_MATRIX_CELLS = 12
_NOTICE_KINDS = ("hazard", "incident", "warning", "rectification", "supervision")
_ANSWER_FORMS = ("receipt", "feedback", "recheck")
_REPORT_KINDS = ("first", "follow_up", "closing", "pi_authority", "pi_persons")


def inconsistencies(plan: "Plan") -> list[str]:
    """Return every fault that shows only when the tables are seen together."""
    checks = (
        _unknown_sources, _unknown_names, _unknown_types, _unknown_scales, _doubles, _wrong_order,
        _gaps, _notice_gaps, _numbers, _chains, _warnings, _issuers, _reports, _calendar,
        _approvals,
    )  # fmt: skip
    return [fault for check in checks for fault in check(plan)]


def _unknown_sources(plan: "Plan") -> Iterator[str]:
    instruments = {row.key for row in plan.instruments} | {""}
    for kind, row in plan.sourced():
        table = _table(plan, kind)
        if row.instrument not in instruments:
            yield f"{table} {row.name}: unknown instrument {row.instrument!r}"
        if plan.source_of(row) is None:
            yield f"{table} {row.name}: unknown source {row.source!r}"


def _unknown_names(plan: "Plan") -> Iterator[str]:
    metrics = {row.key for row in plan.metrics}
    bars: dict[str, Sequence[Threshold | ValueGrade | Split]] = {
        "threshold": plan.thresholds,
        "value_grade": plan.value_grades,
        "split": plan.splits,
    }
    yield from (
        f"{table} {bar.name}: unknown metric {bar.metric!r}"
        for table, rows in bars.items()
        for bar in rows
        if bar.metric not in metrics
    )
    stages = {row.key for row in plan.tactics}
    for detector in plan.detectors:
        yield from (
            f"detector {detector.key}: unknown stage {stage!r}"
            for stage in detector.tactics
            if stage not in stages
        )
    kinds = {row.key for row in plan.detectors} | {row.id for row in plan.techniques}
    for rule in plan.outage_rules:
        if rule.detector not in kinds:
            yield f"outage_rule {rule.name}: unknown detector {rule.detector!r}"
        if rule.fact not in metrics:
            yield f"outage_rule {rule.name}: unknown fact {rule.fact!r}"


def _unknown_types(plan: "Plan") -> Iterator[str]:
    types = {row.name for row in plan.sub_categories}
    named = [("detector", row.key, row.sub_category) for row in plan.detectors]
    named += [("technique", row.id, row.sub_category) for row in plan.techniques]
    yield from (
        f"{table} {key}: unknown type {name!r}" for table, key, name in named if name not in types
    )


def _unknown_scales(plan: "Plan") -> Iterator[str]:
    scales = {row.scale for row in plan.scale_values} | {""}
    yield from (
        f"form_field {row.name}: unknown scale {row.scale!r}"
        for row in plan.form_fields
        if row.scale not in scales
    )


def _doubles(plan: "Plan") -> Iterator[str]:
    seen = Counter((kind, row.name) for kind, row in plan.sourced() if kind != "response_tasks")
    yield from (
        f"{_table(plan, kind)} {name} stands twice"
        for (kind, name), times in seen.items()
        if times > 1
    )
    ids = Counter(row.id for row in plan.sources)
    yield from (f"source {key} stands twice" for key, times in ids.items() if times > 1)


def _wrong_order(plan: "Plan") -> Iterator[str]:
    bars: dict[tuple[str, str], list[Threshold]] = {}
    for row in plan.thresholds:
        bars.setdefault((row.instrument, row.metric), []).append(row)
    for rows in bars.values():
        ordered = sorted(rows, key=lambda row: row.level)
        yield from (
            f"threshold {graver.name}: bar {graver.at_least} is not above level {milder.level}'s"
            for graver, milder in itertools.pairwise(ordered)
            if graver.at_least <= milder.at_least
        )


def _gaps(plan: "Plan") -> Iterator[str]:
    if len(plan.matrix) != _MATRIX_CELLS:
        yield f"matrix has {len(plan.matrix)} cells, not {_MATRIX_CELLS}"
    yield from _missing("detector", ["other"], {row.key for row in plan.detectors})
    yield from _missing(
        "measure", [row.key for row in plan.detectors], {row.detector for row in plan.measures}
    )
    yield from _missing(
        "category",
        [row.category for row in plan.sub_categories],
        {row.key for row in plan.categories},
    )
    levels = {row.key for row in plan.scale_values if row.scale == "level"}
    yield from _missing("scale_value level", [str(level) for level in _LEVELS], levels)
    responses = {row.level for row in plan.responses}
    yield from (f"response: none for level {lv}" for lv in _LEVELS if lv not in responses)


def _notice_gaps(plan: "Plan") -> Iterator[str]:
    there = {row.key for row in plan.notice_deadlines}
    yield from (f"notice_deadline: none for level {lv}" for lv in _LEVELS if str(lv) not in there)
    hazards = [f"{level}:{hazard}" for level in _LEVELS for hazard in _HAZARD_LEVELS]
    yield from _missing("notice_deadline", hazards, there)
    kinds = {row.key for row in plan.notice_kinds}
    yield from _missing("notice_kind", _NOTICE_KINDS, kinds)
    yield from (f"notice_kind: unknown {kind!r}" for kind in sorted(kinds - {*_NOTICE_KINDS}))
    forms = {row.form for row in plan.form_fields}
    yield from _missing("form_field: form", (*_NOTICE_KINDS, *_ANSWER_FORMS), forms)
    known = {*_NOTICE_KINDS, *_ANSWER_FORMS}
    yield from (f"form_field: unknown form {form!r}" for form in sorted(forms - known))


def _numbers(plan: "Plan") -> Iterator[str]:
    city = plan.city
    patterns = [row.number for row in plan.notice_kinds]
    patterns += [row.drill_number for row in plan.notice_kinds]
    seen = Counter(patterns)
    yield from (f"notice_kind: number {each!r} stands twice" for each, n in seen.items() if n > 1)
    if city.warning_number == city.warning_drill_number:
        yield "city.warning_drill_number: drills are numbered apart"


def _chains(plan: "Plan") -> Iterator[str]:
    for level in _LEVELS:
        steps = plan.chain(level)
        yield from (
            f"chain_step: no step on {on} for level {level}"
            for on in ("receipt", "feedback")
            if on not in {step.on for step in steps}
        )
        keys = Counter(step.key for step in steps)
        yield from (
            f"chain_step {key}: stands twice for level {level}"
            for key, times in keys.items()
            if times > 1
        )


def _warnings(plan: "Plan") -> Iterator[str]:
    colours = {row.key for row in plan.colours}
    if [row.level for row in plan.colours] != list(_LEVELS):
        yield "warning_colour: one for each level is wanted, the gravest first"
    for duty in plan.warning_duties:
        yield from _missing(f"warning_duty {duty.key}: colour", duty.colours, colours)
    answered = {colour for duty in plan.warning_duties for colour in duty.colours}
    yield from _missing("warning_duty: one for colour", colours, answered)
    for period in plan.heightened:
        if period.forced_warning:
            yield from _missing(
                f"heightened_period {period.key}: colour", [period.forced_warning], colours
            )


def _issuers(plan: "Plan") -> Iterator[str]:
    issuers = {row.key for row in plan.issuers}
    powers = {row.key: row.level for row in plan.colours}
    yield from _missing("issuer: the city's own level", [plan.city.issuer_level], issuers)
    for row in plan.issuers:
        yield from _missing(f"issuer {row.key}: colour", [row.max_colour], set(powers))
        yield from _missing(f"issuer {row.key}: superior", [row.superior or row.key], issuers)
    yield from (
        f"issuer {lower.key}: its power goes beyond that of {upper.key} above it"
        for upper, lower in itertools.pairwise(plan.issuers)
        if powers.get(lower.max_colour, 0) < powers.get(upper.max_colour, 0)
    )
    for colour in plan.colours:
        able = {row.key for row in plan.issuers if powers.get(row.max_colour, 9) <= colour.level}
        if able != set(colour.issuers):
            yield f"warning_colour {colour.key}: its issuers are {sorted(able)} by their power"


def _reports(plan: "Plan") -> Iterator[str]:
    kinds = {row.key for row in plan.report_kinds}
    yield from _missing("report_kind", _REPORT_KINDS, kinds)
    forms = {row.form for row in plan.report_fields}
    yield from _missing("report_item: form", ("event", "pi_notice"), forms)
    for kind in plan.report_kinds:
        yield from _missing(f"report_kind {kind.key}: form", kind.forms, forms)
    numbers = {row.number for row in plan.report_items}
    yield from (f"report_item: none of number {n}" for n in range(1, 9) if n not in numbers)


def _calendar(plan: "Plan") -> Iterator[str]:
    years = {row.year for row in plan.calendar_years}
    if not years:
        yield "calendar_year: none"
    free = [(day, row.name) for row in plan.holidays for day in row.days]
    worked = [(row.day, f"working weekend {row.name}") for row in plan.working_weekends]
    seen = Counter(day for day, _ in [*free, *worked])
    yield from (
        f"holiday: {day} ({name}) stands twice" for day, name in [*free, *worked] if seen[day] > 1
    )
    yield from (
        f"holiday: {day} ({name}) lies in a year that is not listed"
        for day, name in [*free, *worked]
        if day.year not in years
    )


def _approvals(plan: "Plan") -> Iterator[str]:
    objects = [row.key for row in plan.scale_values if row.scale == "object_importance"]
    yield from approval_gaps(plan.approval_rules, _LEVELS, objects)


def _table(plan: "Plan", kind: str) -> str:
    field = type(plan).model_fields.get(kind)
    return (field.alias if field else None) or kind


def _missing(kind: str, wanted: Iterable[str], there: set[str]) -> Iterator[str]:
    yield from (f"{kind}: {name!r} is missing" for name in sorted(set(wanted) - there))
