"""How many changes a second the state store takes: row, audit line and outbox message each."""

import datetime as dt
import multiprocessing
import pathlib
import statistics
import tempfile
import threading
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from situation.clock import SystemClock
from situation.state.anchor import Anchor
from situation.state.store import StateStore, audit, open_state_store, send
from situation.state.tables import Task
from tests import postgresql

RUNS, CHANGES = 3, 1200
WRITERS = ((1, 1), (1, 4), (2, 2))
"""Processes, and threads of each."""
BARS = {"sqlite": 500, "postgresql": 300}
P95_BAR = 50
LINES, LINES_AT_ONCE = 100_000, 5_000
VERIFY_BAR = 100_000


def run() -> None:
    """Change rows on SQLite (synchronous FULL) and PostgreSQL (fsync on), then walk the chain."""
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as folder:
        path = pathlib.Path(folder)
        _measure("sqlite", f"sqlite:///{path}/state.db", path / "sqlite.anchor")
        with postgresql.serving(fsync=True) as url:
            _measure("postgresql", url, path / "postgresql.anchor")


def _measure(name: str, url: str, anchor: pathlib.Path) -> None:
    _open(url, anchor).close()
    for processes, threads in WRITERS:
        rate, p95 = max(_changes(url, anchor, processes, threads) for _ in range(RUNS))
        print(
            f"{name}: {rate:,.0f} changes/s (bar {BARS[name]}), p95 {p95 * 1000:.1f} ms "
            f"(bar {P95_BAR}), {processes} x {threads} threads, best of {RUNS}"
        )
    state = _open(url, anchor)
    _fill(state)
    rate = max(_walk(state) for _ in range(RUNS))
    state.close()
    print(f"{name}: audit verify {rate:,.0f} lines/s (bar {VERIFY_BAR:,}), best of {RUNS}")


def _open(url: str, anchor: pathlib.Path) -> StateStore:
    return open_state_store(url, Anchor(anchor, SystemClock()))


def _changes(url: str, anchor: pathlib.Path, processes: int, threads: int) -> tuple[float, float]:
    """Return changes a second and the 95th percentile of their seconds."""
    each = CHANGES // (processes * threads)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawning) as pool:
        work = partial(_work, url, anchor, threads)
        list(pool.map(work, [1] * processes))
        done = list(pool.map(work, [each] * processes))
    began, ended = min(one[0] for one in done), max(one[1] for one in done)
    times = [seconds for one in done for seconds in one[2]]
    return len(times) / (ended - began), statistics.quantiles(times, n=20)[-1]


def _work(
    url: str, anchor: pathlib.Path, threads: int, each: int
) -> tuple[float, float, list[float]]:
    """Return begin and end by a clock that all processes share, and the seconds of each change."""
    state = _open(url, anchor)
    times: list[float] = []
    ids = [_add_task(state) for _ in range(threads)]
    changers = [threading.Thread(target=_change, args=(state, one, each, times)) for one in ids]
    began = time.monotonic()
    for changer in changers:
        changer.start()
    for changer in changers:
        changer.join()
    ended = time.monotonic()
    state.close()
    return began, ended, times


def _add_task(state: StateStore) -> str:
    now = SystemClock().now()
    task = Task(
        id=uuid.uuid4().hex,
        kind="report_rest",
        object_kind="incident",
        object_id="SJ-2026-0318-002",
        title_zh="补报其余事项",
        title_en="Report the rest",
        clause="",
        due_at=now + dt.timedelta(hours=1),
        state="open",
        opened_at=now,
    )
    with state.transaction() as session:
        session.add(task)
    return task.id


def _change(state: StateStore, task_id: str, count: int, times: list[float]) -> None:
    now = SystemClock().now()
    for number in range(count):
        began = time.perf_counter()
        with state.transaction() as session:
            task = session.get_one(Task, task_id)
            task.state = "done" if task.state == "open" else "open"
            audit(session, now, "chen", "task.change", kind="task", object_id=task_id, n=number)
            send(session, now, "task", task_id, {"state": task.state, "number": number})
        times.append(time.perf_counter() - began)


def _fill(state: StateStore) -> None:
    now = SystemClock().now()
    for first in range(0, LINES, LINES_AT_ONCE):
        with state.transaction() as session:
            for number in range(first, first + LINES_AT_ONCE):
                said = {"before": "issued", "after": "signed", "number": number}
                audit(
                    session, now, "刘", "notice.sign", kind="notice", object_id=str(number), **said
                )


def _walk(state: StateStore) -> float:
    began = time.perf_counter()
    proof = state.verify()
    if proof.breaches:
        raise SystemExit(f"the chain does not hold: {proof.breaches[0].reason}")
    return proof.lines / (time.perf_counter() - began)
