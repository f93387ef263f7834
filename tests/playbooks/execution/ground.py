"""The ground that runs of the tests stand on: a house, its engine, its clock and its people."""

import datetime as dt
import itertools
import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from playbooks.action.means import Means
from playbooks.cacao.playbook import Playbook
from playbooks.execution import approval, voting
from playbooks.execution.cause import Cause, cause_of_nothing
from playbooks.execution.engine import Engine, Turned
from playbooks.execution.house import House
from playbooks.execution.starting import start_run
from playbooks.person import Person
from situation.clock import SetClock
from situation.events.opening import open_event_store
from situation.state.store import StateStore
from situation.state.tables import Approval, Incident, PlaybookRun, PlaybookVersion, StepRun
from tests.playbooks.execution.deeds import ACTIONS
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import ASSETS, NOW

STARTER = Person("chen", "analyst")
LEAD = Person("wang", "duty_lead")
SECOND = Person("zhao", "duty_lead")
ADMIN = Person("admin", "administrator")
KEYS = itertools.count()

SECOND_LONG = dt.timedelta(seconds=1)
ENOUGH = dt.timedelta(minutes=2)
"""Longer than any wait between two tries."""


class NoSlices:
    """Keeps no packets: the tests of the engine have no captures."""

    def alerts_of(self, incident_id: str, drill_id: str | None) -> Sequence[str]:  # noqa: ARG002 - as the protocol says
        return ()

    def keep(self, alert_ids: Sequence[str], drill_id: str | None) -> Mapping[str, str]:  # noqa: ARG002 - as the protocol says
        """Return nothing."""
        return {}


def means_of(folder: pathlib.Path) -> Means:
    """Return the ways out, with an event store of its own."""
    return Means(events=open_event_store(str(folder / "events")), slices=NoSlices())


def house_of(*books: Playbook) -> House:
    """Return a house with the actions of the tests, which knows some playbooks already."""
    read = {book.digest: book for book in books}
    return House(plan=PLAN, assets=ASSETS, actions=ACTIONS, read=read)


def version_of(book: Playbook, now: dt.datetime = NOW) -> PlaybookVersion:
    """Return the row of a published playbook."""
    return PlaybookVersion(
        playbook_id=book.id,
        number=1,
        key=book.key,
        name_zh=book.name.zh,
        name_en=book.name.en,
        document=book.document,
        sha256=book.digest,
        state="published",
        written_by="lin",
        written_at=now,
    )


@dataclass(slots=True)
class Ground:
    """A house with its engine. The clock is moved by hand."""

    state: StateStore
    folder: pathlib.Path
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    house: House = field(default_factory=house_of)
    engines: dict[str, Engine] = field(default_factory=dict)

    def engine(self, owner: str = "one", threads: int = 4) -> Engine:
        """Return the engine of a name."""
        if owner not in self.engines:
            means = means_of(self.folder)
            made = Engine(self.state, self.house, means, self.clock, owner=owner, threads=threads)
            self.engines[owner] = made
        return self.engines[owner]

    def close(self) -> None:
        """Close the engines."""
        for one in self.engines.values():
            one.close()

    def publish(self, *books: Playbook) -> None:
        """Publish playbooks."""
        self.house.read.update({book.digest: book for book in books})
        with self.state.transaction() as session:
            session.add_all(version_of(book) for book in books)

    def start(
        self,
        book: Playbook,
        *,
        cause: Cause | None = None,
        variables: Mapping[str, str] | None = None,
        by: Person = STARTER,
        key: str = "",
    ) -> PlaybookRun:
        """Start a run, publishing its playbook first if it is not; nothing has a turn yet."""
        wanted = sa.select(PlaybookVersion).where(PlaybookVersion.sha256 == book.digest)
        with self.state.reading() as session:
            is_known = session.scalar(wanted) is not None
        if not is_known:
            self.publish(book)
        with self.state.transaction() as session:
            run = start_run(
                session,
                self.house,
                version=session.scalars(wanted).one(),
                trigger="hand",
                trigger_key=key or f"hand:{next(KEYS)}",
                cause=cause or cause_of_nothing(),
                variables=variables or {},
                by=by,
                now=self.clock.now(),
            )
        assert run is not None
        return run

    def turn(self, owner: str = "one") -> Turned:
        """Let an engine have a turn."""
        return self.engine(owner).turn()

    def later(self, by: dt.timedelta) -> Turned:
        """Move the clock and let the engine have a turn."""
        self.clock.advance(by)
        return self.turn()

    def settle(self, turns: int = 40) -> None:
        """Let time pass until nothing is left for the engine to do."""
        for _ in range(turns):
            self.later(ENOUGH)
            with self.state.reading() as session:
                moving = StepRun.state.in_(("due", "running"))
                soon = StepRun.due_at < self.clock.now() + dt.timedelta(hours=1)
                if session.scalar(sa.select(StepRun.id).where(moving, soon).limit(1)) is None:
                    return
        raise AssertionError("the engine does not come to an end")

    def run(self, run: PlaybookRun | str) -> PlaybookRun:
        """Return a run as it is now."""
        with self.state.reading() as session:
            return session.get_one(PlaybookRun, run if isinstance(run, str) else run.id)

    def steps(self, run: PlaybookRun, name: str = "", purpose: str = "do") -> list[StepRun]:
        """Return the steps of a run in the order in which they were opened."""
        wanted = sa.select(StepRun).where(StepRun.run_id == run.id, StepRun.purpose == purpose)
        with self.state.reading() as session:
            rows = session.scalars(wanted.order_by(StepRun.opened_at, StepRun.id)).all()
        return [row for row in rows if row.step_id.startswith(f"{name}--") or not name]

    def step(self, run: PlaybookRun, name: str, purpose: str = "do") -> StepRun:
        """Return the one step of a name."""
        (row,) = self.steps(run, name, purpose)
        return row

    def variable(self, run: PlaybookRun, name: str) -> object:
        """Return the value of a variable as it is now."""
        said = self.run(run).variables[f"__{name}__"]
        assert isinstance(said, dict)
        return said["value"]

    def pending(self, run: PlaybookRun) -> list[Approval]:
        """Return what people are asked now."""
        wanted = sa.select(Approval).where(
            Approval.run_id == run.id, Approval.state == approval.PENDING
        )
        with self.state.reading() as session:
            return list(session.scalars(wanted.order_by(Approval.id)))

    def vote(self, asked: Approval, *, approve: bool = True, by: Person = LEAD) -> None:
        """Let a person say what they think."""
        with self.state.transaction() as session:
            voting.vote(
                session,
                asked.id,
                approve=approve,
                remark="" if approve else "不同意",
                sha256=asked.action_sha256,
                by=by,
                now=self.clock.now(),
            )

    def agree(self, run: PlaybookRun) -> None:
        """Let as many people agree as are asked."""
        for asked in self.pending(run):
            for person in (LEAD, SECOND, ADMIN)[: asked.quorum]:
                self.vote(asked, by=person)

    def about(self, incident: Incident) -> Cause:
        """Return a cause with nothing but its incident."""
        return Cause(
            object_kind="incident",
            object_id=incident.id,
            incident_id=incident.id,
            drill_id=incident.drill_id,
        )
