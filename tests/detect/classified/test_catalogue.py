"""The bars over the labelled corpus: recall and precision by kind, with and without context."""

from collections import Counter

import pytest

from corpus.labelled import positives, size
from corpus.negative import needed, negatives
from corpus.sample import Labelled
from detect.classified.catalogue import PRIORITY
from detect.classified.normal import folded
from situation.content.kind import KINDS
from tests.detect.classified.reading import found

PART = 5
"""Every fifth sample of the corpus, so that the test takes seconds."""

Bar = tuple[str, float, float, float]
BARS: tuple[Bar, ...] = (
    ("resident_id", 0.999, 0.995, 0.93),
    ("residence_permit", 0.999, 0.995, 0.93),
    ("permanent_residence", 0.999, 0.995, 0.93),
    ("uscc", 0.999, 0.995, 0.93),
    ("bank_card", 0.995, 0.99, 0.99),
    ("mobile", 0.999, 0.99, 0.99),
    ("landline", 0.999, 0.99, 0.99),
    ("passport", 0.98, 0.98, 0.98),
    ("travel_permit", 0.98, 0.98, 0.98),
    ("plate", 0.98, 0.98, 0.98),
    ("imei", 0.98, 0.98, 0.98),
    ("resident_id_15", 0.98, 0.98, 0.98),
    ("organisation_code", 0.98, 0.98, 0.98),
    ("business_licence", 0.98, 0.98, 0.98),
    ("hkid", 0.98, 0.98, 0.98),
    ("twid", 0.98, 0.98, 0.98),
    ("driver_archive", 0.98, 0.98, 0.98),
    ("vin", 0.98, 0.98, 0.98),
    ("imsi", 0.98, 0.98, 0.98),
    ("iccid", 0.98, 0.98, 0.98),
    ("meid", 0.98, 0.98, 0.98),
    ("mac", 0.98, 0.98, 0.98),
    ("ipv4", 0.98, 0.98, 0.98),
    ("ipv6", 0.98, 0.98, 0.98),
    ("email", 0.98, 0.98, 0.98),
    ("gps", 0.98, 0.98, 0.98),
)
"""Kind, recall, precision where a word stands beside the value, and where none does."""


def tried(samples: list[Labelled], kind: str) -> Counter[str]:
    """Count what was there, what of it was found, and what was found beside it."""
    counts: Counter[str] = Counter()
    for sample in samples:
        there = [span for span in sample.spans if span.kind == kind]
        reported = [each for each in found(sample.text) if each.kind == kind and not each.masked]
        if folded(sample.text) == sample.text:
            true = sum(
                any(each.start < span.end and span.start < each.end for each in reported)
                for span in there
            )
        else:
            true = min(len(there), len(reported))
        counts += Counter(there=len(there), true=true, false=max(0, len(reported) - true))
    return counts


@pytest.mark.parametrize(("kind", "recall", "precision", "alone"), BARS)
def test_the_corpus_is_told_apart(kind: str, recall: float, precision: float, alone: float) -> None:
    samples = [*positives(kind, size(kind) // PART), *negatives(kind, needed(kind) // PART)]
    for context, bar in ((True, precision), (False, alone)):
        counts = tried([each for each in samples if each.context is context], kind)
        if counts["there"]:
            assert counts["true"] / counts["there"] >= recall
            assert counts["true"] / (counts["true"] + counts["false"]) >= bar
        else:
            assert counts["false"] == 0


def test_priorities_are_kinds() -> None:
    assert set(PRIORITY) <= set(KINDS)
    assert PRIORITY.index("resident_id") < PRIORITY.index("uscc") < PRIORITY.index("bank_card")
    assert PRIORITY.index("bank_card") < PRIORITY.index("imei") < PRIORITY.index("mobile")
