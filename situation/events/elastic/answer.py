"""What an answer to a bulk request means for a document, and for a request as a whole.

The table is read from the top; the first row that fits holds.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, AuthenticationException, ConnectionTimeout, TransportError

from situation.events.elastic.connection import REQUEST_SECONDS
from situation.events.elastic.sentence import (
    fault,
    forbidden,
    is_misconfigured,
    reason,
    was_not_sent,
)


class Verdict(enum.Enum):
    """What is to be done."""

    STORED = enum.auto()
    DUPLICATE = enum.auto()
    DEAD = enum.auto()
    """The document is refused for good; the others go on."""
    AGAIN = enum.auto()
    """The server could not; the same is sent again after a pause."""
    FAILED = enum.auto()
    """The server broke on this document; after some tries it is refused for good."""
    LESS = enum.auto()
    """The server is overloaded: less at once, after a pause."""
    SPLIT = enum.auto()
    """The request is too large or broken somewhere: its halves are sent."""
    CUT = enum.auto()
    """No answer came: what was stored will answer as duplicate; perhaps it was too large."""
    FULL = enum.auto()
    """Nothing can be stored for a longer time; said at once."""
    STOP = enum.auto()
    """It will not work before an operator changes something; said at once."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the server's reason, and the seconds that the failure cost."""

    verdict: Verdict
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    statuses: frozenset[int]
    verdict: Verdict
    type: str = ""
    words: str = ""
    sentence: str = ""
    seconds: float = 0.0

    def fits(self, status: int, type_: str, words: str) -> bool:
        return (
            (not self.statuses or status in self.statuses)
            and (not self.type or self.type == type_)
            and self.words in words
        )


_ANY: frozenset[int] = frozenset()
_FULL_SENTENCE = "the store is full: its disks are beyond the flood stage, indices are read-only"
_BLOCK = "cluster_block_exception"
_TABLE = (
    _Row(frozenset({200, 201}), Verdict.STORED),
    _Row(frozenset({409}), Verdict.DUPLICATE),
    _Row(_ANY, Verdict.FULL, _BLOCK, "flood-stage", _FULL_SENTENCE),
    _Row(frozenset({403}), Verdict.FULL, _BLOCK, "", "the index is read-only"),
    _Row(_ANY, Verdict.FULL, "index_closed_exception", "", "the index is closed"),
    _Row(frozenset({400}), Verdict.FULL, "validation_exception", "shards open",
         "the store is full: the cluster has no room for another index"),
    _Row(frozenset({429}), Verdict.LESS),
    _Row(frozenset({404}), Verdict.STOP, "index_not_found_exception", "",
         "the server makes no index by itself (action.auto_create_index)"),
    _Row(frozenset({401, 403, 404}), Verdict.STOP),
    _Row(frozenset({400, 413}), Verdict.DEAD),
    # The server waits half a minute for a new index's shard before it says so.
    _Row(frozenset({503}), Verdict.AGAIN, "unavailable_shards_exception", seconds=REQUEST_SECONDS),
    _Row(frozenset({500}), Verdict.FAILED),
    _Row(_ANY, Verdict.AGAIN),
)  # fmt: skip

_STORED = Judged(Verdict.STORED)
_DUPLICATE = Judged(Verdict.DUPLICATE)


def judged(item: Mapping[str, Any]) -> Judged:
    """Return the verdict on one document from its part of an answer."""
    if len(item) == 1 and item["status"] in _QUICK:
        return _QUICK[item["status"]]
    if item.get("failure_store") == "used":
        return Judged(Verdict.DEAD, "the server put it into its failure store")
    error = item.get("error", {})
    return _looked_up(item["status"], error.get("type", ""), _words(error))


_QUICK = {200: _STORED, 201: _STORED, 409: _DUPLICATE}


TOO_LARGE = "the document is larger than the server takes"
_BROKEN = {400: "", 413: TOO_LARGE}


def judged_whole(error: ApiError | TransportError) -> Judged:
    """Return the verdict on a request that failed as a whole."""
    if is_misconfigured(error) or isinstance(error, AuthenticationException):
        return Judged(Verdict.STOP, fault(error, "").reason)
    if isinstance(error, TransportError):
        return _unanswered(error)
    if error.status_code in _BROKEN:
        return Judged(Verdict.SPLIT, _BROKEN[error.status_code] or reason(error))
    found = _looked_up(error.status_code, reason(error).split(" ")[0], reason(error))
    if found.verdict is Verdict.FAILED:
        return Judged(Verdict.AGAIN, f"{error.status_code} {reason(error)}")
    return found


def _unanswered(error: TransportError) -> Judged:
    words = fault(error, "").reason
    if isinstance(error, ConnectionTimeout):
        return Judged(Verdict.CUT, words, REQUEST_SECONDS)
    return Judged(Verdict.AGAIN if was_not_sent(error) else Verdict.CUT, words)


def _looked_up(status: int, type_: str, words: str) -> Judged:
    row = next(row for row in _TABLE if row.fits(status, type_, words))
    if row.verdict is Verdict.STOP and not row.sentence:
        return Judged(row.verdict, forbidden(words))
    said = f"{status} {words}" if row.verdict in _LOUD else words
    told = f"{row.sentence}: {words}" if row.sentence else said
    return Judged(row.verdict, told, row.seconds)


_LOUD = {Verdict.AGAIN, Verdict.LESS, Verdict.FAILED}


def _words(error: Mapping[str, Any]) -> str:
    cause = error.get("caused_by", {}).get("reason", "")
    said = " ".join(str(part) for part in (error.get("type"), error.get("reason"), cause) if part)
    return _OF_ONE.sub("", said)


_OF_ONE = re.compile(
    r" \[\d+:\d+\](?= )| in document with id '[^']*'|\.? ?Preview of field's value: '[^']*'"
    r"|(?<=date field )\[[^]]*\] |'[^']*' ?|(?<=got )\d+"
)
"""What is of one document alone: reasons are counted, and shown where its content must not be."""
