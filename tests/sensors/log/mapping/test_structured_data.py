"""Structured data of RFC 5424 becomes JSON, whatever its values hold."""

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.mapping.structured_data import structured_data

_NAMES = st.text("abcXYZ019@.-_", min_size=1, max_size=6)
_VALUES = st.text(
    st.one_of(st.sampled_from(' "\\]=[,:{}\n\x01'), st.characters(codec="utf-8")), max_size=8
)


def _written(elements: dict[str, dict[str, str]]) -> str:
    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")

    return "".join(
        "[" + " ".join([name, *(f'{key}="{escaped(value)}"' for key, value in pairs.items())]) + "]"
        for name, pairs in elements.items()
    )


def _read(*texts: str | None) -> list[object]:
    found = structured_data(pl.Series(texts, dtype=pl.String))
    return [None if text is None else json.loads(text) for text in found]


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(
            _NAMES, st.dictionaries(_NAMES, _VALUES, max_size=3), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_was_written_is_read(rows: list[dict[str, dict[str, str]]]) -> None:
    assert _read(*(_written(row) for row in rows)) == rows


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from('[]" =ab\\,'), max_size=20)))
def test_any_text_becomes_json(texts: list[str]) -> None:
    assert len(_read(*texts)) == len(texts)


def test_none_stays_none_and_what_is_no_element_is_kept() -> None:
    assert _read(None, "[a b]") == [None, {"unparsed": "[a b]"}]
