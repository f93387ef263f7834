import pytest

from sensors.protocol.text import cleaned, text_of
from situation.fields import KEYWORD_LIMIT


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"plain", "plain"),
        ("水厂".encode(), "水厂"),
        ("水厂一号泵".encode("gb18030"), "水厂一号泵"),
        (b"a\x00b\x1b[0m\n", "a\ufffdb\ufffd[0m\ufffd"),
        (b"\xff\xfe\xff", "\ufffd\ufffd\ufffd"),
    ],
)
def test_text_is_decoded_leniently_and_holds_no_controls(octets: bytes, text: str) -> None:
    assert text_of(octets) == text


def test_text_has_a_bounded_length() -> None:
    assert text_of(b"x" * 10_000) == "x" * KEYWORD_LIMIT
    assert len(text_of("水".encode() * 10_000)) == KEYWORD_LIMIT
    assert cleaned("y" * 2000) == "y" * KEYWORD_LIMIT
