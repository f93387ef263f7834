"""Encodings are found by content, and text of any becomes UTF-8."""

import pytest

from sensors.content.decoding import Encoding, as_text, as_utf8, decoded, encoding_of

TEXT = "关于开展检查工作的通知，各单位：\n现将有关事项通知如下。Notice 2026.\n" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_an_encoding_is_found_without_a_mark(encoding: Encoding) -> None:
    assert encoding_of(TEXT.encode(encoding)) == encoding


@pytest.mark.parametrize(
    ("codec", "found"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-32", "utf-32-le")],
)
def test_a_mark_of_order_decides(codec: str, found: Encoding) -> None:
    assert encoding_of(TEXT.encode(codec)) == found


def test_a_head_that_is_cut_within_a_character_keeps_its_encoding() -> None:
    data = ("a" + "密" * 40_000).encode()
    assert encoding_of(data[: 64 * 1024]) == "utf-8"


@pytest.mark.parametrize(
    "data", [bytes(range(256)), bytes(1000), b"\x00\x01\x02\x03" * 50], ids=["all", "nul", "low"]
)
def test_octets_that_are_no_text_have_no_encoding(data: bytes) -> None:
    assert encoding_of(data) is None


def test_ascii_in_utf16_is_no_binary() -> None:
    assert encoding_of("name,number\r\nsome,1\r\n".encode("utf-16-le")) == "utf-16-le"


def test_lines_of_two_encodings_are_each_read_as_what_they_are() -> None:
    mixed = "第一行\n".encode() + "第二行\n".encode("gb18030")
    assert as_utf8(mixed).decode() == "第一行\n第二行\n"


def test_octets_of_no_encoding_are_marked_as_damage() -> None:
    assert "\ufffd" in as_utf8(b"good\n\xff\xff\xff\n").decode()


def test_utf8_is_passed_through_untouched() -> None:
    data = TEXT.encode()
    assert as_utf8(data) is data


def test_short_texts_are_decoded_by_what_they_look_like() -> None:
    assert decoded("名单".encode("gbk")) == decoded("名单".encode()) == "名单"


def test_a_text_may_end_within_a_character() -> None:
    assert as_text("密级".encode("utf-16")[:-1], "utf-16-le") == "密"
