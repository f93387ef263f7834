"""Plain text: logs, notes, settings, source code."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.decoding import HEAD_OCTETS, Encoding, TextBlock, blocks, encoding_of
from sensors.content.reader import Reading
from situation.content.piece import Block, Piece
from situation.content.place import Place


def read_text(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the lines in blocks."""
    for block in text_blocks(stream, reading):
        yield as_block(block, reading.place)


def text_blocks(stream: BinaryIO, reading: Reading) -> Iterator[TextBlock]:
    """Return the text of a stream from its beginning, in blocks of whole lines."""
    return blocks(stream, reading.size, encoding_at(stream))


def encoding_at(stream: BinaryIO) -> Encoding:
    """Return the encoding of a stream that is taken for text, and go back to its beginning."""
    stream.seek(0)
    encoding = encoding_of(stream.read(HEAD_OCTETS))
    stream.seek(0)
    return encoding or "utf-8"


def as_block(block: TextBlock, place: Place) -> Block:
    """Return a block as a piece at its lines of `place`."""
    return Block(data=block.data, place=replace(place, line=block.line, offset=block.offset))


def text_from(stream: BinaryIO, reading: Reading, line: int) -> Iterator[Piece]:
    """Yield the text from a line on, whose number counts from 1."""
    for block in text_blocks(stream, reading):
        before = line - block.line
        if before <= 0:
            yield as_block(block, reading.place)
        elif block.data.count(b"\n") >= before:
            data = block.data.split(b"\n", before)[-1]
            yield as_block(TextBlock(data, line), reading.place)
