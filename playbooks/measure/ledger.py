"""The ledger of measures: to want one and to lift one, rows and nothing else.

What the points hold follows from these rows by `playbooks.measure.enforcing`.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Scene
from playbooks.machine import Refusal
from playbooks.measure.machine import MEASURE, POINT, POINT_TYPES
from playbooks.person import Person
from playbooks.revision import held
from situation.faults import Malformed
from situation.state.store import audit
from situation.state.tables import Measure, MeasurePoint


def want(
    session: Session,
    scene: Scene,
    *,
    kind: str,
    target: str,
    points: Sequence[str],
    until: dt.datetime | None,
    reason: str,
) -> Measure:
    """Write that a target is to be kept out at these points; the step's key is the id.

    A repeat under the same key returns what is there. One of a drill is in force at once, on
    paper. Raise `Malformed` for a point that is not there or cannot hold it.
    """
    known = session.get(Measure, scene.key)
    if known is not None:
        return known
    chosen = [] if scene.drill_id else list(_fitting(scene, kind, points))
    measure = Measure(
        id=scene.key,
        drill_id=scene.drill_id,
        run_id=scene.run_id,
        incident_id=scene.incident.id if scene.incident else None,
        kind=kind,
        target=target,
        points=[] if scene.drill_id else list(chosen),
        reason=reason,
        state=MEASURE.initial,
        wanted_at=scene.now,
        until=until,
    )
    session.add(measure)
    session.flush()
    session.add_all(_at_points(measure, chosen))
    _note(session, measure, "measure.want", by=scene.started_by, now=scene.now)
    if measure.drill_id:
        enter_force(session, measure, now=scene.now)
    session.flush()
    return measure


def lift(session: Session, measure_id: str, *, by: Person, now: dt.datetime) -> Measure:
    """Write that a measure is to be let go; one that is lifted or lifting stays as it is.

    Raise `Conflict` if there is none, `Refusal` for people of departments.
    """
    if by.department is not None:
        raise Refusal("city_only", "only the city's own people do that", where=measure_id)
    measure = held(session, Measure, measure_id)
    if measure.state not in MEASURE_OPEN:
        return measure
    measure.state = MEASURE.after(measure.state, "lift", where=measure_id)
    measure.lifted_by = by.name
    for row in points_of(session, measure_id):
        row.state, row.changed_at = POINT.after(row.state, "lift"), now
    _note(session, measure, "measure.lift", by=by.name, now=now)
    if measure.drill_id:
        let_go(session, measure, now=now)
    session.flush()
    return measure


MEASURE_OPEN = ("wanted", "in_force")
"""States in which a measure can be lifted."""


def in_force(session: Session, kind: str, now: dt.datetime) -> Sequence[Measure]:
    """Return the real measures of a kind that hold now, the oldest first."""
    is_running = sa.or_(Measure.until.is_(None), Measure.until > now)
    wanted = (
        sa.select(Measure)
        .where(Measure.kind == kind, Measure.state == "in_force", Measure.drill_id.is_(None))
        .where(is_running)
        .order_by(Measure.wanted_at, Measure.id)
    )
    return session.scalars(wanted).all()


def listing(
    session: Session, *, states: Sequence[str] = (), drill_id: str | None = None, limit: int = 200
) -> Sequence[Measure]:
    """Return measures, the newest first; without `states` those in any."""
    wanted = sa.select(Measure).where(Measure.drill_id.is_not_distinct_from(drill_id))
    if states:
        wanted = wanted.where(Measure.state.in_(states))
    newest = wanted.order_by(Measure.wanted_at.desc(), Measure.id.desc()).limit(limit)
    return session.scalars(newest).all()


def points_of(session: Session, measure_id: str) -> Sequence[MeasurePoint]:
    """Return what each point says to a measure, by the names of the points."""
    wanted = sa.select(MeasurePoint).where(MeasurePoint.measure_id == measure_id)
    return session.scalars(wanted.order_by(MeasurePoint.point)).all()


def enter_force(session: Session, measure: Measure, *, now: dt.datetime) -> None:
    """Write that every point holds a measure."""
    measure.state, measure.in_force_at = MEASURE.after(measure.state, "hold"), now
    _note(session, measure, "measure.in_force", by="system", now=now)


def let_go(session: Session, measure: Measure, *, now: dt.datetime) -> None:
    """Write that no point holds a measure any more."""
    measure.state, measure.lifted_at = MEASURE.after(measure.state, "let_go"), now
    _note(session, measure, "measure.lifted", by="system", now=now)


def points_for(scene: Scene, kind: str) -> tuple[str, ...]:
    """Return the points of the house that can hold a kind, by their names."""
    types = POINT_TYPES[kind]
    return tuple(sorted(name for name, one in scene.points.items() if one.type in types))


def _fitting(scene: Scene, kind: str, points: Sequence[str]) -> Sequence[str]:
    able = points_for(scene, kind)
    if not points:
        raise Malformed(f"there is no point that can hold {kind}", where="points")
    for name in points:
        if name not in able:
            raise Malformed(f"no point {name!r} can hold {kind}", where="points")
    return sorted(set(points))


def _at_points(measure: Measure, points: Sequence[str]) -> list[MeasurePoint]:
    return [
        MeasurePoint(
            measure_id=measure.id, point=point, state=POINT.initial, changed_at=measure.wanted_at
        )
        for point in points
    ]


def _note(session: Session, measure: Measure, action: str, *, by: str, now: dt.datetime) -> None:
    until = measure.until.isoformat() if measure.until else None
    audit(
        session,
        now,
        by,
        action,
        kind="measure",
        object_id=measure.id,
        target=measure.target,
        measure_kind=measure.kind,
        points=measure.points,
        until=until,
        run=measure.run_id,
        incident=measure.incident_id,
    )
