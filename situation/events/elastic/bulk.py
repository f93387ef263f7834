"""The bulk loop: every document ends as acknowledged, duplicate or rejected, or all is retried.

`create` with our own ids makes a repeat harmless, so whatever is in doubt is sent again: refusals
for now, timeouts, a connection that was cut, an answer with too few items. What was too much is
halved.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from situation.clock import Clock
from situation.events.elastic.answer import TOO_LARGE, Judged, Verdict, judged, judged_whole
from situation.events.elastic.lines import Lines
from situation.events.elastic.pace import MOST_IN_FLIGHT, BackOff, Pace
from situation.events.elastic.settling import (
    TRIES,
    UNSUSPICIOUS_OCTETS,
    Answer,
    Part,
    Settled,
    refused,
    settled,
)
from situation.events.instant import iso_text, nanoseconds
from situation.events.store import Rejection
from situation.faults import Misconfigured, Unavailable

FULL_SECONDS = 60.0
"""How long a full store is left alone."""

_ANSWER = (
    "items.*.status,items.*.failure_store,items.*.error.type,items.*.error.reason,"
    "items.*.error.caused_by.reason"
)
_SHARD_WAIT = "5s"
"""How long the server waits for a shard that is away; for that of a new index half a minute more,
and both are within the longest wait for an answer."""
_SMALLER = {Verdict.LESS, Verdict.CUT}


@dataclass(slots=True)
class Outcome:
    """What became of the documents so far."""

    acked: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class BulkLoop:
    """Sends documents until each has its outcome, a few requests at once.

    After `patience_seconds` without progress it raises `Unavailable`, at once for a store that is
    full; what was stored by then answers as duplicate the next time. It raises `Misconfigured`
    where our credentials or rights do not reach.
    """

    def __init__(
        self,
        client: Elasticsearch,
        clock: Clock,
        *,
        where: str,
        patience_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # Repeats are ours: the client would send them at once and never slower.
        self._client = client.options(max_retries=0)
        self._clock = clock
        self.where = where
        self.patience_seconds = patience_seconds
        self.sleep = sleep
        self.pace = Pace()
        self._threads = ThreadPoolExecutor(MOST_IN_FLIGHT, thread_name_prefix="bulk")

    def send(self, parts: Iterator[Lines], outcome: Outcome) -> None:
        """Store all documents; what became of them is added to `outcome`."""
        _Sending(self, parts, outcome).run()

    def submit(self, lines: Lines) -> "Future[Answer]":
        """Send a request from a thread of its own."""
        return self._threads.submit(self.request, lines)

    def request(self, lines: Lines, *, refresh: bool = False) -> Answer:
        """Send documents once; `refresh` makes the shards that they reach show all they hold."""
        now = iso_text(nanoseconds(self._clock.now()))
        operations: Any = lines.body(now)  # ready lines go out as they are
        try:
            answer = self._client.bulk(
                operations=operations, refresh=refresh, filter_path=_ANSWER, timeout=_SHARD_WAIT
            )
        except (ApiError, TransportError, UnsupportedProductError) as error:
            return judged_whole(error)
        items = answer.get("items", [])
        if len(items) != lines.documents:
            return Judged(Verdict.AGAIN, f"{lines.documents} documents got {len(items)} answers")
        return [judged(item["create"]) for item in items]

    def answers(self) -> bool:
        """Return whether the server answers at all, be it with a refusal."""
        try:
            self._client.perform_request("GET", "/_cluster/health")
        except ApiError:
            return True
        except TransportError:
            return False
        return True

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


class _Sending:
    """One call of `send`."""

    def __init__(self, loop: BulkLoop, parts: Iterator[Lines], outcome: Outcome) -> None:
        self._loop = loop
        self._fresh = parts
        self._outcome = outcome
        self._again: deque[Part] = deque()
        self._flying: dict[Future[Answer], Part] = {}
        self._back_off = BackOff()
        self._waited = 0.0

    def run(self) -> None:
        """Send until nothing is left."""
        try:
            while self._launch():
                done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
                failures = [self._settle(self._flying.pop(one), one.result()) for one in done]
                self._pause([failure for failure in failures if failure is not None])
        finally:
            # Whoever sends again afterwards must not meet his own request on its way.
            wait(self._flying)

    def _launch(self) -> bool:
        while len(self._flying) < self._loop.pace.in_flight:
            part = self._next()
            if part is None:
                break
            self._flying[self._loop.submit(part.lines)] = part
        return bool(self._flying)

    def _next(self) -> Part | None:
        if self._again:
            return self._again.popleft()
        lines = next(self._fresh, None)
        return None if lines is None else Part(lines)

    def _settle(self, part: Part, answer: Answer) -> Judged | None:
        found = settled(part, answer)
        if self._is_too_large(found):
            found = refused(part, TOO_LARGE)
        self._outcome.acked += found.acked
        self._outcome.duplicates += found.duplicates
        self._outcome.rejected += found.rejected
        self._again += found.again
        if found.documents:
            self._waited = 0.0
            self._back_off.reset()
        if found.failure is None:
            self._loop.pace.grow()
        elif found.failure.verdict in _SMALLER:
            self._loop.pace.shrink()
        return found.failure

    def _is_too_large(self, found: Settled) -> bool:
        # Some servers and proxies hang up on what is too large instead of saying so.
        return (
            found.failure is not None
            and found.failure.verdict is Verdict.CUT
            and [part.lines.documents for part in found.again] == [1]
            and found.again[0].tries >= TRIES
            and found.again[0].lines.octets > UNSUSPICIOUS_OCTETS
            and self._loop.answers()
        )

    def _pause(self, failures: Sequence[Judged]) -> None:
        if not failures:
            return
        worst = max(failures, key=lambda failure: failure.verdict.value)
        if worst.verdict is Verdict.STOP:
            raise Misconfigured(worst.reason, where=self._loop.where)
        if worst.verdict is Verdict.FULL:
            raise Unavailable(worst.reason, where=self._loop.where, wait_seconds=FULL_SECONDS)
        self._waited += worst.seconds
        if self._waited >= self._loop.patience_seconds:
            raise Unavailable(worst.reason, where=self._loop.where)
        pause = self._back_off.pause()
        self._loop.sleep(pause)
        self._waited += pause
