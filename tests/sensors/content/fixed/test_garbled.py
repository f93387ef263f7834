import random

import pytest

from corpus.law import characters
from sensors.content.fixed.garbled import is_garbled


@pytest.mark.parametrize(
    "text",
    [
        "中华人民共和国境内开展数据处理活动及其安全监管，适用本法。",
        "中華民國國民身分證統一編號為臺灣地區國民之識別號碼，各機關應妥為保管。",
        "王昭君、李叔玠、昺琯喆昉",
        "The quick brown fox ★ ①②③",
        "",
    ],
)
def test_what_people_write_is_not_garbled(text: str) -> None:
    assert not is_garbled([text])


def test_long_text_of_laws_is_not_garbled() -> None:
    assert not is_garbled(characters(100_000))


@pytest.mark.parametrize(
    "text",
    ["正文\ufffd\ufffd很短", "机密" + "\ue001" * 3, "\x03\x04\x05\x06"],
)
def test_characters_without_meaning_make_a_text_garbled(text: str) -> None:
    assert is_garbled([text])


def test_han_characters_that_were_dealt_at_random_make_a_text_garbled() -> None:
    dice = random.Random(7)  # noqa: S311 - the same text again at each run
    for _ in range(200):
        assert is_garbled(["".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(60))])
