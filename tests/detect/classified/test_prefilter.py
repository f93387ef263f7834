"""Both engines see the same, and nobody sleeps where there is something to find."""

import re
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.labelled import MAKERS, positives
from corpus.law import documents
from corpus.negative import negatives
from detect.classified.normal import folded
from detect.classified.prefilter import GROUPS, HAS_VECTORSCAN, Prefilter
from tests.detect.classified.reading import found, ruleset
from tests.testdata import missing

FIRST_OF_WORDS = 16

SIGNS = st.sampled_from(
    "0123456789xX*-. :：·，\n　ＡＺａｚ０９\u200b\ufeffEGHMC@粤B案号身份证AKIAsk_密★=+/"
)
TEXTS = st.text(SIGNS, max_size=120) | st.text(max_size=60)


@pytest.fixture(autouse=True)
def _both() -> None:
    if not HAS_VECTORSCAN:
        missing("Vectorscan is absent: hyperscan has no wheel here")


def both(data: bytes) -> tuple[int, int]:
    return ruleset().prefilter.awake(data), ruleset(pure=True).prefilter.awake(data)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_both_engines_wake_the_same_in_any_text(text: str) -> None:
    fast, pure = both(text.encode())
    assert fast == pure


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_both_engines_wake_the_same_in_any_octets(data: bytes) -> None:
    fast, pure = both(data)
    assert fast == pure


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_both_engines_find_the_same_in_the_corpus(kind: str) -> None:
    texts = [*positives(kind, 12), *islice(negatives(kind, 18), 18)]
    for sample in texts:
        assert found(sample.text) == found(sample.text, ruleset(pure=True))


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_nobody_sleeps_where_there_is_something_to_find(kind: str) -> None:
    rules = ruleset()
    for sample in positives(kind, 40):
        normal = folded(sample.text)
        awake = set(map(id, rules.awake(rules.prefilter.awake(sample.text.encode()))))
        numbers = [rule for rule in rules.recognisers if rule.group < FIRST_OF_WORDS]
        asleep = [each for rule in numbers if id(rule) not in awake for each in rule.find(normal)]
        assert rules.settling.settle(normal, asleep) == []


def test_clean_text_wakes_nobody() -> None:
    text = "".join(documents(60)).encode()
    stretches = [text[at : at + 65_536] for at in range(0, len(text), 65_536)]
    numbers = (1 << 16) - 1
    assert not any(ruleset().prefilter.awake(each) & numbers for each in stretches)


def test_text_that_reads_otherwise_is_folded_before_it_is_judged() -> None:
    plain = ruleset().prefilter.awake(b"440301199003070019")
    assert plain & 1
    for text in (
        "４４０３０１１９９００３０７００１９",
        "4403011990\u200b03070019",
        "𝟒𝟒𝟎𝟑𝟎𝟏𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟎𝟎𝟏𝟗",
    ):
        assert ruleset().prefilter.awake(text.encode()) == plain


def test_a_mask_has_groups_below_and_recognisers_above() -> None:
    prefilter = Prefilter([(3, ("abc",)), (3, ("x[0-9]",)), (5, ("案号",))])
    assert prefilter.awake(b"x1") == 1 << 3 | 1 << 65
    assert prefilter.awake("案号abc".encode()) & GROUPS == 1 << 3 | 1 << 5


def test_a_han_character_is_repeated_as_a_whole() -> None:
    for pure in (False, True):
        prefilter = Prefilter([(1, ("房地产?证",))], pure=pure)
        assert prefilter.awake("房地证".encode()) & GROUPS == 2
        assert prefilter.awake("房地产证".encode()) & GROUPS == 2


def test_every_pattern_is_one_that_both_engines_can_read() -> None:
    for rule in ruleset().recognisers:
        for wake in rule.wakes:
            assert re.compile(wake.encode())
            assert not re.search(r"\\[bBdDwWsS]|\(\?[=!<]|\[[^\]]*[^\x00-\x7f][^\]]*\]", wake), wake
