"""Secrets have their shape and enough entropy; nothing in the sources looks like one."""

import base64
import json
import math
import re
from collections import Counter

import pytest

from corpus.dice import Dice
from corpus.secret import sample, shape, wild
from tests.testdata import ROOT

LIVE = re.compile(
    r"AKIA[A-Z2-7]{16}|LTAI[A-Za-z0-9]{16,}|AKID[A-Za-z0-9]{32}|AIza[\w-]{35}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|glpat-[\w-]{20}|xox[bp]-\d{10,}|sk_live_\w{20,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+|hf_[A-Za-z]{34}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


@pytest.mark.parametrize("kind", sample.POSITIVES)
def test_a_positive_names_its_secret(kind: str) -> None:
    for one in sample.positives(kind, 200):
        (span,) = one.spans
        assert span.kind == kind
        assert span.end - span.start >= 6


@pytest.mark.parametrize("kind", ["cloud_key", "token"])
def test_keys_and_tokens_are_random(kind: str) -> None:
    for one in sample.positives(kind, 200):
        (span,) = one.spans
        assert entropy(one.text[span.start : span.end]) > 2.8


def test_a_token_of_json_can_be_read_as_one() -> None:
    head, claims, signature = shape.jwt(Dice("test")).split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["typ"] == "JWT"
    assert "sub" in json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert len(signature) > 40


def test_private_keys_are_whole_base64() -> None:
    dice = Dice("test")
    for _ in range(30):
        first, *body, last = shape.private_key(dice).splitlines()
        assert first.startswith("-----BEGIN ")
        assert last.startswith("-----END ")
        assert len(base64.b64decode("".join(body), validate=True)) > 100


def test_negatives_are_of_many_kinds_and_hold_nothing() -> None:
    found = list(sample.negatives(240))
    assert len({one.why for one in found}) >= 11
    assert not [one for one in found if one.spans]


def test_no_source_of_the_corpus_looks_like_a_secret() -> None:
    files = [*ROOT.glob("corpus/**/*.py"), *ROOT.glob("tests/corpus/**/*.py")]
    mine = [path for path in files if path.name != "test_secret.py"]
    assert len(mine) > 40
    assert not [path for path in mine if LIVE.search(path.read_text(encoding="utf-8"))]


def test_wild_files_hold_a_secret_where_their_spans_say() -> None:
    made = list(wild.wild(2 * len(wild.FORMS)))
    assert {one.why for one in made} == {why for why, _ in wild.FORMS}
    for one in made:
        assert one.spans
        assert all(span.end - span.start >= 6 for span in one.spans)


def test_a_manifest_s_password_is_base64() -> None:
    one = wild.manifest(Dice("test"))
    (span,) = one.spans
    assert len(base64.b64decode(one.text[span.start : span.end], validate=True)) >= 6
