"""Scans: the targets with their times and last runs, the runs with how far they are."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import JobLine, listing
from situation.scan_settings import ScanTargetSettings
from situation.settings import without_password
from situation.state.tables import ScanRun
from soc_api.jobs.catalogue import SCAN_PREFIX
from soc_api.scan.run.asking import CLOCK, OPEN
from soc_api.scan.run.hours import may_read, opens_at
from soc_api.scan.run.progress import ScanProgress, progress_of
from soc_api.web.query.data.naming import UNREADABLE
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.job import timing_text
from soc_api.web.term import named
from soc_api.web.text import Text

RUNS_SHOWN = 50
GLYPHS: Mapping[str, str] = {
    "running": "run",
    "resting": "wait",
    "done": "done",
    "failed": "late",
    "stopped": "done",
}
"""How the state of a run is drawn; a ring where nothing is named."""

READ_ERROR = "unreadable "
"""What the count of an unreadable resource begins with, before the reason."""
_COUNTS: dict[str, Text] = {
    "read": Text("已读取", "read"),
    "reused": Text("内容未变，沿用结果", "the same content, reused"),
    "gone": Text("已不在", "gone"),
    "findings opened": Text("新发现", "new findings"),
    "findings reopened": Text("再次出现", "found again"),
    "findings kept": Text("仍在的发现", "findings still there"),
    "findings closed": Text("已消除的发现", "findings put right"),
    "findings returned": Text("复扫退回", "given back"),
    "source away": Text("目标不可达", "times that it was away"),
}
"""What a run counted, in the order in which people see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run with how far it is. `rests_until` is when it may read again, where it may not now."""

    row: ScanRun
    progress: ScanProgress
    by: str
    rests_until: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet."""
        return self.row.state in OPEN

    @property
    def by_clock(self) -> bool:
        """Whether the schedule asked for it."""
        return self.row.asked_by == CLOCK

    @property
    def glyph(self) -> str:
        """How its state is drawn."""
        return GLYPHS.get(self.row.state, "open")

    @property
    def percent(self) -> int:
        """The share that is done, 0 to 100."""
        return round(100 * (self.progress.share or 0))

    @property
    def opened(self) -> int:
        """Findings that it opened, those that were closed before among them."""
        return count_of(self.row, "findings opened") + count_of(self.row, "findings reopened")

    @property
    def unreadable(self) -> list[tuple[Text, int]]:
        """What could not be read, by reason, the most frequent first."""
        reasons = [
            (named(UNREADABLE, key.removeprefix(READ_ERROR)), count_of(self.row, key))
            for key in self.row.counts
            if key.startswith(READ_ERROR)
        ]
        return sorted(reasons, key=lambda pair: -pair[1])

    @property
    def counts(self) -> list[tuple[Text, int]]:
        """Everything else that it counted."""
        counted = [(name, count_of(self.row, key)) for key, name in _COUNTS.items()]
        return [pair for pair in counted if pair[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """A target of the settings: when it is scanned next, its open run and its last one."""

    name: str
    settings: ScanTargetSettings
    timing: Text | None
    job: JobLine | None
    open_run: RunLine | None
    last_run: RunLine | None
    closed_until: dt.datetime | None
    """When it may read again, where its hours are not now."""

    @property
    def location(self) -> str:
        """Path or URL without a password."""
        return without_password(self.settings.url)


def target_lines(
    session: Session,
    targets: Mapping[str, ScanTargetSettings],
    jobs: Sequence[JobRow],
    plan: Plan,
    now: dt.datetime,
) -> list[TargetLine]:
    """Return the targets of the settings in the order of their names."""
    rows = {job.name: job for job in jobs if job.name.startswith(SCAN_PREFIX)}
    lines = {line.job.name: line for line in listing(session, rows.values(), plan, now)}
    newest = _newest(session, targets)
    return [
        TargetLine(
            name=name,
            settings=target,
            timing=timing_text(rows[job]) if (job := f"{SCAN_PREFIX}{name}") in rows else None,
            job=lines.get(job),
            open_run=_one(newest.get((name, True)), targets, now),
            last_run=_one(newest.get((name, False)), targets, now),
            closed_until=_closed_until(target, now),
        )
        for name, target in sorted(targets.items())
    ]


def run_lines(
    session: Session,
    targets: Mapping[str, ScanTargetSettings],
    now: dt.datetime,
    *,
    target: str = "",
) -> list[RunLine]:
    """Return the last runs, of one target or of all, the newest first."""
    query = sa.select(ScanRun).order_by(ScanRun.asked_at.desc(), ScanRun.id).limit(RUNS_SHOWN)
    if target:
        query = query.where(ScanRun.target == target)
    return _lines(session, session.scalars(query).all(), targets, now)


def run_line(
    session: Session, targets: Mapping[str, ScanTargetSettings], run_id: str, now: dt.datetime
) -> RunLine | None:
    """Return one run; None where there is none."""
    row = session.get(ScanRun, run_id)
    return _lines(session, [row], targets, now)[0] if row else None


def count_of(row: ScanRun, key: str) -> int:
    """Return one count of a run."""
    value = row.counts.get(key, 0)
    return value if isinstance(value, int) else 0


def _newest(
    session: Session, targets: Mapping[str, ScanTargetSettings]
) -> dict[tuple[str, bool], ScanRun]:
    """Return the newest run of each target that is open (True), and that is over (False)."""
    is_open = ScanRun.state.in_(OPEN)
    ranked = (
        sa.select(
            ScanRun.id,
            sa.func.row_number()
            .over(
                partition_by=(ScanRun.target, sa.case((is_open, 1), else_=0)),
                order_by=ScanRun.asked_at.desc(),
            )
            .label("rank"),
        )
        .where(ScanRun.target.in_(targets))
        .subquery()
    )
    query = sa.select(ScanRun).join(ranked, ranked.c.id == ScanRun.id).where(ranked.c.rank == 1)
    return {(row.target, row.state in OPEN): row for row in session.scalars(query)}


def _lines(
    session: Session,
    rows: Iterable[ScanRun],
    targets: Mapping[str, ScanTargetSettings],
    now: dt.datetime,
) -> list[RunLine]:
    listed = list(rows)
    people = names_of(session, {row.asked_by for row in listed})
    return [_line(row, people[row.asked_by], targets, now) for row in listed]


def _one(
    row: ScanRun | None, targets: Mapping[str, ScanTargetSettings], now: dt.datetime
) -> RunLine | None:
    return _line(row, row.asked_by, targets, now) if row else None


def _line(
    row: ScanRun, by: str, targets: Mapping[str, ScanTargetSettings], now: dt.datetime
) -> RunLine:
    target = targets.get(row.target)
    resting = row.state == "resting" and target is not None
    return RunLine(
        row=row,
        progress=progress_of(row, now),
        by=by,
        rests_until=_closed_until(target, now) if resting and target else None,
    )


def _closed_until(target: ScanTargetSettings, now: dt.datetime) -> dt.datetime | None:
    return None if may_read(target.hours, now) else opens_at(target.hours, now)
