"""Labelled texts: spans lie on values, negatives are none, everything comes again by its seed."""

import itertools

import pytest

from corpus import labelled, negative

FEW = 300


@pytest.mark.parametrize("kind", labelled.MAKERS)
def test_a_positive_holds_a_value_of_its_kind(kind: str) -> None:
    for sample in labelled.positives(kind, FEW):
        spans = [span for span in sample.spans if span.kind == kind]
        assert spans, sample.why
        assert all(0 <= span.start < span.end <= len(sample.text) for span in sample.spans)
        texts = [sample.text[span.start : span.end] for span in spans]
        assert all(text == text.strip() for text in texts)


@pytest.mark.parametrize("kind", negative.KINDS)
def test_a_negative_holds_none_and_says_why(kind: str) -> None:
    for sample in negative.negatives(kind, FEW):
        assert sample.why
        assert sample.text.strip()
        assert kind not in {span.kind for span in sample.spans}


@pytest.mark.parametrize("kind", labelled.MAKERS)
def test_samples_come_again_by_their_seed_and_differ_by_another(kind: str) -> None:
    first = list(labelled.positives(kind, 40, "7"))
    assert first == list(labelled.positives(kind, 40, "7"))
    assert first != list(labelled.positives(kind, 40, "8"))


def test_the_corpus_is_as_large_as_was_asked_for() -> None:
    assert all(labelled.size(kind) >= 5000 for kind in labelled.CHECKED)
    assert all(labelled.size(kind) >= 2000 for kind in labelled.MAKERS)
    assert all(negative.needed(kind) >= 3 * labelled.size(kind) for kind in negative.KINDS)


def test_what_can_stand_alone_stands_with_and_without_a_label() -> None:
    for kind in set(labelled.MAKERS) - labelled.NEED_CONTEXT:
        seen = {sample.context for sample in labelled.positives(kind, FEW)}
        assert seen == {True, False}, kind


def test_negatives_of_identity_numbers_are_of_many_kinds() -> None:
    reasons = {sample.why for sample in negative.negatives("resident_id", FEW)}
    wanted = "order_number case_number_that_passes parcel snowflake wrong_check impossible_day"
    others = "future_day no_region masked inside_longer digest"
    assert {*wanted.split(), *others.split()} <= reasons


def test_texts_are_varied() -> None:
    texts = [sample.text for sample in labelled.positives("resident_id", 2000)]
    assert len(set(texts)) > 1990
    digits = "0123456789Xx"
    shapes = {"".join("#" if sign in digits else sign for sign in text) for text in texts}
    assert len(shapes) > 700


def test_spans_of_several_kinds_never_overlap() -> None:
    for kind in ("resident_id", "name", "bank_card", "uscc"):
        for sample in labelled.positives(kind, FEW):
            places = sorted((span.start, span.end) for span in sample.spans)
            pairs = itertools.pairwise(places)
            assert all(before[1] <= after[0] for before, after in pairs)
