"""Plain text comes as blocks of whole lines, whatever its encoding."""

import pytest

from sensors.content.decoding import BLOCK_OCTETS
from situation.content.piece import Block
from tests.sensors.content.pieced import pieces_of

TEXT = (
    "关于印发工作方案的通知\n第一条 为了规范管理，制定本办法。\n联系人 王某某 0755-82101234\n" * 40
)


def blocks(data: bytes, name: str = "note.txt") -> list[Block]:
    return [piece for piece in pieces_of(data, name) if isinstance(piece, Block)]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_text_of_every_encoding_comes_as_utf8(encoding: str) -> None:
    assert b"".join(block.data for block in blocks(TEXT.encode(encoding))).decode() == TEXT


def test_a_long_text_is_cut_at_line_ends_and_its_lines_are_counted() -> None:
    text = "".join(f"{number} 行\n" for number in range(60_000))
    found = blocks(text.encode())
    assert len(found) > 1
    assert b"".join(block.data for block in found).decode() == text
    assert all(block.data.endswith(b"\n") for block in found)
    for block in found:
        assert block.data.startswith(f"{(block.place.line or 0) - 1} ".encode())


def test_a_line_without_end_is_cut_between_words_and_says_its_character() -> None:
    text = "密级 " * 200_000
    found = blocks(text.encode())
    assert len(found) > 1
    assert b"".join(block.data for block in found).decode() == text
    at = 0
    for block in found:
        assert (block.place.line, block.place.offset or 0) == (1, at)
        at += len(block.data.decode())


def test_a_line_of_han_without_any_separator_is_cut_between_characters() -> None:
    found = blocks("密".encode() * BLOCK_OCTETS)
    assert all(set(block.data.decode()) == {"密"} for block in found)


def test_lines_of_another_encoding_within_utf8_are_read() -> None:
    mixed = "第一行\n".encode() * 100 + "第二行\n".encode("gb18030") + "第三行\n".encode()
    text = b"".join(block.data for block in blocks(mixed)).decode()
    assert "第二行\n第三行" in text
    assert "\ufffd" not in text


def test_a_log_with_a_hole_of_nul_is_text() -> None:
    (block,) = blocks(b"first line\n" * 50 + bytes(4096) + b"last line\n" * 50, "app.log")
    assert block.data.startswith(b"first")
    assert block.data.endswith(b"last line\n")


def test_an_empty_file_gives_its_name_alone() -> None:
    assert len(pieces_of(b"", "empty.txt")) == 1


def test_octets_that_are_no_text_are_said_to_be_unknown() -> None:
    assert not blocks(bytes(range(256)) * 40, "data.bin")
