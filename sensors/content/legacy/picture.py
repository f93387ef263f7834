"""Pictures in the streams of old documents (MS-ODRAW, 2.2.23).

A picture stands in a record behind one or two digests and an octet; the records of it are nested
in three ways in the three kinds of documents, so that each is found by its picture.
"""

import re
from collections.abc import Iterator

from sensors.content.legacy.compound import Compound
from sensors.content.legacy.octets import little
from sensors.content.reader import Reading, Undone
from situation.content.piece import Piece

_STREAMS = ("Pictures", "Data", "WordDocument")
_BEGIN = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff")
_KINDS = {0xF01D: "jpg", 0xF01E: "png", 0xF02A: "jpg"}
_HEAD_OCTETS = 8
_BEFORE = (17, 33)
"""Octets between the head of the record and the picture, with one digest and with two."""
_MOST = 1000


def picture_pieces(compound: Compound, reading: Reading) -> Iterator[Piece]:
    """Yield what the pictures show, each as a file of its own."""
    number = 0
    for name in _STREAMS:
        path = compound.named(name)
        if path is None:
            continue
        try:
            data = compound.read(path)
        except Undone:
            continue
        for ending, picture in pictures(data):
            number += 1
            yield from reading.inner(picture, f"picture-{number}.{ending}", reading.place)


def pictures(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield ending and octets of each picture in a stream."""
    end = found = 0
    for begin in _BEGIN.finditer(data):
        at = begin.start()
        if at < end or found >= _MOST:
            continue
        for before in _BEFORE:
            head = at - before - _HEAD_OCTETS
            kind, size = little(data, head + 2, 2), little(data, head + 4, 4)
            if head >= 0 and kind in _KINDS and before < size <= len(data) - head - _HEAD_OCTETS:
                end = head + _HEAD_OCTETS + size
                found += 1
                yield _KINDS[kind], data[at:end]
                break
