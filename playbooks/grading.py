"""The grader: a level with its reasons, clocks and flags from the facts of an incident.

A level is computed from every instrument that applies; all reasons are kept and the gravest
level wins. Nothing here knows the present or the database.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from playbooks.facts import Facts
from playbooks.flag import REPORTED_LEVEL, RaisedFlag, raised, raised_by
from playbooks.plan.document import Plan
from playbooks.plan.row import Clock, Metric, Sourced, Threshold

ClockKey = tuple[str, str]
"""A clock of an incident: its id in the plan and its addressee in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReason:
    """One condition that is met, with the clause that says so.

    `value` and `threshold` are numbers in the metric's unit, or steps of a scale whose words
    are `value_zh` and `value_en` (None for numbers).
    """

    instrument: str
    instrument_en: str
    clause: str
    metric: str
    metric_zh: str
    metric_en: str
    unit: str
    value: float | str | None
    value_zh: str | None = None
    value_en: str | None = None
    threshold: float | str | None
    level: int
    source: str
    mark: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeClock:
    """A clock that a level calls for; `started_at` and `due_at` are None until it can start.

    One from `receipt` waits until the addressee `follows` has received its report.
    """

    id: str
    addressee: str
    addressee_en: str
    limit_minutes: int
    start: str
    follows: str = ""
    statutory: bool
    instrument: str
    instrument_en: str
    clause: str
    source: str
    verified: bool
    started_at: dt.datetime | None = None
    due_at: dt.datetime | None = None

    @property
    def key(self) -> ClockKey:
        """Return id and addressee, which name the clock within an incident."""
        return self.id, self.addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The level of an incident (1 gravest to 4) and what follows from it.

    `split` divides level 4 for the city's daily work, informative only: `A` goes up to district
    or city, `B` stays with the unit; None for graver levels.
    """

    level: int
    reasons: tuple[GradeReason, ...]
    clocks: tuple[GradeClock, ...]
    flags: tuple[RaisedFlag, ...]
    split: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrade:
    """What a new look at the facts changes: the grade and the clocks that run on, start or end.

    `facts_level` is what the facts alone say; the level that stands may be graver, or milder
    where two people have lowered it.
    """

    grade: Grade
    facts_level: int
    unchanged: tuple[ClockKey, ...]
    started: tuple[GradeClock, ...]
    withdrawn: tuple[ClockKey, ...]


def grade(plan: Plan, facts: Facts, discovered_at: dt.datetime | None = None) -> Grade:
    """Grade the facts; `discovered_at` starts the clocks that run from discovery.

    The gravest level of all instruments that apply wins; without any met condition it is 4.
    """
    reasons = tuple(sorted(_reasons(plan, facts), key=lambda reason: reason.level))
    if not reasons:
        reasons = (_rest(plan),)
    return _graded(plan, facts, reasons, level=reasons[0].level, discovered_at=discovered_at)


def regrade(
    plan: Plan,
    facts: Facts,
    *,
    level: int,
    running: Collection[ClockKey],
    at: dt.datetime,
    accepted: int | None = None,
) -> Regrade:
    """Grade again after facts changed; the level that stood is never lowered.

    Clocks in `running` go on from their own start. A clock from discovery that is new starts
    `at`, when the facts that call for it became known. `accepted` is the level of the facts that
    two people found too grave; only graver facts count again.
    """
    fresh = grade(plan, facts, at)
    kept = _standing(level, accepted, fresh.level)
    result = _graded(plan, facts, fresh.reasons, level=kept, discovered_at=at)
    if kept < level:
        flags = (*result.flags, raised(plan, "follow_up_report_due"))
        result = dataclasses.replace(result, flags=flags)
    wanted = {clock.key for clock in result.clocks}
    return Regrade(
        grade=result,
        facts_level=fresh.level,
        unchanged=tuple(key for key in running if key in wanted),
        started=tuple(clock for clock in result.clocks if clock.key not in running),
        withdrawn=tuple(key for key in running if key not in wanted),
    )


def _standing(level: int, accepted: int | None, said: int) -> int:
    if accepted is not None and said >= accepted:
        return level
    return min(level, said)


def clock_due(started_at: dt.datetime, limit_minutes: int) -> dt.datetime:
    """Return the last instant that is still in time; days are calendar days of 24 hours."""
    return started_at + dt.timedelta(minutes=limit_minutes)


def is_missed(due_at: dt.datetime, at: dt.datetime) -> bool:
    """Tell whether `at` is too late; the due instant itself is in time (最迟不得超过)."""
    return at > due_at


def grade_document(result: Grade) -> dict[str, object]:
    """Return the grade as JSON: `level`, `reasons`, `clocks`, `flags` and `split`."""
    return {
        "level": result.level,
        "reasons": [dataclasses.asdict(reason) for reason in result.reasons],
        "clocks": [_clock_document(clock) for clock in result.clocks],
        "flags": [flag.document() for flag in result.flags],
        "split": result.split,
    }


def _clock_document(clock: GradeClock) -> dict[str, object]:
    times = {"started_at": clock.started_at, "due_at": clock.due_at}
    iso = {name: time.isoformat() if time else None for name, time in times.items()}
    return dataclasses.asdict(clock) | iso


def _graded(
    plan: Plan,
    facts: Facts,
    reasons: tuple[GradeReason, ...],
    *,
    level: int,
    discovered_at: dt.datetime | None,
) -> Grade:
    flags = raised_by(plan, facts, level)
    deciding = [reason for reason in reasons if reason.level == level]
    unsure = bool(deciding) and not any(reason.verified for reason in deciding)
    if level <= REPORTED_LEVEL and unsure:
        flags = (*flags, raised(plan, "unverified_basis"))
    return Grade(
        level=level,
        reasons=reasons,
        clocks=tuple(_clocks(plan, facts, level, discovered_at)),
        flags=flags,
        split=_split(plan, facts) if level > REPORTED_LEVEL else None,
    )


def _reasons(plan: Plan, facts: Facts) -> Iterator[GradeReason]:
    yield from _numeric_reasons(plan, facts)
    yield from _value_reasons(plan, facts)
    yield from _matrix_reason(plan, facts)


def _applies(plan: Plan, row: Sourced, facts: Facts) -> bool:
    sector = plan.instrument(row.instrument).sector
    return sector is None or sector == facts.sector


def _numeric_reasons(plan: Plan, facts: Facts) -> Iterator[GradeReason]:
    measures = facts.measures()
    gravest: dict[tuple[str, str], Threshold] = {}
    for row in plan.thresholds:
        value = measures.get(row.metric)
        if value is None or value < row.at_least or not _applies(plan, row, facts):
            continue
        best = gravest.setdefault((row.instrument, row.metric), row)
        if row.level < best.level:
            gravest[row.instrument, row.metric] = row
    for row in gravest.values():
        met = _Met(measures[row.metric], row.at_least, row.level)
        yield _reason(plan, row, plan.metric(row.metric), met)


def _value_reasons(plan: Plan, facts: Facts) -> Iterator[GradeReason]:
    known = facts.document()
    for row in plan.value_grades:
        if known.get(row.metric) == row.value and _applies(plan, row, facts):
            met = _Met(row.value, row.value, row.level, words=((row.metric, row.value),))
            yield _reason(plan, row, plan.metric(row.metric), met)


def _matrix_reason(plan: Plan, facts: Facts) -> Iterator[GradeReason]:
    metric = plan.metric("object_importance x business_loss")
    for cell in plan.matrix:
        if (cell.object, cell.loss) == (facts.object_importance, facts.business_loss):
            pair = f"{cell.object} x {cell.loss}"
            words = (("object_importance", cell.object), ("business_loss", cell.loss))
            yield _reason(plan, cell, metric, _Met(pair, pair, cell.level, words=words))


def _rest(plan: Plan) -> GradeReason:
    return _reason(plan, plan.rest, plan.metric("rest"), _Met(None, None, plan.rest.level))


@dataclass(frozen=True, slots=True)
class _Met:
    value: float | str | None
    threshold: float | str | None
    level: int
    words: tuple[tuple[str, str], ...] = ()
    """Scale and step of each part of the value."""


def _reason(plan: Plan, row: Sourced, metric: Metric, met: _Met) -> GradeReason:
    instrument = plan.instrument(row.instrument)
    words = [plan.scale_value(scale, step) for scale, step in met.words]
    return GradeReason(
        instrument=instrument.zh,
        instrument_en=instrument.en,
        clause=row.clause,
        metric=metric.key,
        metric_zh=metric.zh,
        metric_en=metric.en,
        unit=metric.unit,
        value=met.value,
        value_zh=" × ".join(word.zh for word in words) or None,
        value_en=" × ".join(word.en for word in words) or None,
        threshold=met.threshold,
        level=met.level,
        source=row.source,
        mark=row.mark,
        verified=row.verified,
    )


def _operators(facts: Facts) -> set[str]:
    # Whoever's outage it is: where CII is hit, the CII line is reported to. A central organ
    # keeps its own line beside it; "other" means other than these.
    hit = facts.operator == "cii" or facts.cii_minutes() > 0
    kinds: set[str] = {"cii"} if hit else set()
    if facts.operator == "central_organ" or not hit:
        kinds.add(facts.operator)
    return kinds


def _clocks(
    plan: Plan, facts: Facts, level: int, discovered_at: dt.datetime | None
) -> Iterator[GradeClock]:
    operators = _operators(facts)
    for row in plan.clocks:
        called_for = level <= row.from_level and operators.intersection(row.operators)
        if called_for and row.sector in (None, facts.sector):
            yield _clock(plan, row, discovered_at if row.start == "discovery" else None)


def _clock(plan: Plan, row: Clock, started_at: dt.datetime | None) -> GradeClock:
    instrument = plan.instrument(row.instrument)
    return GradeClock(
        id=row.id,
        addressee=row.addressee_zh,
        addressee_en=row.addressee_en,
        limit_minutes=row.limit_minutes,
        start=row.start,
        follows=row.follows,
        statutory=row.statutory,
        instrument=instrument.zh,
        instrument_en=instrument.en,
        clause=row.clause,
        source=row.source,
        verified=row.verified,
        started_at=started_at,
        due_at=clock_due(started_at, row.limit_minutes) if started_at else None,
    )


def _split(plan: Plan, facts: Facts) -> str:
    measures = facts.measures()
    reached = (
        measures[row.metric] > 0 and measures[row.metric] >= row.at_least
        for row in plan.splits
        if row.metric in measures
    )
    return "A" if any(reached) else "B"
