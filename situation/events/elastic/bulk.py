"""The bulk loop: every document ends as acknowledged, duplicate or rejected, or all is retried.

`create` with our own ids makes a repeat harmless, so whatever is in doubt is sent again: answers
429 and 5xx, timeouts, an answer with too few items. A part that was too much is halved.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from situation.clock import Clock
from situation.events.elastic.connection import fault, reason
from situation.events.instant import iso_text, nanoseconds
from situation.events.intake import INGESTED
from situation.events.store import Rejection
from situation.faults import Unavailable

_OCTETS = 4 * 2**20
_DOCUMENTS = 5000
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0

_DUPLICATE = 409
_TOO_LARGE = 413
_TOO_MUCH = 429
_STORED = {200, 201}
_REFUSED = {400, _TOO_LARGE}
_FORBIDDEN = {401, 403, 404}
_ANSWER = "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as JSON, still open at its end so that the time of sending can be added."""

    event_id: str
    action: bytes
    source: bytes


@dataclass(slots=True)
class Outcome:
    """What became of the documents so far."""

    acked: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class BulkLoop:
    """Sends documents to one index after another until each has its outcome.

    After `patience_seconds` without progress it raises `Unavailable`; what was stored by then
    answers as duplicate the next time.
    """

    def __init__(
        self,
        client: Elasticsearch,
        clock: Clock,
        *,
        patience_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._sleep = sleep

    def send(self, index: str, entries: Sequence[Entry], outcome: Outcome) -> None:
        """Store `entries` in `index` and make them visible to searches."""
        parts = list(reversed(_parts(entries)))
        waited, pause = 0.0, _FIRST_PAUSE_SECONDS
        while parts:
            part = parts.pop()
            again, why = self._attempt(index, part, outcome, last=not parts)
            if len(again) < len(part):
                waited, pause = 0.0, _FIRST_PAUSE_SECONDS
            if not again:
                continue
            if why.too_large:
                parts += _halves(again)
                continue
            if waited >= self._patience_seconds:
                raise Unavailable(why.reason, where=index)
            parts += _halves(again) if why.too_much else [again]
            step = random.uniform(pause / 2, pause)  # noqa: S311 - spreads the load, hides nothing
            self._sleep(step)
            waited, pause = waited + step, min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _attempt(
        self, index: str, part: Sequence[Entry], outcome: Outcome, *, last: bool
    ) -> tuple[list[Entry], "_Failure"]:
        operations: Any = self._body(part)  # ready lines go out as they are
        try:
            # The refresh of the last part shows the earlier ones as well.
            answer = self._client.bulk(
                index=index, operations=operations, refresh=last, filter_path=_ANSWER
            )
        except ApiError as error:
            return _whole(error, part, outcome, index)
        except TransportError as error:
            # Some servers and proxies hang up on what is too large instead of saying so.
            return list(part), _Failure(fault(error, index).reason, too_much=True)
        items = answer.get("items", [])
        if len(items) != len(part):
            return list(part), _Failure(f"{len(part)} documents got {len(items)} answers")
        return _sorted_out(part, [item["create"] for item in items], outcome, index)

    def _body(self, part: Sequence[Entry]) -> bytes:
        now = iso_text(nanoseconds(self._clock.now()))
        stamp = f',"{INGESTED}":"{now}"}}\n'.encode()
        return b"".join(piece for e in part for piece in (e.action, e.source, stamp))


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str = ""
    too_much: bool = False
    too_large: bool = False


def _whole(
    error: ApiError, part: Sequence[Entry], outcome: Outcome, index: str
) -> tuple[list[Entry], _Failure]:
    status = error.status_code
    if status == _TOO_LARGE:
        if len(part) > 1:
            return list(part), _Failure(too_large=True)
        why = "the document is larger than the server takes"
        outcome.rejected.append(Rejection(part[0].event_id, why))
        return [], _Failure()
    if status in _FORBIDDEN | _REFUSED:
        raise fault(error, index) from error
    return list(part), _Failure(f"{status} {reason(error)}", too_much=status == _TOO_MUCH)


def _sorted_out(
    part: Sequence[Entry], answers: Sequence[dict[str, object]], outcome: Outcome, index: str
) -> tuple[list[Entry], _Failure]:
    again, failure = [], _Failure()
    for entry, answer in zip(part, answers, strict=True):
        status = answer["status"]
        if status in _STORED:
            outcome.acked += 1
        elif status == _DUPLICATE:
            outcome.duplicates += 1
        elif status in _REFUSED:
            outcome.rejected.append(Rejection(entry.event_id, _words(answer)))
        elif status in _FORBIDDEN:
            raise Unavailable(f"the server forbids it: {_words(answer)}", where=index)
        else:
            again.append(entry)
            failure = _Failure(f"{status} {_words(answer)}", too_much=status == _TOO_MUCH)
    return again, failure


def _words(answer: dict[str, object]) -> str:
    error = answer.get("error")
    if not isinstance(error, dict):
        return str(error)
    cause = error.get("caused_by", {}).get("reason", "")
    return " ".join(str(part) for part in (error.get("type"), error.get("reason"), cause) if part)


def _parts(entries: Sequence[Entry]) -> list[list[Entry]]:
    parts: list[list[Entry]] = []
    octets = _OCTETS
    for entry in entries:
        octets += len(entry.source)
        if octets > _OCTETS or len(parts[-1]) >= _DOCUMENTS:
            parts.append([])
            octets = len(entry.source)
        parts[-1].append(entry)
    return parts


def _halves(part: list[Entry]) -> list[list[Entry]]:
    middle = len(part) // 2
    return [half for half in (part[middle:], part[:middle]) if half]
