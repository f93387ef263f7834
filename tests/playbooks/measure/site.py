"""A house with points of enforcement, for tests: scenes, measures, passes."""

import datetime as dt
import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from playbooks.action.action import Scene
from playbooks.measure.enforcing import Enforced, enforce
from playbooks.measure.ledger import lift, want
from playbooks.person import Person
from playbooks.plan import load_plan
from situation.assets import Assets, read_assets
from situation.clock import SetClock
from situation.settings import PROJECT, ActuatorSettings, PointSettings
from situation.state.store import StateStore
from situation.state.tables import Measure, MeasurePoint

PLAN = load_plan()
CITY = read_assets(PROJECT / "pcaps" / "city.csv")
NOW = dt.datetime(2026, 3, 17, 18, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ZHOU = Person("zhou", "duty_lead")
OUTSIDER = Person("赵一", "department", "示例市卫生健康委员会")

BAD = "198.51.100.23/32"
"""An address that is not of the city."""


@dataclass
class Site:
    """The stores and points of one test."""

    state: StateStore
    folder: pathlib.Path
    points: Mapping[str, PointSettings]
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))

    def want(
        self,
        key: str,
        target: str = BAD,
        *,
        kind: str = "block_address",
        points: Sequence[str] = ("border",),
        drill_id: str | None = None,
        hours: int = 24,
    ) -> Measure:
        """Want a measure as the step of this key."""
        until = self.clock.now() + hours * HOUR
        with self.state.transaction() as session:
            seen = scene(session, self.points, key=key, drill_id=drill_id, now=self.clock.now())
            return want(
                session, seen, kind=kind, target=target, points=points, until=until, reason="测试"
            )

    def lift(self, key: str, by: Person = ZHOU) -> Measure:
        """Lift a measure."""
        with self.state.transaction() as session:
            return lift(session, key, by=by, now=self.clock.now())

    def enforce(self) -> Enforced:
        """Do one pass."""
        return enforce(self.state, self.points, self.folder, self.clock)

    def measure(self, key: str) -> Measure:
        """Return a measure as it stands."""
        with self.state.reading() as session:
            return session.get_one(Measure, key)

    def at(self, key: str, point: str) -> MeasurePoint:
        """Return what a point says to a measure."""
        with self.state.reading() as session:
            return session.get_one(MeasurePoint, (key, point))


def scene(
    session: Session,
    points: Mapping[str, PointSettings],
    *,
    key: str = "step-1",
    drill_id: str | None = None,
    now: dt.datetime = NOW,
    assets: Assets = CITY,
    actuators: Mapping[str, ActuatorSettings] | None = None,
) -> Scene:
    """Return what an action sees."""
    return Scene(
        session=session,
        plan=PLAN,
        assets=assets,
        points=points,
        actuators=actuators or {},
        key=key,
        run_id="R-2026-0318-11",
        object_kind="none",
        object_id="",
        incident=None,
        drill_id=drill_id,
        started_by="lin",
        now=now,
    )


Opened = Callable[[Mapping[str, PointSettings]], Site]
