"""Pictures are read by OCR where the extra is installed, the head of a page first."""

import io
import pathlib
import subprocess

import pytest

from sensors.content.limits import Limits
from sensors.content.picture import has_ocr, reads_pictures
from sensors.content.reading import read
from situation.content.piece import Nature, Passage
from tests.sensors.content.hostile import giant_picture
from tests.sensors.content.pieced import PLAIN, pieces_of, reasons
from tests.testdata import missing

MARK = "机密★10年"
PAGE = (1240, 1754)
"""A4 at 150 dots an inch."""


def font_file() -> pathlib.Path:
    asked = ["fc-match", "--format=%{file}", ":lang=zh-cn"]
    try:
        found = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        missing("no font for Chinese")
    return pathlib.Path(found)


def drawn(lines: dict[tuple[int, int], str], size: tuple[int, int]) -> bytes:
    """Return a picture with texts at their places."""
    if not has_ocr():
        missing("the extra ocr is not installed")
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - comes with the extra

    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(font_file()), 34)
    for place, text in lines.items():
        draw.text(place, text, font=font, fill="black")
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def passages(data: bytes, name: str = "scan.png") -> list[Passage]:
    pieces = read(io.BytesIO(data), name, Limits())
    return [p for p in pieces if isinstance(p, Passage) and p.place.role != "name"]


def test_without_ocr_a_picture_is_known_as_one() -> None:
    assert not reads_pictures(PLAIN)
    (nature,) = (p for p in pieces_of(giant_picture(), "a.png") if isinstance(p, Nature))
    assert nature.trait == "image"


def test_the_head_of_a_page_is_read_first_and_nothing_comes_twice() -> None:
    data = drawn(
        {(150, 220): "000001", (150, 280): MARK, (150, 1200): "正文在页面的下半部分"}, PAGE
    )
    found = passages(data)
    assert [passage.text for passage in found] == ["000001", MARK, "正文在页面的下半部分"]
    box = found[1].box
    assert box is not None
    assert (box.left, box.top) == pytest.approx((150 / PAGE[0], 280 / PAGE[1]), abs=0.02)


def test_a_picture_that_is_no_page_is_read_whole() -> None:
    (found,) = passages(drawn({(30, 30): "示例文字证件"}, (600, 120)))
    assert found.text == "示例文字证件"


def test_an_empty_picture_has_no_text() -> None:
    assert not passages(drawn({}, (400, 300)))


def test_a_picture_of_a_billion_points_is_too_large() -> None:
    if not has_ocr():
        missing("the extra ocr is not installed")
    assert set(reasons(pieces_of(giant_picture(), "a.png", Limits()))) <= {"too_large", "broken"}
    assert reasons(pieces_of(giant_picture(), "a.png", Limits()))


def test_a_picture_that_is_cut_off_is_said() -> None:
    data = drawn({(30, 30): "示例文字证件"}, (600, 120))
    assert reasons(pieces_of(data[: len(data) // 2], "a.png", Limits()))
