"""The schedule: what ten minutes of the jobs write, and how fast slots are laid and worked."""

import datetime as dt
import pathlib
import tempfile
import time

import sqlalchemy as sa

from playbooks.plan import load_plan
from playbooks.schedule.clock import Keeper
from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import Every
from playbooks.schedule.working import work_due
from situation.clock import SetClock
from situation.state.store import StateStore, open_state_store
from situation.state.tables import AuditLine, JobSlot
from soc_api.jobs.catalogue import JOBS

NOW = dt.datetime(2026, 3, 3, 4, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
SPAN_SECONDS = 600
TRIES = 3
SLOTS = 200
PLAN = load_plan()
TICKS = tuple(
    JobRow(
        name=f"tick-{n:02d}", zh="滴答", en="Tick", timing=Every(1), rule="catch_up", audited=False
    )
    for n in range(20)
)


def _span(folder: pathlib.Path) -> str:
    """Return what ten ordinary minutes of the jobs write, without what they do themselves."""
    url = f"sqlite:///{folder}/span.db"
    state, clock, commits = open_state_store(url), SetClock(NOW), [0]

    def count(_: object) -> None:
        commits[0] += 1

    keeper = Keeper(state, JOBS, PLAN, clock, "clock")
    keeper.turn()
    # Reading ends by a rollback, so that each commit is a write.
    sa.event.listen(state.engine, "commit", count)
    for _ in range(SPAN_SECONDS):
        clock.advance(SECOND)
        keeper.turn()
        work_due(state, JOBS, clock, owner="worker", do=lambda _: {"found": 0})
    with state.reading() as session:
        slots = session.query(JobSlot).count()
        lines = session.query(AuditLine).count()
    state.close()
    return f"{commits[0]} transactions, {slots} slots and {lines} audit lines in ten minutes"


def _rates(folder: pathlib.Path, number: int) -> tuple[float, float]:
    """Return slots laid and slots worked a second."""
    state = open_state_store(f"sqlite:///{folder}/rates-{number}.db")
    clock = SetClock(NOW)
    keeper = Keeper(state, TICKS, PLAN, clock, "clock")
    keeper.turn()
    clock.advance(10 * SECOND)
    began = time.perf_counter()
    laid = keeper.turn()
    between = time.perf_counter()
    done = _all_done(state, clock)
    ended = time.perf_counter()
    state.close()
    if (laid, done) != (SLOTS, SLOTS):
        raise SystemExit(f"schedule: {laid} laid, {done} done of {SLOTS}")
    return laid / (between - began), done / (ended - between)


def _all_done(state: StateStore, clock: SetClock) -> int:
    done = 0
    while worked := work_due(state, TICKS, clock, owner="worker", do=lambda _: {}).done:
        done += worked
    return done


def run() -> None:
    """Print the write load of ten minutes and the best of three rates."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print(f"schedule: {_span(folder)}")
        rates = [_rates(folder, number) for number in range(TRIES)]
        laid, done = max(rate for rate, _ in rates), max(rate for _, rate in rates)
    print(f"schedule: {laid:,.0f} slots laid and {done:,.0f} slots worked a second (SQLite)")


if __name__ == "__main__":
    run()
