"""Documents become columns by their plans, and nothing of them is lost."""

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import CHUNK_LINES, Sorting
from sensors.log.document.plan import Column, Object, Plan
from sensors.log.document.turning import Reception
from sensors.log.kind import FAULT, LINE, SourceRules
from situation.fields import REST
from tests.sensors.log.yielded import RECEIVED

AT = Reception(SourceRules(), RECEIVED)
COLUMNS = (
    Column("code", "event.code"),
    Column("outer/user", "user.name"),
    Column("outer/inner/port", "source.port"),
    Column("list/0/name", "file.name"),
    Column("kept", "event.action", kept=True),
    Column("hidden", "_hidden"),
)
STAGE = (pl.col("_hidden").alias("event.reason"), pl.lit("one").alias("event.module"))
PLANS = {
    "one": Plan(COLUMNS, (STAGE,), pl.lit('{"x":'), "}"),
    "two": Plan((), (), pl.lit('{"y":'), "}"),
}


def _sort(value: Object) -> str:
    return "two" if "two" in value else "one"


def _rows(lines: list[str]) -> list[dict[str, object]]:
    text = pl.Series(lines, dtype=pl.String)
    frame = read_documents(text, PLANS, Sorting(_sort), AT).frame
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in frame.iter_rows(named=True)
    ]


def test_values_move_out_of_the_rest_and_emptied_objects_with_them() -> None:
    document = {"code": "7", "outer": {"user": "li", "inner": {"port": 22}}, "more": [1]}
    assert _rows([json.dumps(document)]) == [
        {LINE: 0, "event.code": "7", "user.name": "li", "source.port": 22, "event.module": "one",
         REST: '{"x":{"more":[1]}}'}
    ]  # fmt: skip


def test_kept_values_and_those_of_lists_are_copied() -> None:
    row = _rows(['{"list":[{"name":"a"},{"name":"b"}],"kept":"k"}'])[0]
    assert (row["file.name"], row["event.action"]) == ("a", "k")
    assert row[REST] == '{"x":{"list":[{"name":"a"},{"name":"b"}],"kept":"k"}}'


def test_hidden_columns_feed_the_stages_and_are_dropped() -> None:
    row = _rows(['{"hidden":"why"}'])[0]
    assert row == {LINE: 0, "event.reason": "why", "event.module": "one"}


def test_documents_of_several_plans_stay_in_the_order_of_their_lines() -> None:
    lines = ['{"two":1}', '{"code":"a"}', "no", '{"two":2}'] * CHUNK_LINES
    assert [row[LINE] for row in _rows(lines)] == list(range(len(lines)))


def test_a_holder_of_another_type_stays_whole() -> None:
    assert _rows(['{"outer":5}'])[0][REST] == '{"x":{"outer":5}}'


def test_what_does_not_fit_is_told_and_kept_beside_the_rest() -> None:
    row = _rows(['{"outer":{"inner":{"port":"x"}},"code":{"a":1},"more":1}'])[0]
    assert row[FAULT] == "value"
    assert json.loads(str(row[REST])) == {
        "x": {"more": 1},
        "misfit": {"code": '{"a":1}', "outer.inner.port": '"x"'},
    }


_KEYS = st.sampled_from(["code", "outer", "user", "inner", "port", "list", "name", "kept", "other"])
_NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text("abcxyz123", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), max_size=6))
def test_every_text_of_a_document_is_found_again(documents: list[Object]) -> None:
    rows = _rows([json.dumps(document) for document in documents])
    assert len(rows) == len(documents)
    for document, row in zip(documents, rows, strict=True):
        kept = "\n".join(map(str, row.values()))
        assert all(leaf in kept for leaf in _texts(document))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in _texts(member)]
    if isinstance(value, list):
        return [leaf for member in value for leaf in _texts(member)]
    return [value] if isinstance(value, str) else []
