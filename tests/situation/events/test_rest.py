"""The rest of a document has one text, that of Python's `json`."""

import json
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.events.rest import LIMIT, canonical_rest
from situation.fields import BY_NAME, REST

ATOMS = st.sampled_from(
    (
        "-0", "-0.0", "1e5", "1E-7", "0.00001", "0.0001", "1e400", "-0e1", "5e-324", "1.50",
        "1.7976931348623157e308", "1e16", "1234567890123456.5", "9007199254740993",
        "18446744073709551616", "-9223372036854775809", "123456789012345678901234567890",
        "NaN", "-Infinity", "01", "1.", "-", "true", "null", '"a"', '"\\ud800"', '"\\ud83d\\ude00"',
        '"\\u0000\\u007f\\/"', '"\t"', '"登录"', "[]", "{}", '{"a":1,"a":2}', "[1 , -0]", "'a'",
    )
)  # fmt: skip
NUMBERS = st.integers(-(2**70), 2**70).map(str) | st.floats().map(repr)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
WRITTEN = st.builds(
    lambda value, ascii_only, blanks: json.dumps(value, ensure_ascii=ascii_only, indent=blanks),
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), VALUES) | VALUES,
    st.booleans(),
    st.sampled_from((None, 1)),
)
OBJECTS = st.lists(
    st.tuples(st.sampled_from("aab名"), st.sampled_from((":", " : ", ":\n")), ATOMS | NUMBERS),
    max_size=4,
).map(lambda pairs: "{" + ",".join(f'"{name}"{colon}{atom}' for name, colon, atom in pairs) + "}")
DEEP = st.sampled_from((200, 253, 254, 255, 256, 900, 1024, 1100)).map(
    lambda depth: '{"a":' * depth + "1" + "}" * depth
)


def is_text(text: str) -> bool:
    return all(not "\ud800" <= letter <= "\udfff" for letter in text)


TEXTS = st.one_of(ATOMS, NUMBERS, WRITTEN, OBJECTS, DEEP, st.text(max_size=6)).filter(is_text)


def plainly(text: str | None) -> tuple[str | None, str]:
    """What a text becomes, and why it is refused, by the standard library alone."""
    if text is None:
        return None, ""
    try:
        found = json.loads(text, parse_constant=refuse)
        written = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        written.encode()
    except (ValueError, RecursionError):
        return None, "the rest is no JSON"
    if not isinstance(found, dict):
        return None, "the rest is no JSON object"
    if any(name in BY_NAME or name == REST for name in found):
        return None, "the rest holds a declared field"
    return written if found else None, ""


def refuse(name: str) -> None:
    raise ValueError(name)


def outcomes(texts: Sequence[str | None]) -> list[tuple[str | None, str]]:
    kept, faults = canonical_rest(pl.Series(REST, texts, dtype=pl.String()))
    reasons = [""] * len(texts)
    for bad, reason in faults:
        for row in bad.arg_true():
            assert not reasons[row]
            reasons[row] = reason
    return list(zip(kept, reasons, strict=True))


@given(st.lists(st.none() | TEXTS, max_size=6))
def test_every_text_becomes_what_the_standard_library_makes_of_it(texts: list[str | None]) -> None:
    assert outcomes(texts) == [plainly(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "kept", "reason"),
    [
        (' { "b" : 1 , "a" : "\\u767b" } ', '{"b":1,"a":"登"}', ""),
        ('{"a":1,"b":2,"a":3}', '{"a":3,"b":2}', ""),
        ('{"a":123456789012345678901}', '{"a":123456789012345678901}', ""),
        ('{"a":1e16,"b":-0,"c":-0.0}', '{"a":1e+16,"b":0,"c":-0.0}', ""),
        ("{}", None, ""),
        ('{"a":NaN}', None, "the rest is no JSON"),
        ('{"a":1e999}', None, "the rest is no JSON"),
        ('{"a":"\\udc00"}', None, "the rest is no JSON"),
        ('{"event.id":"x"}', None, "the rest holds a declared field"),
        ('{"a":"' + "x" * LIMIT + '"}', None, f"the rest has more than {LIMIT} characters"),
    ],
    ids=["blanks", "twice", "large", "numbers", "empty", "nan", "infinite", "surrogate",
         "declared", "long"],
)  # fmt: skip
def test_what_becomes_of_a_rest(text: str, kept: str | None, reason: str) -> None:
    assert outcomes([None, text, None]) == [(None, ""), (kept, reason), (None, "")]
