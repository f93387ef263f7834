"""The delivery loop: out of the spool into the store, until each row has its outcome."""

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from sensors.delivery.circuit import Circuit
from sensors.delivery.dead import DEAD, DeadLetters
from sensors.delivery.health import (
    DUPLICATES,
    REJECTED,
    STORED,
    DeliveryHealth,
    health_of,
    rejected_by_reason,
)
from sensors.delivery.parcel import OCTETS, ROWS, Parcel, packed
from sensors.delivery.redrive import take_up
from sensors.delivery.refusal import letters, refused_whole
from sensors.delivery.suspicion import SuspicionFile
from sensors.spool.reader import Taken
from sensors.spool.spool import Spool
from situation.clock import Clock
from situation.events.store import EventWriter, WriteResult
from situation.faults import Malformed, Misconfigured, Unavailable
from situation.settings import SpoolSettings

ATTEMPT = "attempt"
LINGER_SECONDS = 2.0
"""How long a few rows wait for more of them, so that they go as one batch."""
IDLE_SECONDS = 0.1
REASONS = 100
"""Reasons that refused rows are counted by; those of any further one are counted together."""
REASON_CHARACTERS = 200
FURTHER = "other reasons"
KILLED = "killed the worker that sent it, twice"


class Delivery:
    """Sends what a spool holds to a store; the only reader of the spool.

    A batch that the store cannot take now is kept and sent again, the same rows under the same
    name, for as long as it takes. What the store refuses for good becomes a dead letter.
    """

    def __init__(
        self,
        spool: Spool,
        store: EventWriter,
        clock: Clock,
        settings: SpoolSettings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.circuit = Circuit()
        self._spool = spool
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._dead = DeadLetters(spool.folder / DEAD, clock, settings)
        self._suspicion = SuspicionFile(spool.folder / ATTEMPT)
        self._queue: deque[Taken] = deque()
        self._sending: Parcel | None = None
        self._result: WriteResult | None = None
        self._alone_until = 0

    def run(self, stop: threading.Event, tell: Callable[[DeliveryHealth], None]) -> None:
        """Deliver until `stop` is set; `tell` the health about once a second."""
        told = self._monotonic()
        while not stop.is_set():
            if not self.step():
                stop.wait(IDLE_SECONDS)
            if self._monotonic() - told >= 1:
                told = self._monotonic()
                # Whatever hinders it now, the next second tries again.
                with contextlib.suppress(Unavailable, OSError):
                    take_up(self._dead, self._spool)
                tell(self.health())

    def drain(
        self, patience_seconds: float, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Deliver all that was put.

        Raises `Unavailable` when nothing went for `patience_seconds`, `Misconfigured` when only
        a person can help; the spool keeps what is left.
        """
        with contextlib.suppress(Unavailable):
            self._spool.sync()
        since = self._monotonic()
        while True:
            if self.step(linger=False):
                since = self._monotonic()
                continue
            if not self.circuit.failures:
                return
            if self.circuit.state == "stopped":
                raise Misconfigured(self.circuit.reason)
            if self._monotonic() - since >= patience_seconds:
                raise Unavailable(self.circuit.reason)
            sleep(min(self.circuit.wait_seconds(self._monotonic()), 1.0))

    def step(self, *, linger: bool = True) -> bool:
        """Send one batch if one is due; return whether the next one may follow at once."""
        self._fill()
        if self.circuit.wait_seconds(self._monotonic()) > 0:
            return False
        if self._sending is None and not self._pack(linger=linger):
            return False
        return self._send()

    def health(self) -> DeliveryHealth:
        """Return how it is now."""
        return health_of(self._spool, self._dead, self.circuit, self._clock.now())

    def close(self) -> None:
        """Release its files; the spool and the store are the caller's."""
        self._suspicion.close()

    def _fill(self) -> None:
        rows = ROWS - sum(one.frame.height for one in self._queue)
        octets = OCTETS - sum(one.octets for one in self._queue)
        self._queue += self._spool.take(rows, octets)

    def _pack(self, *, linger: bool) -> bool:
        if not self._queue or (linger and self._waits_for_more()):
            return False
        allowed = self._suspicion.held.allowed(self._queue[0].sequence)
        alone = self._queue[0].sequence < self._alone_until
        waiting = [self._queue[0]] if alone else list(self._queue)
        self._sending = packed(waiting, self._spool.batch_name, allowed)
        return True

    def _waits_for_more(self) -> bool:
        first = self._queue[0]
        if len({one.dataset for one in self._queue}) > 1:
            return False
        rows = sum(one.frame.height for one in self._queue)
        octets = sum(one.octets for one in self._queue)
        age = self._clock.now().timestamp() - first.milliseconds / 1000
        return rows < ROWS and octets < OCTETS and 0 <= age < LINGER_SECONDS

    def _send(self) -> bool:
        parcel = self._sending
        if parcel is None:
            return False
        try:
            if self._result is None:
                self._result = self._written(parcel)
            refused = self._result.rejected
            self._dead.bury(letters(parcel, refused, self._clock.now(), self.circuit.failures + 1))
        except Unavailable as fault:
            self._fail(fault.reason, fault.wait_seconds)
        except Misconfigured as fault:
            self.circuit = self.circuit.stopped(fault.reason, self._monotonic())
        except Malformed:
            self._sending = None
            return True
        except OSError as error:
            self._fail(f"dead letters cannot be written: {error.strerror}", 0.0)
        else:
            self._settle(parcel, self._result)
            return True
        return False

    def _written(self, parcel: Parcel) -> WriteResult:
        if self._suspicion.held.condemns(parcel.first):
            return refused_whole(parcel, KILLED)
        self._suspicion.keep(self._suspicion.held.sending(parcel.first, parcel.end.sequence))
        try:
            return self._store.write(parcel.batch)
        except Malformed as fault:
            if parcel.records > 1:
                # The fault may be that of one of them only.
                self._alone_until = parcel.end.sequence
                raise
            return refused_whole(parcel, fault.reason)
        finally:
            self._suspicion.keep(self._suspicion.held.survived())

    def _fail(self, reason: str, least_seconds: float) -> None:
        self.circuit = self.circuit.failed(reason, self._monotonic(), least_seconds=least_seconds)

    def _settle(self, parcel: Parcel, result: WriteResult) -> None:
        self.circuit, self._sending, self._result = Circuit(), None, None
        self._spool.acknowledge(parcel.end, self._tally(result))
        if self._suspicion.held.end:
            self._suspicion.keep(self._suspicion.held.cleared(parcel.end.sequence))
        for _ in range(parcel.records):
            self._queue.popleft()
        if not parcel.records:
            self._queue[0] = self._queue[0].rest(parcel.batch.frame.height)

    def _tally(self, result: WriteResult) -> Counter[str]:
        tally = Counter({STORED: result.acked, DUPLICATES: result.duplicates})
        known = rejected_by_reason(self._spool.state().tally).keys()
        for rejection in result.rejected:
            reason = rejection.reason[:REASON_CHARACTERS]
            counted = reason in known or len(known) < REASONS
            tally[REJECTED + (reason if counted else FURTHER)] += 1
        return tally
