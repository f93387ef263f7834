"""Bars of secrets over the corpus: precision at least .80, recall at least .90."""

import pytest

from corpus.secret import sample, wild
from tests.detect.classified.secret.found import found

_EACH = 600


@pytest.mark.parametrize("seed", ["1", "2"])
def test_secrets_are_found_and_little_else(seed: str) -> None:
    right = wrong = missed = 0
    for kind in sample.POSITIVES:
        for text in sample.positives(kind, _EACH, seed):
            told = [one.kind for one in found(text.text)]
            right += kind in told
            missed += kind not in told
            wrong += len(told) - (kind in told)
    wrong += sum(len(found(text.text)) for text in sample.negatives(3 * _EACH, seed))
    assert right / (right + missed) >= 0.9
    assert right / (right + wrong) >= 0.8


def test_secrets_in_notes_tables_and_histories_are_found() -> None:
    texts = list(wild.wild(_EACH, "3"))
    spans = [(text.text, span.start, span.end) for text in texts for span in text.spans]
    told = {text.text: found(text.text) for text in texts}
    missed = [
        text
        for text, start, end in spans
        if not any(one.start < end and one.end > start for one in told[text])
    ]
    assert len(missed) <= len(spans) / 10
    wrong = sum(len(ones) for ones in told.values()) - (len(spans) - len(missed))
    assert wrong <= len(spans) / 5
