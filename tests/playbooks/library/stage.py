"""The stage that a scenario is played on: a real desk, engine and points, people that act."""

import datetime as dt
import pathlib

import sqlalchemy as sa

from playbooks.action.catalogue import ACTIONS
from playbooks.action.means import Means
from playbooks.directory import import_directory
from playbooks.execution.engine import Engine
from playbooks.execution.following import start_due
from playbooks.execution.house import House
from playbooks.execution.versions import install_shipped
from playbooks.execution.voting import vote
from playbooks.incident.tasks import finish_task
from playbooks.library.shelf import read_shelf
from playbooks.measure.enforcing import enforce
from playbooks.person import Person
from playbooks.service import fold
from situation.clock import SetClock
from situation.events.opening import open_event_store
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import Approval, Measure, PlaybookRun, PlaybookVersion, StepRun, Task
from tests.playbooks.execution.ground import NoSlices
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import ASSETS, NOW, put
from tests.playbooks.library.scenario import Scenario

CONTACTS = """department,district,sector,superior,name,role,phone,mail
市应急指挥中心,市本级,,,值班台,desk,,desk@city.example
示例市数据局,市本级,,,联络员,liaison,,liaison@data.example
示例市交通局,市本级,,,联络员,liaison,,liaison@traffic.example
"""
SECRECY = Person("sun", "secrecy_officer")
LEADS = (Person("wang", "duty_lead"), Person("zhao", "duty_lead"))
MOST_MOVES = 200
LONG = dt.timedelta(days=31)
"""Longer than anything is kept out."""


class Stage:
    """A desk with every playbook of the library, on which one scenario is played."""

    def __init__(self, state: StateStore, folder: pathlib.Path) -> None:
        self.state, self.folder = state, folder
        self.clock = SetClock(NOW)
        self.points = {"border": PointSettings(type="file"), "resolver": PointSettings(type="rpz")}
        self.house = House(plan=PLAN, assets=ASSETS, points=self.points, actions=ACTIONS)
        events = open_event_store(str(folder / "events"))
        events.setup()
        means = Means(events=events, slices=NoSlices())
        self.engine = Engine(state, self.house, means, self.clock, owner="one")
        self.kept_out: set[str] = set()
        with state.transaction() as session:
            install_shipped(session, read_shelf(), NOW)
            import_directory(session, CONTACTS, by=LEADS[0], now=NOW)

    def play(self, scenario: Scenario) -> list[PlaybookRun]:
        """Let the alerts come in and everybody act, until nothing moves; return the runs."""
        put(self.state, scenario.alerts())
        fold(self.state, PLAN, ASSETS, self.clock, drill_id=None)
        start_due(self.state, self.house, self.clock)
        for _ in range(MOST_MOVES):
            self._move(scenario)
            if not self._waits():
                return self.runs()
            self.clock.advance(self._pause())
        raise AssertionError("the run does not come to an end")

    def play_alone(self, scenario: Scenario) -> list[PlaybookRun]:
        """Let the alerts come in and nobody do anything, until nothing moves; return the runs."""
        put(self.state, scenario.alerts())
        fold(self.state, PLAN, ASSETS, self.clock, drill_id=None)
        start_due(self.state, self.house, self.clock)
        for _ in range(MOST_MOVES):
            self.engine.turn()
            if not self._waits():
                return self.runs()
            self.clock.advance(self._silence())
        raise AssertionError("the run does not come to an end")

    def runs(self) -> list[PlaybookRun]:
        """Return every run."""
        with self.state.reading() as session:
            return list(session.scalars(sa.select(PlaybookRun).order_by(PlaybookRun.id)))

    def key_of(self, run: PlaybookRun) -> str:
        """Return the short name of the playbook of a run."""
        with self.state.reading() as session:
            return session.get_one(PlaybookVersion, run.version_id).key

    def done(self) -> set[str]:
        """Return the actions that were performed."""
        performed = sa.select(StepRun).where(StepRun.state == "done", StepRun.purpose == "do")
        with self.state.reading() as session:
            return {str(row.action["name"]) for row in session.scalars(performed) if row.action}

    def later(self) -> set[str]:
        """Let every block run out; return what is still kept out then."""
        self.clock.advance(LONG)
        for _ in range(5):
            self.engine.turn()
            enforce(self.state, self.points, self.folder, self.clock)
        with self.state.reading() as session:
            left = sa.select(Measure.target).where(Measure.state != "lifted")
            return set(session.scalars(left))

    def _move(self, scenario: Scenario) -> None:
        self.engine.turn()
        enforce(self.state, self.points, self.folder, self.clock)
        with self.state.reading() as session:
            now_out = sa.select(Measure.target).where(Measure.state == "in_force")
            self.kept_out |= set(session.scalars(now_out))
        self._vote()
        self._finish(scenario)
        self.engine.turn()

    def _vote(self) -> None:
        with self.state.reading() as session:
            asked = session.scalars(sa.select(Approval).where(Approval.state == "pending")).all()
        for one in asked:
            for person in LEADS[: one.quorum]:
                with self.state.transaction() as session:
                    vote(
                        session,
                        one.id,
                        approve=True,
                        remark="同意",
                        sha256=one.action_sha256,
                        by=person,
                        now=self.clock.now(),
                    )

    def _finish(self, scenario: Scenario) -> None:
        wanted = sa.select(Task).where(Task.state == "open", Task.kind == "playbook_step")
        with self.state.transaction() as session:
            for task in session.scalars(wanted).all():
                fits = (said for start, said in scenario.answers.items() if start in task.title_zh)
                answer, now = next(fits, ""), self.clock.now()
                by = SECRECY if task.role == SECRECY.role else LEADS[0]
                finish_task(session, task.id, answer=answer, by=by, now=now)

    def _waits(self) -> bool:
        with self.state.reading() as session:
            open_runs = sa.select(PlaybookRun.id).where(
                PlaybookRun.state.in_(("running", "compensating"))
            )
            return session.scalars(open_runs.limit(1)).first() is not None

    def _silence(self) -> dt.timedelta:
        """Return how long nothing happens while nobody acts: no time while a call is under way."""
        running = sa.select(StepRun.id).where(StepRun.state == "running").limit(1)
        times = (
            sa.select(sa.func.min(StepRun.due_at)).where(StepRun.state == "due"),
            sa.select(sa.func.min(StepRun.deadline_at)).where(StepRun.state == "waiting"),
            sa.select(sa.func.min(Approval.deadline_at)).where(Approval.state == "pending"),
        )
        with self.state.reading() as session:
            if session.scalar(running) is not None:
                return dt.timedelta()
            ends = [at for one in times if isinstance(at := session.scalar(one), dt.datetime)]
        return max(min(ends) - self.clock.now(), dt.timedelta(seconds=1))

    def _pause(self) -> dt.timedelta:
        """Return how long nothing happens, at least a second."""
        due = sa.select(sa.func.min(StepRun.due_at)).where(
            StepRun.state == "due", StepRun.purpose == "do"
        )
        with self.state.reading() as session:
            at = session.scalar(due)
        wait = (at - self.clock.now()) if isinstance(at, dt.datetime) else dt.timedelta()
        return max(wait, dt.timedelta(seconds=1))
