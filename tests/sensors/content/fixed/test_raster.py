import zlib

from sensors.content.fixed.raster import SIGNATURE, png_of


def test_grey_rows_become_a_picture_without_what_fills_them_up() -> None:
    png = png_of(memoryview(bytes([0, 128, 99, 255, 64, 99])), width=2, height=2, stride=3)
    assert png.startswith(SIGNATURE)
    start = png.index(b"IDAT") + 4
    length = int.from_bytes(png[start - 8 : start - 4])
    assert zlib.decompress(png[start : start + length]) == bytes([0, 0, 128, 0, 255, 64])
