"""Octets become lines, whatever they hold and wherever they are cut."""

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.line import (
    CLIPPED,
    ENCODING,
    HELD_OCTETS,
    LINE_LIMIT,
    NUL,
    Encoding,
    LineReader,
    Lines,
    lines_of,
    text_lines,
)


def _whole(content: bytes, *cuts: int, encoding: Encoding = "auto") -> Lines:
    reader = LineReader(encoding=encoding)
    edges = sorted({0, *(min(cut, len(content)) for cut in cuts), len(content)})
    parts = [reader.feed(content[begin:end]) for begin, end in itertools.pairwise(edges)]
    parts.append(reader.finish())
    return Lines(
        pl.concat([part.text for part in parts]),
        pl.concat([part.offsets for part in parts]),
        pl.concat([part.faults.alias("fault") for part in parts]),
    )


def test_lines_come_with_the_octet_at_which_they_began() -> None:
    lines = _whole("eins\nzwei\r\n\n中文\nlast".encode())
    assert lines.text.to_list() == ["eins", "zwei", "", "中文", "last"]
    assert lines.offsets.to_list() == [0, 5, 11, 12, 19]
    assert lines.faults.null_count() == lines.count == 5


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r\0\ufeff", codec="utf-8"), max_size=9)),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_cuts_change_nothing(texts: list[str], cuts: list[int]) -> None:
    content = "".join(f"{text}\n" for text in texts).encode()
    lines = _whole(content, *cuts)
    assert lines.text.to_list() == texts
    begins = [len("".join(f"{text}\n" for text in texts[:n]).encode()) for n in range(len(texts))]
    assert lines.offsets.to_list() == begins


@settings(deadline=None)
@given(st.binary(max_size=80), st.lists(st.integers(0, 80), max_size=5))
def test_no_octets_raise_and_lines_are_counted_by_their_ends(
    content: bytes, cuts: list[int]
) -> None:
    lines = _whole(content, *cuts)
    ends = content.count(b"\n")
    assert lines.count == ends + bool(content) - content.endswith(b"\n")
    assert not lines.text.str.contains("\0", literal=True).any()


def test_a_line_of_gb18030_among_lines_of_utf_8_is_read() -> None:
    content = "甲\n".encode() + "乙\n".encode("gb18030") + b"plain\n"
    lines = _whole(content)
    assert lines.text.to_list() == ["甲", "乙", "plain"]
    assert lines.faults.null_count() == 3


def test_a_source_of_gb18030_is_read_as_a_block() -> None:
    lines = _whole("登录失败\n成功\n".encode("gb18030"), encoding="gb18030")
    assert lines.text.to_list() == ["登录失败", "成功"]


def test_octets_of_no_encoding_are_replaced_and_told() -> None:
    lines = _whole(b"ok\n\xff\xff\xff\n\xd2\n", encoding="utf-8")
    assert lines.faults.to_list() == [None, ENCODING, ENCODING]
    assert lines.text.to_list() == ["ok", "\ufffd" * 3, "\ufffd"]


def test_nul_octets_are_replaced_and_told() -> None:
    lines = _whole(b"a\0b\nc\n")
    assert lines.text.to_list() == ["a\ufffdb", "c"]
    assert lines.faults.to_list() == [NUL, None]


def test_the_mark_of_a_file_s_beginning_is_taken_off() -> None:
    assert _whole(b"\xef\xbb\xbfa,b\n").text.to_list() == ["a,b"]


@pytest.mark.parametrize("block", [1000, 65_536, 10_000_000])
def test_a_line_of_ten_megabytes_is_clipped_and_the_next_one_is_whole(block: int) -> None:
    content = b"x" * 10_000_000 + b"\nnext\n"
    reader = LineReader()
    found = [
        (text, offset, fault)
        for at in range(0, len(content), block)
        for lines in [reader.feed(content[at : at + block])]
        for text, offset, fault in zip(lines.text, lines.offsets, lines.faults, strict=True)
    ]
    assert [(len(text), offset, fault) for text, offset, fault in found] == [
        (LINE_LIMIT, 0, CLIPPED),
        (4, 10_000_001, None),
    ]


def test_of_an_unfinished_line_a_fixed_amount_is_held() -> None:
    reader = LineReader()
    for _ in range(40):
        reader.feed(b"y" * 100_000)
    assert len(reader._held) == HELD_OCTETS  # noqa: SLF001 - the bound is what is promised
    assert reader.finish().faults.to_list() == [CLIPPED]
    assert reader.offset == 4_000_000


def test_characters_are_clipped_not_octets() -> None:
    lines = text_lines(["中" * LINE_LIMIT, "中" * (LINE_LIMIT + 1)])
    assert lines.text.str.len_chars().to_list() == [LINE_LIMIT, LINE_LIMIT]
    assert lines.faults.to_list() == [None, CLIPPED]


def test_messages_that_were_cut_before_are_lines_by_their_numbers() -> None:
    lines = lines_of([b"one\n", "二".encode("gb18030"), b"in\nside"], [7, 8, 9])
    assert lines.text.to_list() == ["one", "二", "in\nside"]
    assert lines.offsets.to_list() == [7, 8, 9]


def test_a_reader_goes_on_at_an_offset() -> None:
    reader = LineReader(offset=100)
    assert reader.feed(b"a\nb\n").offsets.to_list() == [100, 102]
    assert reader.offset == 104
