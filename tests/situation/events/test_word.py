"""Words are cut as the server's standard analyzer cuts them."""

import polars as pl
import pytest
from elasticsearch import Elasticsearch
from hypothesis import given, settings
from hypothesis import strategies as st

from situation.events.word import LIMIT, check_phrase, words, words_column, words_value
from situation.faults import Malformed

PROMISED = [
    chr(code)
    for first, last in (
        (0x01, 0xA8),
        (0xAA, 0xAC),
        (0xAF, 0x12F),
        (0x131, 0x17F),
        (0x2010, 0x2027),
        (0x2030, 0x203B),
        (0x3000, 0x3004),
        (0x3007, 0x3020),
        (0x3041, 0x3096),
        (0x3400, 0x4DB5),
        (0x4E00, 0x9FEF),
        (0xFF01, 0xFF5E),
    )
    for code in range(first, last + 1)
]
COMMON = "abzABZ019_.:,;'-@/ é登录，：．’。１Ａ＿"
TEXTS = st.lists(
    st.text(st.sampled_from(COMMON), max_size=40)
    | st.text(st.sampled_from(PROMISED), max_size=20)
    | st.builds(
        lambda letter, times: letter * times, st.sampled_from("a1_é."), st.integers(250, 520)
    ),
    max_size=4,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("异常登录 from 10.0.0.1", ["异", "常", "登", "录", "from", "10.0.0.1"]),
        ("GET x.cn/a_b-c?it's=1,234.5", ["get", "x.cn", "a_b", "c", "it's", "1,234.5"]),
        ("user:root 10:30 a1.b2", ["user:root", "10", "30", "a1", "b2"]),
        ("___ . _a_", ["_a_"]),
        ("a" * 300, ["a" * 255, "a" * 45]),
    ],
)
def test_words_of_common_texts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["логин", "a🔥", "カタ", "한", "naïve\u0301", "©"])
def test_a_phrase_beyond_the_promise_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="message"):
        check_phrase(text, where="message")


@given(st.text(st.sampled_from(PROMISED)))
def test_a_phrase_within_the_promise_passes(text: str) -> None:
    check_phrase(text, where="message")


@given(st.text(max_size=600))
def test_no_text_makes_empty_or_overlong_words(text: str) -> None:
    assert all(0 < len(word) <= LIMIT + 1 for word in words(text))


@given(st.lists(st.none() | TEXTS | st.text(max_size=300), max_size=4))
def test_a_column_is_cut_as_each_of_its_texts(texts: list[str | None]) -> None:
    found = words_column(pl.Series("message", texts, dtype=pl.String()))
    assert found.name == "message"
    assert found.to_list() == [None if text is None else words_value(text) for text in texts]


@pytest.mark.elastic
@pytest.mark.xdist_group("elastic")
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_words_are_those_of_the_server(elasticsearch_url: str, text: str) -> None:
    with Elasticsearch(elasticsearch_url) as client:
        tokens = client.indices.analyze(analyzer="standard", text=text)["tokens"] if text else []
    assert words(text) == [token["token"] for token in tokens]
