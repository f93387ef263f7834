"""The spool of one sensor: an `Outlet` for its inputs, a queue for delivery."""

import contextlib
import datetime as dt
import errno
import fcntl
import os
import pathlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from sensors.record import Record
from sensors.spool.budget import Verdict, verdict
from sensors.spool.cursor import (
    RESERVE,
    RESERVE_OCTETS,
    Ledger,
    Position,
    keep_ledger,
    keep_reserve,
    read_ledger,
)
from sensors.spool.disk import Disk, LocalDisk, sync_folder
from sensors.spool.layout import Entry, written_rows
from sensors.spool.reader import Reader, Taken
from sensors.spool.recovery import Remains, recover
from sensors.spool.segment import segment_path
from sensors.spool.state import SpoolState
from sensors.spool.writer import Origin, Writer
from situation.clock import Clock
from situation.faults import Conflict, Misconfigured, Unavailable
from situation.settings import SpoolSettings

CURSOR_SECONDS = 1.0
SEGMENTS_OF_A_BUDGET = 8
ACKNOWLEDGED = "acknowledged"

_MILLISECOND = dt.timedelta(milliseconds=1)
_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Spool:
    """A folder of segments; any thread may put, one takes and acknowledges.

    One process at a time holds a spool; a second one gets `Conflict`. Rows are taken in the order
    in which they were put, at least once: what was not acknowledged durably comes again.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        sensor: str,
        clock: Clock,
        settings: SpoolSettings,
        disk: Disk | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.sensor = sensor
        self._disk = disk or LocalDisk()
        self._clock = clock
        self._settings = settings
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._held = _hold(folder)
        with contextlib.ExitStack() as failing:
            failing.callback(os.close, self._held)
            self._open()
            failing.pop_all()

    def _open(self) -> None:
        try:
            remains = recover(self._disk, self.folder)
            ledger = read_ledger(self._disk, self.folder)
            if ledger is None:
                ledger = self._first_ledger(remains)
                keep_ledger(self._disk, self.folder, ledger)
        except OSError as error:
            raise Unavailable(error.strerror or str(error), where=str(self.folder)) from error
        is_cut = remains.sequence < ledger.durable
        remains.sequence = max(remains.sequence, ledger.position.sequence, ledger.durable)
        self._ledger, self._shed = ledger, Counter(ledger.shed)
        self._origin = Origin(self.sensor, ledger.epoch)
        self._writer = Writer(self._disk, self.folder, self._origin, remains, self._monotonic)
        # A newest segment stays even when all of it is settled: it must be a small part of all.
        self._writer.most_octets = self._budget_octets // SEGMENTS_OF_A_BUDGET
        self._reader = Reader(self._disk, self.folder, self._writer, ledger.position)
        self._reader.cut_at = remains.sequence if is_cut else None
        self._outstanding: deque[tuple[int, int]] = deque()
        self._first_pending: float | None = None
        self._kept_at, self._is_kept, self._trouble = self._monotonic(), True, ""
        self._is_full = False
        # Opened on a full disk it can still be drained.
        self._keep()

    def _first_ledger(self, remains: Remains) -> Ledger:
        # Without a cursor all there is comes again; what went before had been acknowledged.
        epoch = self._milliseconds() if remains.epoch is None else remains.epoch
        return Ledger(epoch, Position(0, 0, remains.first), {ACKNOWLEDGED: remains.first})

    def put(self, record: Record) -> None:
        """Take a record; durable after the next `sync`, shed or refused where there is no room.

        An empty place forgets its source. Raises `Unavailable` as `Outlet` says.
        """
        if not self._admitted(record):
            return
        entry = Entry(
            sequence=0,
            rows=record.frame.height,
            milliseconds=self._milliseconds(),
            priority=record.priority,
            dataset=record.dataset,
            name=record.name,
            places=record.places,
            payload=written_rows(record.frame),
        )
        with self._lock:
            if self._is_full:
                raise Unavailable(self._trouble, where=str(self.folder))
            self._writer.append(entry)
            if self._first_pending is None:
                self._first_pending = self._monotonic()
            self._sync_if_due()

    def sync(self) -> None:
        """Return when all that was put before is durable; raise `Unavailable` if it cannot be."""
        with self._lock:
            self._sync()

    def place(self, source: str) -> str | None:
        """Return how far `source` has been read, durably; None for a source never seen."""
        with self._lock:
            return self._writer.durable_places.get(source)

    def take(self, rows: int, octets: int) -> list[Taken]:
        """Return the next records, about `rows` or `octets` of payload of them; [] for none.

        What was taken does not come again until the spool is opened anew.
        """
        with self._lock:
            self._sync_if_due()
        oldest = self._milliseconds() - self._settings.oldest_hours * 3_600_000
        taken: list[Taken] = []
        while rows > 0 and octets > 0:
            found = self._reader.read(oldest)
            if found is None:
                break
            taken.append(found)
            rows, octets = rows - found.frame.height, octets - found.octets
            self._outstanding.append((found.end.sequence, found.milliseconds))
        if not taken:
            self._settle_idle()
        return taken

    def acknowledge(self, position: Position, tally: Mapping[str, int]) -> None:
        """Settle all rows before `position`; `tally` says what became of them.

        The cursor becomes durable at most once a second, then whole segments before it go.
        """
        lost: Counter[str] = Counter()
        while self._reader.losses and self._reader.losses[0].sequence <= position.sequence:
            loss = self._reader.losses.popleft()
            lost[loss.reason] += loss.rows
        while self._outstanding and self._outstanding[0][0] <= position.sequence:
            self._outstanding.popleft()
        rows = position.sequence - self._ledger.position.sequence - lost.total()
        self._ledger = self._ledger.moved(position, lost + Counter({ACKNOWLEDGED: rows}), tally)
        self._is_kept = False
        self._keep_if_due()

    def batch_name(self, first: int, last: int) -> str:
        """Return the name of the rows `first` to `last`, the same whenever they are read."""
        return f"{self._origin.sensor}-{self._origin.epoch:x}-{first}-{last}"

    def state(self) -> SpoolState:
        """Return what the spool holds and what became of all that was put."""
        ledger, writer = self._ledger, self._writer
        # Read once: others put meanwhile, and the sums have to reconcile.
        sequence, shed = writer.sequence, dict(self._shed)
        return SpoolState(
            put=sequence + sum(shed.values()),
            waiting=sequence - ledger.position.sequence,
            settled=ledger.settled,
            shed=shed,
            tally=ledger.tally,
            octets=self._waiting_octets(),
            budget_octets=self._budget_octets,
            oldest=self._oldest(),
            trouble=writer.trouble or self._trouble,
        )

    def close(self) -> None:
        """Make everything durable if the disk allows it, and let others have the folder."""
        with contextlib.suppress(Unavailable):
            self.sync()
        self._keep()
        self._writer.close()
        self._reader.close()
        os.close(self._held)

    @property
    def _budget_octets(self) -> int:
        return self._settings.budget_mib * 2**20

    def _oldest(self) -> dt.datetime | None:
        try:
            return _time(self._outstanding[0][1])
        except IndexError:
            return None

    def _waiting_octets(self) -> int:
        position, sizes = self._ledger.position, self._writer.sizes.copy()
        waiting = sum(size for number, size in sizes.items() if number >= position.segment)
        return waiting - (position.offset if position.segment in sizes else 0)

    def _admitted(self, record: Record) -> bool:
        match verdict(record.priority, self._waiting_octets() / self._budget_octets):
            case Verdict.REFUSE:
                raise Unavailable("the spool is full", where=str(self.folder))
            case Verdict.SHED:
                with self._lock:
                    self._shed[record.priority.name.lower()] += record.frame.height
                    self._is_kept = False
                return False
        return True

    def _sync(self) -> None:
        self._writer.sync()
        self._first_pending = None

    def _sync_if_due(self) -> None:
        if self._first_pending is None:
            return
        waited = (self._monotonic() - self._first_pending) * 1000
        many = self._writer.pending_rows >= self._settings.sync_events
        if many or waited >= self._settings.sync_milliseconds:
            # What was taken stays taken; the trouble is noted, and the next `sync` tells of it.
            with contextlib.suppress(Unavailable):
                self._sync()

    def _settle_idle(self) -> None:
        reader, settled = self._reader, self._ledger.position
        lost = sum(loss.rows for loss in reader.losses)
        has_moved = lost or reader.position.segment > settled.segment
        if has_moved and settled.sequence + lost == reader.position.sequence:
            self.acknowledge(reader.position, {})
        elif not self._is_kept or self._is_stuck() or self._has_grown():
            self._keep_if_due()

    def _has_grown(self) -> bool:
        """Tell whether the cursor does not know of all that is durable."""
        return self._writer.durable_sequence > self._ledger.durable

    def _is_stuck(self) -> bool:
        """Tell whether the disk is full of a newest segment of which nothing waits any more."""
        sizes, writer = self._writer.sizes.copy(), self._writer
        if self._ledger.position.sequence != writer.sequence:
            return False
        newest_octets = sizes.get(max(sizes, default=0), 0)
        return (self._is_full or bool(writer.trouble)) and newest_octets > RESERVE_OCTETS

    def _renew(self) -> None:
        # The reserve makes room for the beginning of a segment, as it does for the cursor.
        self._disk.unlink(self.folder / RESERVE)
        self._writer.renew()

    def _keep_if_due(self) -> None:
        if self._monotonic() - self._kept_at >= CURSOR_SECONDS:
            self._keep()

    def _keep(self) -> None:
        """Make the cursor durable, then unlink what lies before it; a failure is repeated."""
        # No record may take the room of the reserve while the cursor or a segment needs it.
        with self._lock:
            self._kept_at = self._monotonic()
            is_kept, self._is_kept = self._is_kept, True
            try:
                if not is_kept or self._has_grown():
                    durable = self._writer.durable_sequence
                    ledger = replace(self._ledger, shed=dict(self._shed), durable=durable)
                    keep_ledger(self._disk, self.folder, ledger)
                    self._ledger = ledger
                if self._is_stuck():
                    self._renew()
                self._unlink_settled(self._ledger.position.segment)
                keep_reserve(self._disk, self.folder)
                self._trouble, self._is_full = "", False
            except OSError as error:
                self._is_kept, self._is_full = False, error.errno == errno.ENOSPC
                self._trouble = error.strerror or str(error)

    def _unlink_settled(self, before: int) -> None:
        # The newest one stays: the places are in it.
        newest = max(self._writer.sizes.copy(), default=0)
        for number in [one for one in self._writer.sizes.copy() if one < min(before, newest)]:
            self._disk.unlink(segment_path(self.folder, number))
            del self._writer.sizes[number]

    def _milliseconds(self) -> int:
        return (self._clock.now() - _START) // _MILLISECOND


def _hold(folder: pathlib.Path) -> int:
    try:
        _make(folder)
        held = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o640)
    except OSError as error:
        raise Misconfigured(error.strerror or str(error), where=str(folder)) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise Conflict("another process holds this spool", where=str(folder)) from error
    return held


def _make(folder: pathlib.Path) -> None:
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in made:
        sync_folder(path.parent)


def _time(milliseconds: int) -> dt.datetime:
    return _START + milliseconds * _MILLISECOND
