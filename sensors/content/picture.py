"""Pictures: read by OCR where the extra `ocr` is installed, else known as pictures alone.

Of a page the part is read first in which a mark of secrecy stands (GB/T 9704-2012): whoever stops
at a mark is spared the rest. The engine with its models is made once in a process.
"""

import functools
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from sensors.content.limits import Limits
from sensors.content.reader import Broken, OverLimit, Reading
from situation.content.piece import Nature, Passage, Piece
from situation.content.place import Box, Place

if TYPE_CHECKING:
    from PIL.Image import Image
    from rapidocr import RapidOCR

OCR_MIB = 768
"""MiB of address space that engine, models and one page take beyond what other formats take."""

_PIXELS = 60_000_000
_FRAMES = 100
_LEAST_WIDE, _LEAST_HIGH = 60, 20
_PAGE_SHAPE = (1.3, 1.55)
_PAGE_LEAST = 800
_HEAD = Box(left=0.05, top=0.06, right=0.70, bottom=0.36)
"""Where marks stand on a page, with room for a scan that is askew: its left upper part."""
_WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)
_BORDER = 0.02
_BLANK = (255, 255, 255)
_SCORE = 0.5
_SETTINGS: dict[str, object] = {
    "Global.log_level": "error",
    "Global.max_side_len": 1600,
    "Global.use_cls": False,
    "Rec.rec_batch_num": 1,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
"""One thread and one line at a time: several take more memory than they save time."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text on a picture, its box in shares of the whole picture."""

    text: str
    box: Box


def has_ocr() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


def reads_pictures(limits: Limits) -> bool:
    """Whether pictures are read as text."""
    return limits.ocr and has_ocr()


def read_picture(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Say that it is a picture, and yield its lines where it can be read."""
    yield Nature(trait="image", place=reading.place)
    if reads_pictures(reading.limits):
        yield from _Frames(reading).told(stream)


class _Frames:
    """The frames of one picture, which are pages where there are several."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ordinal = 0

    def told(self, stream: BinaryIO) -> Iterator[Passage]:
        """Yield the lines of all frames."""
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - an extra, and slow

        try:
            with Image.open(stream) as picture:
                frames = getattr(picture, "n_frames", 1)
                several = frames > 1 and picture.format == "TIFF"
                for number in range(min(frames, _FRAMES) if several else 1):
                    picture.seek(number)
                    yield from self._frame(picture, number + 1 if several else None)
        except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as fault:
            raise Broken(type(fault).__name__) from None

    def _frame(self, picture: "Image", page: int | None) -> Iterator[Passage]:
        width, height = picture.size
        if width * height > _PIXELS:
            raise OverLimit("too_large", f"{width} x {height} pixels", self._reading.place)
        if width < _LEAST_WIDE or height < _LEAST_HIGH:
            return
        self._reading.spend(0)
        place = self._reading.place if page is None else replace(self._reading.place, page=page)
        whole = picture.convert("RGB")
        if not _is_page(width, height):
            yield from self._passages(_lines(whole, _WHOLE), place)
            return
        head = [line for line in _lines(whole, _HEAD) if not _is_cut(line.box)]
        yield from self._passages(head, place)
        self._reading.spend(0)
        yield from self._passages(_lines(_without(whole, head), _WHOLE), place)

    def _passages(self, lines: Sequence[_Line], place: Place) -> Iterator[Passage]:
        for line in lines:
            self._ordinal += 1
            yield Passage(text=line.text, place=place, ordinal=self._ordinal, box=line.box)


def _is_page(width: int, height: int) -> bool:
    least, most = _PAGE_SHAPE
    return width >= _PAGE_LEAST and least <= height / width <= most


def _is_cut(box: Box) -> bool:
    """Whether a line goes on beyond the head of the page; it comes again with the whole."""
    return box.right > _HEAD.right - _BORDER or box.bottom > _HEAD.bottom - _BORDER


def _without(picture: "Image", lines: Sequence[_Line]) -> "Image":
    """Return the picture with the lines blanked that were read already."""
    width, height = picture.size
    for line in lines:
        box = line.box
        corners = (box.left * width, box.top * height, box.right * width, box.bottom * height)
        picture.paste(_BLANK, (int(corners[0]), int(corners[1]), int(corners[2]), int(corners[3])))
    return picture


@functools.cache
def _engine() -> "RapidOCR":
    from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and slow

    return RapidOCR(params=dict(_SETTINGS))


def _lines(picture: "Image", part: Box) -> list[_Line]:
    """Return the lines of a part of a picture, from above to below."""
    import cv2  # noqa: PLC0415 - comes with the extra
    import numpy as np  # noqa: PLC0415 - only where pictures are read
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # noqa: PLC0415 - an extra
    from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError  # noqa: PLC0415 - same
    from rapidocr.utils.output import RapidOCROutput  # noqa: PLC0415 - same

    width, height = picture.size
    left, top = int(part.left * width), int(part.top * height)
    cut = picture.crop((left, top, int(part.right * width), int(part.bottom * height)))
    try:
        found = _engine()(np.asarray(cut)[:, :, ::-1])
    except (ONNXRuntimeError, runtime.Fail, runtime.RuntimeException, cv2.error):
        raise MemoryError from None
    if not isinstance(found, RapidOCROutput) or found.boxes is None:
        return []
    lines = [
        _Line(text, _box(corners, (left, top), (width, height)))
        for text, corners, score in zip(
            found.txts or (), found.boxes, found.scores or (), strict=True
        )
        if score >= _SCORE and text.strip()
    ]
    return sorted(lines, key=lambda line: (round(line.box.top, 2), line.box.left))


def _box(corners: Sequence[Sequence[float]], origin: tuple[int, int], size: tuple[int, int]) -> Box:
    across = [(float(x) + origin[0]) / size[0] for x, _ in corners]
    down = [(float(y) + origin[1]) / size[1] for _, y in corners]
    return Box(left=min(across), top=min(down), right=max(across), bottom=max(down))
