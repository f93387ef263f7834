"""Pictures are whole PNG files of the asked size."""

import struct
import zlib

import pytest

from corpus.document import picture
from tests.corpus.document.whole import MARK


def size(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack_from(">II", data, 16)
    return int(width), int(height)


@pytest.mark.parametrize("resolution", picture.RESOLUTIONS)
def test_a_scan_is_an_a4_page_at_its_resolution(resolution: int) -> None:
    width, height = size(picture.scan([MARK], resolution=resolution))
    assert width == pytest.approx(210 / 25.4 * resolution, abs=2)
    assert height == pytest.approx(297 / 25.4 * resolution, abs=2)


def test_a_seal_changes_the_picture() -> None:
    assert picture.scan([MARK], resolution=72) != picture.scan([MARK], resolution=72, seal=False)


def test_a_plain_picture_has_one_colour() -> None:
    data = picture.plain(8, 4, (1, 2, 3))
    assert size(data) == (8, 4)
    at = data.index(b"IDAT")
    (length,) = struct.unpack_from(">I", data, at - 4)
    assert zlib.decompress(data[at + 4 : at + 4 + length]) == (b"\0" + bytes((1, 2, 3)) * 8) * 4
