"""The outcome table: what each answer of the server means, and what follows from it."""

import random

import numpy as np
import polars as pl
import pytest

from situation.events.elastic.answer import Judged, Verdict, judged
from situation.events.elastic.lines import Lines
from situation.events.elastic.pace import MOST_IN_FLIGHT, BackOff, Pace
from situation.events.elastic.sentence import forbidden
from situation.events.elastic.settling import TRIES, UNSUSPICIOUS_OCTETS, Part, settled

Item = dict[str, object]


def item(status: int, kind: str = "", reason: str = "") -> Item:
    return {"status": status} | ({"error": {"type": kind, "reason": reason}} if kind else {})


FLOOD = "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"
SHARDS = "Validation Failed: 1: would add [2] shards, [2]/[1] maximum normal shards open;"
TABLE: tuple[tuple[Item, Verdict, str], ...] = (
    (item(201), Verdict.STORED, ""),
    (item(409, "version_conflict_engine_exception", "exists"), Verdict.DUPLICATE, ""),
    (item(201) | {"failure_store": "used"}, Verdict.DEAD, "failure store"),
    (item(201) | {"failure_store": "not_enabled"}, Verdict.STORED, ""),
    (item(429, "es_rejected_execution_exception", "full queue"), Verdict.LESS, "429"),
    (item(429, "cluster_block_exception", FLOOD), Verdict.FULL, "flood stage"),
    (item(403, "cluster_block_exception", FLOOD), Verdict.FULL, "flood stage"),
    (item(403, "cluster_block_exception", "read-only (api)"), Verdict.FULL, "read-only"),
    (item(503, "cluster_block_exception", "no master"), Verdict.AGAIN, "no master"),
    (item(400, "validation_exception", SHARDS), Verdict.FULL, "no room for another index"),
    (item(400, "index_closed_exception", "closed"), Verdict.FULL, "index is closed"),
    (item(400, "document_parsing_exception", "failed"), Verdict.DEAD, "document_parsing"),
    (item(400, "illegal_argument_exception", "immense term"), Verdict.DEAD, "immense term"),
    (item(413, "too_large", "x"), Verdict.DEAD, "too_large"),
    (item(404, "index_not_found_exception", "x"), Verdict.STOP, "action.auto_create_index"),
    (item(403, "security_exception", "not you"), Verdict.STOP, "forbids it"),
    (item(500, "null_pointer_exception", "x"), Verdict.FAILED, "500"),
    (item(503, "unavailable_shards_exception", "x"), Verdict.AGAIN, "503"),
    (item(502), Verdict.AGAIN, "502"),
)


@pytest.mark.parametrize(("answer", "verdict", "words"), TABLE)
def test_each_answer_has_its_row(answer: Item, verdict: Verdict, words: str) -> None:
    found = judged(answer)
    assert found.verdict is verdict
    assert words in found.reason


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            (
                "[1:{n}] failed to parse field [source.ip] of type [ip] "
                "in document with id 'id-{n}'. Preview of field's value: 'host-{n}'"
            ),
            "failed to parse field [source.ip] of type [ip]",
        ),
        ("[1:{n}] mapping set to strict, [rest] is not allowed", "mapping set to strict"),
        ("failed to parse date field [2026-99-{n}] with format [iso]", "date field with format"),
        ("immense term: '[{n}, 2]...', bytes can be at most 9; got {n}", "immense term: "),
    ],
)
def test_documents_that_are_refused_alike_have_one_reason_without_their_content(
    words: str, told: str
) -> None:
    kind = "document_parsing_exception"
    found = {judged(item(400, kind, words.replace("{n}", str(n)))).reason for n in range(10, 30)}
    assert len(found) == 1
    assert told in found.pop()


def test_a_missing_privilege_is_told_in_one_sentence() -> None:
    words = (
        "security_exception action [indices:data/write/bulk[s]] is unauthorized for API key id "
        "[a1] of user [admin] on indices [city-flow-2026.03.01], this action is granted by the "
        "index privileges [create_doc,create,delete,index,write,all]"
    )
    assert forbidden(words) == (
        "the server forbids it: API key id [a1] of user [admin] lacks the privilege create_doc "
        "on [city-flow-2026.03.01]"
    )


def part(count: int, octets: int = 10, tries: int = 0) -> Part:
    starts = np.arange(count + 1, dtype=np.int64) * octets
    ids = pl.Series([str(number) for number in range(count)])
    text = memoryview(b"x" * (count * octets))
    return Part(Lines(text, starts, ids, made="", fresh_until=""), tries)


def test_every_document_of_a_mixed_answer_goes_one_way() -> None:
    verdicts = [Verdict.STORED, Verdict.DUPLICATE, Verdict.DEAD, Verdict.AGAIN, Verdict.FAILED]
    found = settled(part(5), [Judged(verdict, verdict.name) for verdict in verdicts])
    assert (found.acked, found.duplicates) == (1, 1)
    assert [(r.event_id, r.reason) for r in found.rejected] == [("2", "DEAD")]
    again = {tuple(again.lines.ids): again.tries for again in found.again}
    assert again == {("3",): 0, ("4",): 1}


def test_a_document_on_which_the_server_breaks_is_refused_in_the_end() -> None:
    found = settled(part(1, tries=TRIES - 1), [Judged(Verdict.FAILED, "500 broken")])
    assert [(r.event_id, r.reason) for r in found.rejected] == [("0", "500 broken")]
    assert not found.again


def test_a_request_that_is_too_large_is_halved_down_to_one_document() -> None:
    found = settled(part(3), Judged(Verdict.SPLIT, "413"))
    assert [again.lines.ids.to_list() for again in found.again] == [["0"], ["1", "2"]]
    assert found.failure is None
    alone = settled(part(1), Judged(Verdict.SPLIT, "413"))
    assert [(r.event_id, r.reason) for r in alone.rejected] == [("0", "413")]


@pytest.mark.parametrize("verdict", [Verdict.LESS, Verdict.CUT])
def test_only_a_large_request_is_halved_when_no_size_was_named(verdict: Verdict) -> None:
    small = settled(part(4), Judged(verdict, "why"))
    large = settled(part(4, UNSUSPICIOUS_OCTETS), Judged(verdict, "why"))
    assert [again.lines.documents for again in small.again] == [4]
    assert [again.lines.documents for again in large.again] == [2, 2]


def test_the_pace_grows_in_steps_and_is_halved() -> None:
    pace = Pace()
    for _ in range(100):
        pace.grow()
    assert pace.in_flight == MOST_IN_FLIGHT
    most = pace.octets
    pace.shrink()
    assert (pace.in_flight, pace.octets) == (MOST_IN_FLIGHT // 2, most // 2)
    for _ in range(100):
        pace.shrink()
    assert pace.in_flight == 1
    assert pace.octets == UNSUSPICIOUS_OCTETS


def test_pauses_are_drawn_below_a_limit_that_doubles_to_a_minute() -> None:
    back_off = BackOff(random.Random(4))  # noqa: S311 - as the pauses are drawn
    pauses = [back_off.pause() for _ in range(200)]
    limits = [min(0.2 * 2**tried, 60) for tried in range(200)]
    assert all(0 <= pause <= limit for pause, limit in zip(pauses, limits, strict=True))
    assert max(pauses) > 50
    assert min(pauses[20:]) < 5
    back_off.reset()
    assert back_off.pause() <= 0.2
