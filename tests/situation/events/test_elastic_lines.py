"""Rows become the lines of a bulk request, column by column."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.events.elastic.lines import Lines, lines_of
from situation.events.elastic.naming import DAYS, named, within_days
from situation.events.instant import DAY, SECOND, iso_text
from situation.events.intake import INGESTED, check_batch
from situation.events.store import Document
from situation.fields import BY_NAME
from tests.situation.events import made

SENT = "2026-03-01T10:00:00.000000000Z"
MADE = made.START_NANOS - DAY
INDICES = {made.START_NANOS // DAY + day: f"x-flow-{day}" for day in range(3)}


def lines(documents: list[Document]) -> Lines:
    return lines_of(check_batch(made.batch(documents, "flow")).frame, INDICES, MADE)


def read(body: bytes) -> list[tuple[dict[str, str], Document]]:
    texts = [json.loads(text) for text in body.split(b"\n")[:-1]]
    return [(texts[at]["create"], texts[at + 1]) for at in range(0, len(texts), 2)]


def numbered(count: int) -> list[Document]:
    """Documents of growing length."""
    at = iso_text(made.START_NANOS)
    return [
        {"@timestamp": at, "event.id": f"{number:04d}", "event.action": "x" * number}
        for number in range(count)
    ]


@given(documents=made.documents())
def test_each_row_is_its_declared_fields_without_those_it_has_not(
    documents: list[Document],
) -> None:
    if not documents:
        return
    found = read(lines(documents).body(SENT))
    assert len(found) == len(documents)
    for (action, source), document in zip(found, documents, strict=True):
        declared = {name: value for name, value in document.items() if name in BY_NAME}
        assert {k: v for k, v in source.items() if k in BY_NAME} == declared | {INGESTED: SENT}
        day = str(document["@timestamp"])[8:10]
        assert action == {"_index": f"x-flow-{int(day) - 1}", "_id": document["event.id"]}


def test_a_text_that_looks_like_our_own_marks_is_left_alone() -> None:
    tricky = 'x,"source.ip":null,"event.ingested":"' + iso_text(MADE) + '"}\n{"create":{}}\n'
    row: Document = {"@timestamp": SENT, "event.id": tricky, "message": tricky}
    other: Document = {"@timestamp": SENT, "event.id": "b", "source.ip": "10.0.0.1"}
    found = read(lines([row, other]).body(SENT))
    assert [source.get("message") for _, source in found] == [tricky, None]
    assert [action["_id"] for action, _ in found] == [tricky, "b"]


@given(octets=st.integers(1, 20_000), count=st.integers(1, 60))
def test_parts_hold_every_document_once_and_none_is_empty(octets: int, count: int) -> None:
    whole = lines(numbered(count))
    parts = list(whole.cut(octets))
    assert b"".join(part.text for part in parts) == whole.text
    assert [name for part in parts for name in part.ids] == whole.ids.to_list()
    assert all(part.documents for part in parts)
    assert all(part.octets <= octets or part.documents == 1 for part in parts)


@given(octets=st.integers(1, 2**20), ways=st.integers(1, 4), count=st.integers(1, 40))
def test_parts_that_taper_hold_every_document_once(octets: int, ways: int, count: int) -> None:
    rows: list[Document] = [
        row | {"event.action": "a", "message": "x" * 60_000} for row in numbered(count)
    ]
    whole = lines(rows)
    parts = list(whole.tapered(octets, ways))
    assert [name for part in parts for name in part.ids] == whole.ids.to_list()
    assert all(part.octets <= octets or part.documents == 1 for part in parts)
    sizes = [part.octets for part in parts]
    assert sizes[-1] <= sizes[0]


def test_documents_bear_the_time_of_their_sending() -> None:
    fresh = lines(numbered(2))
    times = [source[INGESTED] for _, source in read(fresh.body(iso_text(MADE + SECOND)))]
    assert times == [iso_text(MADE)] * 2
    later = iso_text(MADE + 3 * SECOND)
    assert [source[INGESTED] for _, source in read(fresh.body(later))] == [later] * 2


def test_chosen_documents_and_halves_keep_their_own_lines() -> None:
    whole = lines(numbered(5))
    chosen = whole.chosen([0, 3, 4])
    assert [action["_id"] for action, _ in read(chosen.body(SENT))] == ["0000", "0003", "0004"]
    first, second = chosen.halves()
    assert b"".join((first.text, second.text)) == chosen.text
    assert (first.ids.to_list(), second.ids.to_list()) == (["0000"], ["0003", "0004"])


def test_rows_of_too_many_days_are_refused_and_the_fullest_days_kept() -> None:
    days = [*range(DAYS + 600), *range(100, 100 + DAYS)]
    frame = pl.DataFrame(
        {
            "@timestamp": pl.Series([day * DAY for day in days]).cast(pl.Datetime("ns", "UTC")),
            "event.id": [str(number) for number in range(len(days))],
        }
    )
    kept, beyond = within_days(frame)
    assert kept.columns == frame.columns
    assert kept.height == 2 * DAYS
    assert kept["@timestamp"].is_sorted()
    assert len(beyond) == 600
    assert {rejection.reason for rejection in beyond} == {f"the batch has more than {DAYS} days"}


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("city-flow-2026.03.01", ("flow", "2026-03-01")),
        ("city-drill-a-flow-2026.03.01", ("drill-a-flow", "2026-03-01")),
        ("city-flow-2026.13.01", None),
        ("city-flow", None),
    ],
)
def test_an_index_is_known_by_its_name(index: str, expected: tuple[str, str] | None) -> None:
    found = named("city", index)
    assert (found and (found[0], found[1].isoformat())) == expected
