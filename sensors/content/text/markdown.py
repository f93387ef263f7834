"""Markdown (GFM, 4.10): its tables as grids, everything else as text."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from sensors.content.decoding import TextBlock
from sensors.content.reader import Reading
from sensors.content.text.delimited import grids
from sensors.content.text.plain import as_block, text_blocks
from situation.content.piece import Piece

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*")
"""The line between headings and rows."""
_BAR = re.compile(r"(?<!\\)\|")


def read_markdown(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield text and tables in their order."""
    for block in text_blocks(stream, reading):
        if b"|" in block.data and b"-|" in block.data.replace(b" ", b"").replace(b":", b""):
            yield from _divided(block, reading)
        else:
            yield as_block(block, reading.place)


def _divided(block: TextBlock, reading: Reading) -> Iterator[Piece]:
    lines = block.data.decode("utf-8", errors="replace").split("\n")
    told, at = 0, 1
    while at < len(lines):
        if not (_RULE.fullmatch(lines[at]) and "|" in lines[at - 1]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        yield from _text(lines[told : at - 1], block.line + told, reading)
        rows = [_cells(line) for line in lines[at + 1 : end]]
        yield from grids(rows, _cells(lines[at - 1]), block.line + at + 1, reading.place)
        told, at = end, end + 1
    yield from _text(lines[told:], block.line + told, reading)


def _text(lines: list[str], line: int, reading: Reading) -> Iterator[Piece]:
    data = "\n".join(lines).encode()
    if data.strip():
        yield as_block(TextBlock(data, line), reading.place)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(line.strip().strip("|"))]
