import struct

import pytest

from sensors.content.fixed.raster import png_of
from sensors.content.legacy.compound import Path
from sensors.content.legacy.picture import pictures
from situation.content.piece import Nature
from tests.sensors.content.legacy.sample import sample, with_streams
from tests.sensors.content.pieced import pieces_of, texts

PICTURE = png_of(memoryview(bytes(4)), 2, 2, 2)


def blip(picture: bytes, *, digests: int = 1) -> bytes:
    """Return the record of a picture."""
    held = bytes(16 * digests + 1) + picture
    return struct.pack("<HHI", 0x6E00, 0xF01E, len(held)) + held


@pytest.mark.parametrize("digests", [1, 2])
def test_a_picture_is_found_with_its_length(digests: int) -> None:
    data = b"around" + blip(PICTURE, digests=digests) + b"behind" + blip(PICTURE)
    assert list(pictures(data)) == [("png", PICTURE), ("png", PICTURE)]


def test_octets_that_only_begin_like_a_picture_are_none() -> None:
    assert not list(pictures(bytes(60) + PICTURE))


@pytest.mark.parametrize(("name", "stream"), [("slides.ppt", "Pictures"), ("text.doc", "Data")])
def test_pictures_of_a_document_are_files_of_their_own(name: str, stream: str) -> None:
    held: dict[Path, bytes] = {(stream,): blip(PICTURE)}
    pieces = pieces_of(with_streams(sample(name), held))
    assert "picture-1.png" in texts(pieces, "name")
    assert [piece.trait for piece in pieces if isinstance(piece, Nature)] == ["image"]
