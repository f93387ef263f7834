"""Pairs of a key and a value are read by columns as they would be one by one."""

import json
import re

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.document import Document
from sensors.log.mapping.pair import paired
from sensors.log.mapping.pattern import MEMBERS, TEXT

PAIR: str = Document.model_fields["pair"].default
WANTED = frozenset({"a", "b"})


def _read(*texts: str, nested: bool = True) -> list[dict[str, object]]:
    frame = pl.DataFrame({TEXT: texts}, schema={TEXT: pl.String}).with_row_index(LINE)
    rows = paired(frame, PAIR, WANTED, nested=nested).drop(LINE).to_dicts()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _one_by_one(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in re.findall(PAIR, text):
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)  # noqa: PLW2901 - unquoted
        if value:
            found.setdefault(key, value)
    return found


_TEXTS = st.text(st.sampled_from('ab c="\\,;x中'), max_size=25)


@settings(deadline=None)
@given(st.lists(_TEXTS, max_size=6))
def test_columns_agree_with_the_plain_way(texts: list[str]) -> None:
    for text, row in zip(texts, _read(*texts), strict=True):
        wanted = _one_by_one(text)
        others = {key: value for key, value in wanted.items() if key not in WANTED}
        assert {key: row[key] for key in WANTED & row.keys()} == {
            key: value for key, value in wanted.items() if key in WANTED
        }
        assert json.loads(str(row.get(MEMBERS, "{}"))) == others
        assert (row.get(FAULT) == "unparsed") == bool(text and not wanted)


def test_nothing_is_read_of_nothing() -> None:
    assert _read() == []
    assert _read("") == [{}]


def test_declared_names_are_set_apart_where_no_name_stands_above_them() -> None:
    row = _read("message=x other=y", nested=False)[0]
    assert json.loads(str(row[MEMBERS])) == {"misfit.message": "x", "other": "y"}
