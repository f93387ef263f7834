"""A worker of the jobs killed at each step: the next one takes up its slot at once."""

import datetime as dt
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.clock import SystemClock
from situation.state.store import StateStore
from situation.state.tables import Job, JobSlot
from tests.faults.mortal_clock import JOBS
from tests.faults.site import soak

KILLS = soak(12, 500)
"""Each step of two slots once, or many times."""
PROJECT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def program(either_state: StateStore, tmp_path: pathlib.Path) -> Iterator["subprocess.Popen[str]"]:
    (tmp_path / "told").mkdir()
    url = either_state.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.mortal_worker", url, str(tmp_path / "told")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as running:
        yield running
        assert running.stdin is not None
        running.stdin.close()


def _ended(program: "subprocess.Popen[str]", step: int) -> int:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{step}\n")
    program.stdin.flush()
    return int(program.stdout.readline())


def _lay(state: StateStore, number: int) -> None:
    now = SystemClock().now()
    slot = now - dt.timedelta(days=1) + dt.timedelta(seconds=number)
    with state.transaction() as session:
        for job in JOBS[:2]:
            if session.get(Job, job.name) is None:
                session.add(Job(name=job.name, laid_until=now, pause_reason=""))
            row = JobSlot(job=job.name, slot=slot, asked_by="clock", laid_at=now, next_try_at=now)
            row.outcome = {}
            session.add(row)


def test_a_worker_killed_at_any_step_leaves_each_slot_done_and_told_once(
    program: "subprocess.Popen[str]", either_state: StateStore, tmp_path: pathlib.Path
) -> None:
    kills = laid = step = 0
    while kills < KILLS:
        step, laid = step + 1, laid + 1
        _lay(either_state, laid)
        if _ended(program, step) == 0:
            # It has come to the end of its work before that step: from the first one again.
            step = 0
            continue
        kills += 1
        # Its slot is done now, not when its lease is out.
        assert _ended(program, 0) == 0
        assert _states(either_state) == {"done"}
    told = list((tmp_path / "told").iterdir())
    assert len(told) == 2 * laid
    # One that died between telling and recording tells again, under the same key.
    assert max(len(one.read_text().splitlines()) for one in told) == 2


def _states(state: StateStore) -> set[str]:
    with state.reading() as session:
        return set(session.scalars(sa.select(JobSlot.state)))
