"""Indices of others, as the scan reads them: listed with what marks a change, and sampled.

Nothing is asked that would write. Rights to `view_index_metadata` and `read` are enough; without
`monitor` nobody can tell whether an index has changed.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    BadRequestError,
    NotFoundError,
    TransportError,
    UnsupportedProductError,
)

from situation.events.elastic.connection import REQUEST_SECONDS, Credentials, connect, faults_of
from situation.events.elastic.sentence import fault, reason
from situation.faults import Malformed

PAGE = 100
"""Documents of one answer; a document may be as large as its server lets it."""

_KEEP_ALIVE = "2m"
_SEED = 7
_OLDEST = [{"_shard_doc": "asc"}]
_NEWEST = [{"_shard_doc": "desc"}]
_BY_CHANCE = ["_score", {"_shard_doc": "asc"}]
_CLOSED = "index_closed_exception"

Why = Literal["gone", "closed", "denied", "late", "no_source"]


class Refused(Malformed):
    """An index that its server lists but does not hand out, and why."""

    def __init__(self, why: Why, words: str, *, where: str) -> None:
        super().__init__(words, where=where)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class ForeignIndex:
    """An index; `stamp` changes with each write to it and is empty where we may not see that."""

    name: str
    documents: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """Documents of an index with their ids, and how many it has in all."""

    total: int
    documents: Sequence[tuple[str, Mapping[str, Any]]]


class ForeignCluster:
    """A server whose indices are read; `seconds` is the time that a search may take there."""

    def __init__(self, url: str, credentials: Credentials, *, seconds: int = 30) -> None:
        self._where = url
        self._seconds = seconds
        self._client = connect(url, credentials).options(request_timeout=REQUEST_SECONDS + seconds)

    def indices(self, pattern: str = "*") -> list[ForeignIndex]:
        """Return the open and closed indices of a pattern by name, hidden ones left out."""
        with faults_of(self._where):
            told = self._client.indices.get_settings(
                index=pattern, name="index.uuid", expand_wildcards=["open", "closed"]
            )
            try:
                figures = self._figures(pattern)
            except AuthorizationException:
                return [ForeignIndex(name, 0, "") for name in sorted(told)]
        return [
            _index(name, told[name]["settings"]["index"]["uuid"], figures.get(name))
            for name in sorted(told)
        ]

    def _figures(self, pattern: str) -> Mapping[str, Any]:
        answer = self._client.indices.stats(
            index=pattern,
            metric=["docs"],
            level="shards",
            filter_path="indices.*.primaries.docs,indices.*.shards.*.seq_no.max_seq_no,"
            "indices.*.shards.*.routing.primary",
        )
        found: Mapping[str, Any] = answer.get("indices", {})
        return found

    def may_read(self, name: str) -> bool | None:
        """Return whether we are told how many documents an index has; None where it is away."""
        try:
            self._client.count(index=name)
        except (AuthenticationException, AuthorizationException):
            return False
        except (ApiError, TransportError, UnsupportedProductError):
            return None
        return True

    def sample(self, name: str, size: int) -> Sampled:
        """Return the first documents of an index, the last, and some at random; or all of them.

        Raises `Refused` where the index is gone, closed, forbidden, or keeps no source.
        """
        with self._refusals(name):
            total = int(self._client.count(index=name)["count"])
            pit = str(self._client.open_point_in_time(index=name, keep_alive=_KEEP_ALIVE)["id"])
            try:
                hits = self._sampled(pit, size, total)
            finally:
                self._client.close_point_in_time(id=pit)
        documents = [(str(one["_id"]), one["_source"]) for one in hits if "_source" in one]
        if hits and not documents:
            raise Refused("no_source", "the index keeps no source", where=name)
        if total and not hits:
            raise Refused("late", f"no answer within {self._seconds} s", where=name)
        return Sampled(total, documents)

    def _sampled(self, pit: str, size: int, total: int) -> list[dict[str, Any]]:
        if total <= size:
            return list(self._hits(pit, size, _OLDEST))
        share = size // 4
        by_chance = {"random_score": {"seed": _SEED, "field": "_seq_no"}}
        drawn = {"function_score": {**by_chance, "boost_mode": "replace"}}
        found = [
            *self._hits(pit, share, _OLDEST),
            *self._hits(pit, size - 2 * share, _BY_CHANCE, drawn),
            *reversed(list(self._hits(pit, share, _NEWEST))),
        ]
        return list({(one["_index"], one["_id"]): one for one in found}.values())

    def _hits(
        self, pit: str, size: int, sort: Sequence[Any], query: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield up to `size` hits, page by page, in an order that has no ties."""
        behind: Mapping[str, Any] = {}
        while size > 0:
            answer = self._client.search(
                pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                query=query or {"match_all": {}},
                sort=sort,
                size=min(size, PAGE),
                timeout=f"{self._seconds}s",
                track_total_hits=False,
                **behind,
            )
            hits: list[dict[str, Any]] = answer["hits"]["hits"]
            yield from hits
            size -= len(hits)
            if len(hits) < PAGE:
                break
            behind = {"search_after": hits[-1]["sort"]}

    @contextlib.contextmanager
    def _refusals(self, name: str) -> Iterator[None]:
        try:
            yield
        except NotFoundError as error:
            raise Refused("gone", "there is no such index", where=name) from error
        except AuthorizationException as error:
            raise Refused("denied", fault(error, name).reason, where=name) from error
        except BadRequestError as error:
            if _CLOSED in reason(error):
                raise Refused("closed", "the index is closed", where=name) from error
            raise Refused("denied", reason(error), where=name) from error
        except (ApiError, TransportError, UnsupportedProductError) as error:
            raise fault(error, self._where) from error

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


def _index(name: str, uuid: str, figures: Mapping[str, Any] | None) -> ForeignIndex:
    """Return an index with its stamp; a closed one has no figures, and only its own name."""
    if figures is None:
        return ForeignIndex(name, 0, f"{uuid}-closed")
    copies = [copy for shard in figures.get("shards", {}).values() for copy in shard]
    written = sum(one["seq_no"]["max_seq_no"] + 1 for one in copies if one["routing"]["primary"])
    documents = int(figures["primaries"]["docs"]["count"])
    return ForeignIndex(name, documents, f"{uuid}-{written}-{documents}")
