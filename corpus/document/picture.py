"""Pictures of pages as scanners make them, with a red seal over the text; set by Typst.

Needs a Chinese font on the machine; without one the characters are boxes.
"""

import struct
import zlib
from collections.abc import Sequence

import typst

from corpus.mark.page import PAGE_HEIGHT, PAGE_WIDTH, Line

RESOLUTIONS = (150, 200, 300)
_FONTS = '("Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Serif SC", "WenQuanYi Zen Hei")'
_SPECIAL = str.maketrans({sign: "\\" + sign for sign in '\\#$*_`<>@[]"~/-+='})


def _placed(line: Line) -> str:
    left, top = line.left * PAGE_WIDTH, line.top * PAGE_HEIGHT
    text = line.text.translate(_SPECIAL)
    return f"#place(dx: {left:.2f}mm, dy: {top:.2f}mm, text(size: {line.points:.1f}pt)[{text}])"


def _seal(left: float, top: float) -> str:
    ring = "circle(radius: 20mm, stroke: 1.2mm + rgb(200, 20, 20, 170))"
    star = "text(size: 40pt, fill: rgb(200, 20, 20, 170))[★]"
    return (
        f"#place(dx: {left:.1f}mm, dy: {top:.1f}mm, {ring})\n"
        f"#place(dx: {left + 13:.1f}mm, dy: {top + 12:.1f}mm, {star})"
    )


def scan(
    lines: Sequence[Line], *, resolution: int = 200, seal: bool = True, skew: float = 0.4
) -> bytes:
    """Return a PNG of a page: its lines in their places, turned by `skew` degrees."""
    body = "\n".join(_placed(line) for line in lines)
    stamp = _seal(110, 45) if seal else ""
    size = f"width: {PAGE_WIDTH}mm, height: {PAGE_HEIGHT}mm"
    page = (
        f"#set page({size}, margin: 0mm)\n"
        f'#set text(font: {_FONTS}, lang: "zh")\n'
        f"#rotate({skew}deg, box({size})[\n{body}\n{stamp}\n])\n"
    )
    made = typst.compile(page.encode(), format="png", ppi=float(resolution))
    return made if isinstance(made, bytes) else made[0]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def plain(width: int, height: int, color: tuple[int, int, int] = (200, 210, 220)) -> bytes:
    """Return a PNG (ISO/IEC 15948) of one colour: a picture without any text."""
    row = b"\0" + bytes(color) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(row * height)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )
