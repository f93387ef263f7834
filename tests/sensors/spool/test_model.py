"""Any order of putting, reading, acknowledging, dying and opening again, beside a list."""

import pathlib
import tempfile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sensors.spool import writer
from sensors.spool.reader import Taken
from situation.faults import Unavailable
from tests.sensors.spool.building import Stopwatch, abandon, ids, opened, reconciles, record, seeded
from tests.sensors.spool.faulty import BROKEN, FULL, FaultyDisk

SMALL = 3000
FAILURES = (
    {"write": FULL},
    {"write": FULL, "create": FULL},
    {"sync": BROKEN},
    {"sync": BROKEN, "cut": BROKEN},
    {"create": FULL},
    {"replace": FULL},
)


class SpoolBesideList(RuleBasedStateMachine):
    """`rows` is what the spool accepted, in order; `safe` how much of it was made durable."""

    def __init__(self) -> None:
        super().__init__()
        self.held = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.held.name)
        self.disk, self.watch = FaultyDisk(), Stopwatch()
        self.rows: list[int] = []
        self.safe = self.settled = self.read = self.last = 0
        self.taken: list[Taken] = []
        self.spool = opened(self.folder, self.disk, watch=self.watch)

    @rule(count=st.integers(1, 4))
    def put(self, count: int) -> None:
        first = self.last
        self.last += count
        try:
            self.spool.put(record(first, count, places={"source": str(self.last)}))
        except Unavailable:
            return
        self.rows += range(first, self.last)

    @rule()
    def sync(self) -> None:
        try:
            self.spool.sync()
        except Unavailable:
            return
        self.safe = len(self.rows)

    @rule(limit=st.integers(1, 9))
    def take(self, limit: int) -> None:
        for one in self.spool.take(limit, 2**20):
            assert one.sequence == self.read
            assert ids([one]) == self.rows[self.read : self.read + one.frame.height]
            self.read += one.frame.height
            self.taken.append(one)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        one = self.taken.pop(0)
        row = data.draw(st.integers(1, one.frame.height))
        if row < one.frame.height:
            self.taken.insert(0, one)
        if one.sequence + row > self.settled:
            self.settled = one.sequence + row
            self.spool.acknowledge(one.position_at(row), {"stored": 1})

    @rule(seconds=st.sampled_from([0.3, 1.5, 6.0]))
    def wait(self, seconds: float) -> None:
        self.watch.seconds += seconds

    @rule(failing=st.sampled_from(FAILURES))
    def fail(self, failing: dict[str, int]) -> None:
        self.disk.failing = dict(failing)

    @rule()
    def mend(self) -> None:
        self.disk.failing = {}

    @rule()
    def close_and_open(self) -> None:
        self.disk.failing = {}
        self.watch.seconds += 6.0
        self.spool.close()
        self.safe = len(self.rows)
        self._open()
        assert self.spool.state().waiting == len(self.rows) - self.settled

    @rule()
    def die_and_open(self) -> None:
        abandon(self.spool)
        self.disk.failing = {}
        self._open()

    @rule(seed=st.integers(0, 2**16))
    def lose_power_and_open(self, seed: int) -> None:
        abandon(self.spool)
        self.disk.cut_power(seeded(seed))
        self._open()

    def _open(self) -> None:
        self.spool = opened(self.folder, self.disk, watch=self.watch)
        state = self.spool.state()
        # Whole records that were not synced may have lasted, but only the first of them.
        assert self.safe <= state.put <= len(self.rows)
        del self.rows[state.put :]
        self.safe = len(self.rows)
        assert state.put - state.waiting <= self.settled
        self.settled = self.read = state.put - state.waiting
        self.taken = []
        place = self.spool.place("source")
        assert place is None or int(place) >= (self.rows[-1] + 1 if self.rows else 0)

    @invariant()
    def sums_reconcile(self) -> None:
        assert reconciles(self.spool)
        assert self.spool.state().put == len(self.rows)
        assert not {"damaged", "gap"} & set(self.spool.state().settled)

    def teardown(self) -> None:
        abandon(self.spool)
        self.held.cleanup()


def test_a_spool_does_what_a_list_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SEGMENT_OCTETS", SMALL)
    machine = SpoolBesideList.TestCase
    machine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
    machine("runTest").runTest()
