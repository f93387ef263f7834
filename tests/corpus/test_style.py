"""Texts in other styles: all values labelled, and traps without any."""

from corpus import clean, style


def test_every_style_comes_and_its_spans_lie_on_values() -> None:
    made = list(style.styled(2 * len(style.FORMS)))
    assert {sample.why for sample in made} == {why for why, _ in style.FORMS}
    for sample in made:
        assert sample.spans
        for span in sample.spans:
            assert sample.text[span.start : span.end].strip()
            assert "{" not in sample.text[span.start : span.end]


def test_another_person_stands_under_the_second_name() -> None:
    for sample in style.styled(len(style.FORMS)):
        numbers = [
            sample.text[span.start : span.end]
            for span in sample.spans
            if span.kind == "resident_id"
        ]
        assert len(set(numbers)) == len(numbers)


def test_traps_hold_nothing_and_are_filled() -> None:
    for sample in style.traps(200):
        assert not sample.spans
        assert "{" not in sample.text


def test_clean_lines_come_again_by_their_seed() -> None:
    for name in clean.LINES:
        assert list(clean.texts(name, 20, "2")) == list(clean.texts(name, 20, "2"))
        assert all(line.endswith("\n") for line in clean.texts(name, 20))
