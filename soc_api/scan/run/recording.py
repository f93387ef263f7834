"""Recording what a walk yields: rows, violations and findings, with the run's own progress."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from detect.classified.violation import Neighbour, violations
from playbooks.finding.returning import finish
from playbooks.finding.settling import Ground, settle_all, settle_gone
from playbooks.finding.storing import known, record, resource_id
from playbooks.finding.verdict import verdict_of
from situation.content.resource import Resource
from situation.content.verdict import Verdict, Violation
from situation.state.tables import ScannedResource, ScanRun
from soc_api.scan.run.claiming import LEASE, mine
from soc_api.scan.run.ending import AWAY
from soc_api.scan.run.judging import Judged
from soc_api.scan.run.walking import Seen, Step

MOST_NEIGHBOURS = 500
"""Resources of a folder that one is compared with."""

SEEN_FOR_ONE = 50
"""Unchanged resources that are as little work to record as one that was judged."""

Show = Callable[[str, Verdict, Sequence[Violation]], None]
"""Is told of each resource that was judged."""


@dataclass(slots=True)
class Batch:
    """What a walk yielded since the last time that it was recorded."""

    seen: list[Resource] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Add what a walk yielded."""
        if isinstance(step, Seen):
            self.seen.append(step.resource)
        elif step is not None:
            self.judged.append(step)

    @property
    def size(self) -> int:
        """Return how many resources are in it."""
        return len(self.seen) + len(self.judged)

    @property
    def weight(self) -> float:
        """Return how much there is to record: of what is unchanged next to nothing."""
        return len(self.judged) + len(self.seen) / SEEN_FOR_ONE

    def paths(self) -> Iterator[str]:
        """Yield the paths of them."""
        yield from (one.path for one in self.seen)
        yield from (one.resource.path for one in self.judged)

    @property
    def last(self) -> str:
        """Return the last path of it, in the order of the walk."""
        seen_last = self.seen[-1].path if self.seen else ""
        return max(seen_last, self.judged[-1].resource.path if self.judged else "")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the run of one owner is recorded. `ruleset` is what its resources are kept under."""

    run_id: str
    owner: str
    target: str
    department: str
    ruleset: str
    ground: Ground
    stamp: Callable[[Judged], str]
    show: Show

    def keep(self, session: Session, batch: Batch, now: dt.datetime) -> ScanRun:
        """Record a batch and the progress of the run; return the run.

        Raises `Conflict` where another scanner has taken the run over: nothing is recorded then.
        """
        run = mine(session, self.run_id, self.owner)
        counts = Counter({key: int(str(n)) for key, n in run.counts.items()})
        counts.update(self._keep_judged(session, batch.judged, now))
        if batch.size:
            met = batch.paths()
            counts.update(self._close_gone(session, run.cursor, batch.last, met, now))
        # What is recorded was read: the source is there.
        counts.pop(AWAY, None)
        run.counts, run.error, run.ruleset = dict(counts), "", self.ruleset
        run.seen += batch.size
        run.untouched += len(batch.seen)
        run.octets += sum(one.verdict.octets for one in batch.judged if not one.reused)
        run.cursor = max(run.cursor, batch.last)
        run.lease_until = now + LEASE
        return run

    def _close_gone(
        self,
        session: Session,
        after: str,
        until: str | None,
        there: Iterable[str],
        now: dt.datetime,
    ) -> Mapping[str, int]:
        """Settle what is known between two paths and was not met there."""
        row = ScannedResource
        wanted = sa.select(row.id, row.path).where(
            row.target == self.target, row.gone_at.is_(None), row.path > after
        )
        if until is not None:
            wanted = wanted.where(row.path <= until)
        met = set(there)
        gone = [one.id for one in session.execute(wanted) if one.path not in met]
        if not gone:
            return {}
        closed = settle_gone(session, gone, run_id=self.run_id, now=now)
        return {"gone": len(gone), "findings closed": closed}

    def conclude(self, session: Session, run: ScanRun, now: dt.datetime) -> None:
        """Settle what lies behind the last path of a whole walk, and what it left untouched."""
        counts = Counter({key: int(str(n)) for key, n in run.counts.items()})
        counts.update(self._close_gone(session, run.cursor, None, (), now))
        given = finish(session, target=self.target, run_id=self.run_id, ground=self.ground, now=now)
        counts.update({"notices given back": given} if given else {})
        run.counts = dict(counts)

    def _keep_judged(
        self, session: Session, batch: Sequence[Judged], now: dt.datetime
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        if not batch:
            return counts
        # Held on to: a row that the session knows is not asked for again.
        there = known(session, [resource_id(self.target, one.resource.path) for one in batch])
        before = {row.path: verdict_of(row) for row in there.values() if row.gone_at is None}
        rows = [self._record(session, one, now) for one in batch]
        session.flush()
        broken = self._violations(session, zip(batch, rows, strict=True), before, now)
        settled = settle_all(session, broken, ground=self.ground, run_id=self.run_id, now=now)
        for one, (_, found) in zip(batch, broken, strict=True):
            counts.update(_counted(one))
            self.show(one.resource.path, one.verdict, found)
        counts.update({f"findings {key}": n for key, n in settled.counts().items() if n})
        return counts

    def _record(self, session: Session, one: Judged, now: dt.datetime) -> ScannedResource:
        return record(
            session,
            target=self.target,
            department=self.department,
            resource=replace(one.resource, stamp=self.stamp(one)),
            verdict=one.verdict,
            content_hash=one.content_hash,
            ruleset=self.ruleset,
            run_id=self.run_id,
            now=now,
            declared=one.declared,
        )

    def _violations(
        self,
        session: Session,
        pairs: Iterable[tuple[Judged, ScannedResource]],
        before: Mapping[str, Verdict],
        now: dt.datetime,
    ) -> list[tuple[ScannedResource, Sequence[Violation]]]:
        beside: dict[str, list[Neighbour]] = {}
        broken: list[tuple[ScannedResource, Sequence[Violation]]] = []
        for one, row in pairs:
            folder = one.resource.path.rsplit("/", 1)[0]
            if folder not in beside and (one.verdict.hits or one.verdict.columns):
                beside[folder] = neighbours(session, self.target, folder)
            found = violations(
                one.verdict,
                exposure=one.resource.exposure,
                declared=one.declared,
                previous=before.get(one.resource.path),
                neighbours=[
                    each for each in beside.get(folder, ()) if each.path != one.resource.path
                ],
                today=now.date(),
            )
            broken.append((row, found))
        return broken


def neighbours(session: Session, target: str, folder: str) -> list[Neighbour]:
    """Return what lies in the same folder and holds raw or masked values."""
    wanted = sa.select(ScannedResource).where(
        ScannedResource.target == target,
        ScannedResource.path.startswith(f"{folder}/", autoescape=True),
        ScannedResource.gone_at.is_(None),
        ScannedResource.classes != 0,
    )
    wanted = wanted.order_by(ScannedResource.path).limit(MOST_NEIGHBOURS)
    rows = [row for row in session.scalars(wanted) if "/" not in row.path[len(folder) + 1 :]]
    return [_neighbour(row) for row in rows]


def _neighbour(row: ScannedResource) -> Neighbour:
    verdict = verdict_of(row)
    return Neighbour(
        path=row.path,
        masked_kinds=frozenset(hit.kind for hit in verdict.hits if hit.masked),
        raw_kinds=frozenset(str(kind) for kind in row.kinds),
    )


def _counted(one: Judged) -> Iterable[str]:
    yield "reused" if one.reused else "read"
    yield from {f"unreadable {each.reason}" for each in one.verdict.unreadable}
