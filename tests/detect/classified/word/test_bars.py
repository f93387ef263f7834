"""Names and addresses over the labelled corpus, through prefilter and settling."""

import pytest

from corpus.labelled import positives
from detect.classified.normal import folded
from tests.detect.classified.reading import found

_BESIDE = ("mobile", "resident_id", "bank_card", "plate", "company")


def _values(text: str, kind: str) -> set[str]:
    normal = folded(text)
    return {normal[each.start : each.end] for each in found(text) if each.kind == kind}


@pytest.mark.parametrize("kind", ["name", "address"])
def test_recall_and_precision_are_above_97_in_a_hundred(kind: str) -> None:
    samples = [*positives(kind, 2000)]
    samples += [sample for other in _BESIDE for sample in positives(other, 200)]
    wanted = right = told = 0
    for sample in samples:
        true = {folded(sample.text[s.start : s.end]) for s in sample.spans if s.kind == kind}
        got = _values(sample.text, kind)
        wanted, told, right = wanted + len(true), told + len(got), right + len(true & got)
    assert wanted > 2000
    assert right / wanted >= 0.99
    assert right / told >= 0.99
