"""PDF files made of objects."""

import zlib
from collections.abc import Mapping

_GBK = (
    b"<</Type/Font/Subtype/Type0/BaseFont/SimHei/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/SimHei/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
    b"/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/SimHei/Flags 4"
    b"/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 859/Descent -140/CapHeight 700/StemV 80>>"
    b"/DW 1000>>]>>"
)
"""A font as office programs of China set it: codes of GBK, no map to Unicode, no glyphs."""


def pdf(objects: Mapping[int, bytes]) -> bytes:
    """Return a file of numbered objects; number 1 is the catalogue."""
    out = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, held in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    start = len(out)
    rows = b"".join(
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
        for number in range(1, max(objects) + 1)
    )
    info = b"/Info 9 0 R" if 9 in objects else b""
    count = max(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\n"
        b"startxref\n%d\n%%%%EOF" % (count, rows, count, info, start)
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return a compressed stream."""
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (
        len(packed),
        entries,
        packed,
    )


def shown(text: str, x: float, y: float, points: float = 16) -> bytes:
    """Return the operators that set a text at a place, by the matrix and not by the size."""
    octets = text.encode("gbk").hex().encode()
    return b"BT /F 1 Tf %g 0 0 %g %g %g Tm <%s> Tj ET\n" % (points, points, x, y, octets)


def page(
    content: bytes,
    *,
    entries: bytes = b"",
    catalogue: bytes = b"",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """Return a file of one page of A4 with a content. `more` are further objects, from 6."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>/XObject<</I 8 0 R>>>>%s>>" % entries,
            4: stream(content),
            5: _GBK,
            **(more or {}),
        }
    )
