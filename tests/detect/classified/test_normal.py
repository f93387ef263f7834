import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from detect.classified.normal import INVISIBLE, Normal, folded

odd = st.text(
    st.sampled_from("ab1２Ａ：\u200b\u200d\ufeff①㎡ﬁ\n中é\u0301가") | st.characters(codec="utf-8"),
    max_size=60,
)


@given(odd)
def test_folding_is_compatibility_composition_without_format_characters(text: str) -> None:
    wanted = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf"
    )
    assert folded(text) == wanted


@given(odd)
def test_both_forms_have_the_same_lines(text: str) -> None:
    assert folded(text).count("\n") == text.count("\n")


@given(odd)
def test_every_place_leads_back_into_its_line(text: str) -> None:
    normal = Normal(text)
    lines = text.split("\n")
    for index in range(len(normal.folded)):
        line, char = normal.where(index)
        assert 0 <= char <= len(lines[line])


def test_a_place_leads_back_over_what_was_folded_and_dropped() -> None:
    normal = Normal("一\u200b二\n㎡４\u200d４０x")
    assert normal.folded == "一二\nm2440x"
    assert normal.where(normal.folded.index("440")) == (1, 1)
    assert normal.where(normal.folded.index("x")) == (1, 5)
    assert normal.where(1) == (0, 2)


def test_plain_text_is_left_as_it_is() -> None:
    text = "plain text, 440301"
    assert folded(text) is text
    assert "\u200b" in INVISIBLE
