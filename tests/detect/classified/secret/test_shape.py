"""Keys and tokens that are known by their shape."""

import re

import pytest

from corpus.dice import Dice
from corpus.secret import shape as samples
from detect.classified.secret import SECRET_RECOGNISERS
from detect.classified.secret.shape import SHAPES, Shaped
from situation.content.kind import KINDS
from tests.detect.classified.secret.found import found, kinds

_MADE = {**samples.CLOUD_KEYS, **samples.TOKENS}


@pytest.mark.parametrize("name", sorted(_MADE))
@pytest.mark.parametrize("form", ["{}", "新的密钥：{}，别外传", "k = '{}';", "| 正式 | {} |"])
def test_a_key_is_found_as_a_whole(name: str, form: str) -> None:
    key = _MADE[name](Dice(f"shape/{name}"))
    kind = "cloud_key" if name in samples.CLOUD_KEYS else "token"
    (one,) = found(form.format(key))
    assert (one.kind, one.value) == (kind, key)


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "ghp_" + "x" * 36,
        "sk_test_" + "0" * 24,
        "task-management-system-for-the-department-of-finance",
        "risk-assessment-report-2026-for-the-city-government-final",
        "eyJ.eyJ.x",
        "eyJhbGciOiJub25l.eyJub3QganNvbiBhdCBhbGw.c2lnbmF0dXJlc2lnbmF0dXJl",
        "xAKIA" + "J7Q2MZKP4RTVB6WX",
    ],
)
def test_examples_and_words_are_no_keys(text: str) -> None:
    assert not kinds(text)


def test_the_token_of_the_reference_is_a_json_web_token() -> None:
    head, claims = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiIxMDAxIiwibmFtZSI6InRlc3QifQ"
    token = f"{head}.{claims}.hVRQMSQus1mH8SCSC0eMS70l1OVRDO3rK-q5zSvw-4w"
    (one,) = found(f"Cookie: session={token}; Path=/")
    assert (one.kind, one.checks) == ("token", ("jwt",))


def test_a_cell_is_a_key_only_as_a_whole() -> None:
    key = samples.CLOUD_KEYS["aliyun"](Dice("cell"))
    shaped = Shaped("cloud_key", 35)
    assert shaped.fits(key) is not None
    assert shaped.fits(f"键 {key}") is None


def test_every_row_has_a_kind_and_its_own_key() -> None:
    assert {shape.kind for shape in SHAPES} <= set(KINDS)
    assert len({shape.key for shape in SHAPES}) == len(SHAPES)


def test_whatever_is_found_was_woken() -> None:
    for recogniser in SECRET_RECOGNISERS:
        wakes = [re.compile(wake.encode()) for wake in recogniser.wakes]
        for name, make in sorted(_MADE.items()):
            text = make(Dice(f"wake/{name}"))
            if next(recogniser.find(text), None) is not None:
                assert any(wake.search(text.encode()) for wake in wakes), name
