"""Typed values as CACAO text, and their substitution into parameters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.cacao.playbook import Variable
from playbooks.cacao.variable import (
    DEEPEST,
    LONGEST,
    TYPES,
    filled,
    full_name,
    is_deeper,
    references,
    short_name,
    text_of,
    typed,
)
from situation.faults import Malformed
from situation.state.columns import JsonObject

PLAIN = st.characters(exclude_categories=("Cc", "Cs"))
SCALARS = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(PLAIN)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(PLAIN), inner))


def variables(**given: tuple[str, str | None]) -> dict[str, Variable]:
    return {f"__{name}__": Variable(f"__{name}__", *said) for name, said in given.items()}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("bool", "true", True),
        ("integer", "-9223372036854775807", -(2**63) + 1),
        ("long", "+7", 7),
        ("float", "1e3", 1000.0),
        ("string", "多\n行", "多\n行"),
        ("list", '["a", 1]', ["a", 1]),
        ("dictionary", '{"a": null}', {"a": None}),
        ("ip-addr", "2001:DB8:0:0::1", "2001:db8::1"),
        ("ip-addr", "198.51.100.0/24", "198.51.100.0/24"),
        ("ipv4-addr", "198.51.100.23", "198.51.100.23"),
        ("ipv6-addr", "::FFFF:0:0/96", "::ffff:0:0/96"),
        ("domain-name", "WWW.Example.org.", "www.example.org"),
        ("mac-addr", "02:00:00:00:00:0A", "02:00:00:00:00:0a"),
        ("uri", "https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("uuid", "0C1F6B1E-0000-4000-8000-000000000001", "0c1f6b1e-0000-4000-8000-000000000001"),
        ("md5-hash", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        ("hexstring", "00fF", "00ff"),
        ("own-type", "anything", "anything"),
    ],
)
def test_a_text_is_read_as_its_type(kind: str, text: str, value: object) -> None:
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bool", "True"),
        ("bool", "1"),
        ("integer", "1.0"),
        ("integer", "٣"),
        ("integer", "9223372036854775808"),
        ("integer", "1" * 10_000),
        ("float", "nan"),
        ("float", "1e999"),
        ("float", "1_0"),
        ("list", "{}"),
        ("list", "[NaN]"),
        ("list", "[1e999]"),
        ("list", "[" * 10_000),
        ("list", "[" * 40 + "]" * 40),
        ("dictionary", "[]"),
        ("ip-addr", "198.51.100.256"),
        ("ip-addr", "198.51.100.1/24"),
        ("ip-addr", "fe80::1%eth0"),
        ("ipv4-addr", "::1"),
        ("ipv6-addr", "198.51.100.1"),
        ("domain-name", "a..b"),
        ("domain-name", "-a.org"),
        ("domain-name", "a b.org"),
        ("domain-name", "a." * 130 + "org"),
        ("uri", "no scheme"),
        ("uri", "http://a b"),
        ("uuid", "{0c1f6b1e-0000-4000-8000-000000000001}"),
        ("sha256-hash", "00"),
        ("hexstring", "0"),
        ("mac-addr", "02-00-00-00-00-0A"),
        ("string", "a\0b"),
        ("string", "\ud800"),
        ("string", "x" * (LONGEST + 1)),
    ],
)
def test_a_text_that_does_not_fit_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Malformed):
        typed(kind, text)


@given(st.sampled_from(sorted(TYPES)), st.text())
def test_no_text_is_more_than_refused(kind: str, text: str) -> None:
    try:
        value = typed(kind, text)
    except Malformed:
        return
    # What was read can be written, and reads the same again.
    assert typed(kind, text_of(kind, value)) == value


@given(st.lists(JSON, max_size=4))
def test_lists_and_their_texts_are_the_same(values: list[object]) -> None:
    if is_deeper(values, DEEPEST):
        return
    assert typed("list", text_of("list", values)) == values


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", True),
        ("integer", 1.5),
        ("bool", 1),
        ("string", 5),
        ("string", None),
        ("list", "[]"),
        ("list", [float("nan")]),
        ("list", [{1}]),
        ("dictionary", []),
        ("ip-addr", 1),
        ("float", float("inf")),
    ],
)
def test_a_value_that_does_not_fit_is_refused(kind: str, value: object) -> None:
    with pytest.raises(Malformed):
        text_of(kind, value)


def test_references_are_replaced_wherever_they_stand() -> None:
    known = variables(
        host=("ip-addr", "198.51.100.23"),
        hours=("integer", "24"),
        ports=("list", "[22, 3389]"),
        sure=("bool", "true"),
        more=("dictionary", '{"a": 1}'),
        share=("float", "0.5"),
    )
    given_parameters: JsonObject = {
        "whole": "__host__:value",
        "typed": ["__hours__:value", "__ports__:value", "__sure__:value"],
        "deep": {"more": "__more__:value", "share": "__share__:value", "plain": 7},
        "text": "封禁 __host__:value，__hours__:value 小时：__ports__:value",
        "side": "__host__:value__hours__:value",
        "no reference": "__host__ and host:value",
    }
    assert filled(given_parameters, known) == {
        "whole": "198.51.100.23",
        "typed": [24, [22, 3389], True],
        "deep": {"more": {"a": 1}, "share": 0.5, "plain": 7},
        "text": "封禁 198.51.100.23，24 小时：[22, 3389]",
        "side": "198.51.100.2324",
        "no reference": "__host__ and host:value",
    }
    assert references(given_parameters) == frozenset(known)


def test_a_value_that_looks_like_a_reference_stays_what_it_is() -> None:
    known = variables(a=("string", "__b__:value"), b=("string", "secret"))
    assert filled({"x": "__a__:value", "y": "<__a__:value>"}, known) == {
        "x": "__b__:value",
        "y": "<__b__:value>",
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("__x__:value", "p.0: there is no variable x"),
        ("a __x__:value b", "there is no variable x"),
        ("__unset__:value", "variable unset has no value"),
        ("<__unset__:value>", "variable unset has no value"),
        ("__wrong__:value", "'many' is no integer"),
    ],
)
def test_a_reference_to_nothing_is_refused_with_its_place(text: str, reason: str) -> None:
    known = variables(unset=("string", None), wrong=("integer", "many"))
    with pytest.raises(Malformed) as caught:
        filled({"p": [text]}, known)
    assert reason in str(caught.value)


def test_parameters_do_not_grow_without_bound() -> None:
    known = variables(a=("string", "x" * 60_000))
    with pytest.raises(Malformed):
        filled({"p": "__a__:value" * 2}, known)
    deep: object = "__a__:value"
    for _ in range(50):
        deep = [deep]
    with pytest.raises(Malformed):
        filled({"p": deep}, known)


def test_depth_is_told_of_values_of_any_depth() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = {"a": deep}
    assert is_deeper(deep, 99_999)
    assert not is_deeper(json.loads("[[1], {}]"), 2)
    assert is_deeper(json.loads("[[1], {}]"), 1)


def test_names_have_a_short_and_a_full_form() -> None:
    assert (full_name("source"), full_name("__source__")) == ("__source__", "__source__")
    assert (short_name("__source__"), short_name("source")) == ("source", "source")
    assert full_name("____") == "________"
