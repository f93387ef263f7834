"""PDF (ISO 32000-1): text at its place in a Chinese font that is not embedded.

Fonts are named by the predefined maps GBK-EUC-H or UniGB-UCS2-H, without ToUnicode, as official
documents have them; with Identity-H nobody can tell the characters.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Literal

from corpus.document.draft import Draft
from corpus.mark.page import BODY_POINTS, LINE, PAGE_HEIGHT, PAGE_WIDTH, POINT, Line

Encoding = Literal["GBK-EUC-H", "UniGB-UCS2-H", "Identity-H"]
_WIDTH, _HEIGHT = PAGE_WIDTH / POINT, PAGE_HEIGHT / POINT
_LINES_A_PAGE = 20
_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_WIDE = 34
"""Characters on a line of the body."""

Picture = tuple[int, int, bytes]
"""Width, height, RGB octets."""


def _hexadecimal(text: str, encoding: Encoding) -> str:
    codec = "gbk" if encoding == "GBK-EUC-H" else "utf-16-be"
    plain = text.replace("\t", "  ")
    return f"<{plain.encode(codec, 'ignore').hex()}>"


def _string(text: str) -> bytes:
    return f"<feff{text.encode('utf-16-be').hex()}>".encode()


def _shown(line: Line, encoding: Encoding) -> str:
    left, top = line.left * _WIDTH, _HEIGHT - line.top * _HEIGHT - line.points
    parts = line.runs or (line.text,)
    texts = " ".join(f"{_hexadecimal(part, encoding)} Tj" for part in parts)
    return f"BT /F1 {line.points:.1f} Tf {left:.2f} {top:.2f} Td {texts} ET"


def _flowing(texts: Sequence[str], row: float) -> Iterator[Line]:
    for text in texts:
        for at in range(0, max(len(text), 1), _WIDE):
            part = text[at : at + _WIDE]
            top = (37 + row * LINE) / PAGE_HEIGHT
            yield Line(text=part, left=28 / PAGE_WIDTH, top=top, right=0.9, bottom=top + 0.02)
            row += 1


def _pages(draft: Draft) -> list[list[Line]]:
    """Lines page by page; what has a place keeps it, the rest flows below."""
    placed = list(draft.lines)
    row = max((line.bottom * PAGE_HEIGHT - 37) / LINE for line in placed) + 1 if placed else 0.0
    flowing = [draft.title] if draft.title else []
    flowing += [*draft.paragraphs, *("    ".join(cells) for cells in draft.table)]
    pages: list[list[Line]] = [placed]
    for number, line in enumerate(_flowing(flowing, 0.0)):
        at = number + int(row)
        while len(pages) <= at // _LINES_A_PAGE:
            pages.append([])
        pages[at // _LINES_A_PAGE].append(_moved(line, at % _LINES_A_PAGE))
    extra = [*draft.text_boxes, *draft.footnotes]
    pages[0] += [_moved(line, _LINES_A_PAGE + 1 + n) for n, line in enumerate(_flowing(extra, 0.0))]
    return [_framed(draft, page) for page in pages]


def _moved(line: Line, row: int) -> Line:
    top = (37 + row * LINE) / PAGE_HEIGHT
    bottom = top + BODY_POINTS * POINT / PAGE_HEIGHT
    return Line(text=line.text, left=line.left, top=top, right=line.right, bottom=bottom)


def _framed(draft: Draft, page: list[Line]) -> list[Line]:
    ends = ((0.04, draft.header), (0.96, draft.footer))
    return page + [
        Line(text=text, left=0.3, top=top, right=0.7, bottom=top + 0.02, points=10.5)
        for top, text in ends
        if text
    ]


class _File:
    """Objects of a PDF, numbered from 1; with a key their streams and strings are encrypted."""

    def __init__(self, password: str = "") -> None:
        self.objects: list[bytes] = []
        self._key = _owner_key(password) if password else b""

    def add(self, body: bytes) -> int:
        """Add an object and return its number."""
        self.objects.append(body)
        return len(self.objects)

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        """Add a deflated stream."""
        packed = zlib.compress(data)
        if self._key:
            packed = _rc4(_object_key(self._key, len(self.objects) + 1), packed)
        head = b"<< /Filter /FlateDecode /Length %d %s >>" % (len(packed), entries)
        return self.add(head + b"\nstream\n" + packed + b"\nendstream")

    def written(self, root: int, info: int, encrypt: int = 0) -> bytes:
        """Return the file with its table of references."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self.objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        table = len(out)
        count = len(self.objects) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % count
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        more = b"/Encrypt %d 0 R" % encrypt if encrypt else b""
        trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s><%s>] %s >>"
        ident = _IDENT.hex().encode()
        out += b"trailer\n" + trailer % (count, root, info, ident, ident, more)
        return bytes(out + b"\nstartxref\n%d\n%%%%EOF\n" % table)


_IDENT = hashlib.md5(b"citywatch corpus", usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for octet in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(octet ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _padded(password: str) -> bytes:
    return (password.encode() + _PAD)[:32]


def _owner(password: str) -> bytes:
    key = hashlib.md5(_padded(password), usedforsecurity=False).digest()[:5]
    return _rc4(key, _padded(password))


_PERMISSIONS = struct.pack("<i", -44)


def _owner_key(password: str) -> bytes:
    """Compute the file key of the standard handler, revision 2 (clause 7.6.3.3, algorithm 2)."""
    whole = _padded(password) + _owner(password) + _PERMISSIONS + _IDENT
    return hashlib.md5(whole, usedforsecurity=False).digest()[:5]


def _object_key(key: bytes, number: int) -> bytes:
    whole = key + struct.pack("<I", number)[:3] + b"\0\0"
    return hashlib.md5(whole, usedforsecurity=False).digest()[:10]


def _encryption(file: _File, password: str) -> int:
    if not password:
        return 0
    user = _rc4(_owner_key(password), _PAD)
    fields = (_owner(password).hex().encode(), user.hex().encode())
    return file.add(b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >>" % fields)


def _font(file: _File, encoding: Encoding) -> int:
    describe = file.add(
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    descendant = file.add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor %d 0 R >>"
        % describe
    )
    return file.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /%s "
        b"/DescendantFonts [%d 0 R] >>" % (encoding.encode(), descendant)
    )


def _annotations(file: _File, draft: Draft) -> bytes:
    texts = (*draft.annotations, *draft.comments)
    numbers = [
        file.add(
            b"<< /Type /Annot /Subtype /Text /Rect [400 700 420 720] /Contents %s >>"
            % _string(text)
        )
        for text in texts
    ]
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _attached(file: _File, draft: Draft) -> bytes:
    rows = []
    for name, data in draft.attachments:
        content = file.stream(data, b"/Type /EmbeddedFile")
        spec = file.add(
            b"<< /Type /Filespec /F %s /UF %s /EF << /F %d 0 R >> >>"
            % (_string(name), _string(name), content)
        )
        rows.append(b"%s %d 0 R" % (_string(name), spec))
    return b"/Names << /EmbeddedFiles << /Names [%s] >> >>" % b" ".join(rows) if rows else b""


_INFO = {
    "title": b"/Title",
    "subject": b"/Subject",
    "creator": b"/Author",
    "keywords": b"/Keywords",
}


def _info(file: _File, draft: Draft) -> int:
    rows = [
        b"%s %s"
        % (
            _INFO.get(key, b"/" + b"".join(b"#%02x" % octet for octet in key.encode())),
            _string(value),
        )
        for key, value in draft.properties.items()
    ]
    return file.add(b"<< /Producer (corpus) %s >>" % b" ".join(rows))


def write_pdf(
    draft: Draft,
    encoding: Encoding = "GBK-EUC-H",
    *,
    picture: Picture | None = None,
    password: str = "",
) -> bytes:
    """Write a PDF; a `picture` fills its first page; a password encrypts it (RC4, 40 bits).

    In an encrypted one the strings outside of streams are left out.
    """
    file = _File(password)
    plain = (
        Draft(title=draft.title, lines=draft.lines, paragraphs=draft.paragraphs)
        if password
        else draft
    )
    font = _font(file, encoding)
    parent = len(file.objects) + 1
    file.add(b"")
    kids = []
    for number, lines in enumerate(_pages(plain)):
        shown = "\n".join(_shown(line, encoding) for line in lines).encode()
        notes = _annotations(file, plain) if number == 0 else b""
        image = picture if number == 0 else None
        kids.append(_page(file, shown, (parent, font), notes=notes, picture=image))
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    file.objects[parent - 1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), listed)
    root = file.add(b"<< /Type /Catalog /Pages %d 0 R %s >>" % (parent, _attached(file, plain)))
    info = _info(file, plain) if not password else file.add(b"<< >>")
    return file.written(root, info, _encryption(file, password))


def _image(file: _File, picture: Picture) -> int:
    width, height, rgb = picture
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB "
    return file.stream(rgb, entries % (width, height) + b"/BitsPerComponent 8")


def _page(
    file: _File,
    content: bytes,
    numbers: tuple[int, int],
    *,
    notes: bytes,
    picture: Picture | None,
) -> int:
    """Add a page under its parent with its font; a picture lies below its text."""
    images = b""
    if picture:
        images = b"/XObject << /I1 %d 0 R >>" % _image(file, picture)
        content = b"q %.2f 0 0 %.2f 0 0 cm /I1 Do Q\n" % (_WIDTH, _HEIGHT) + content
    stream = file.stream(content)
    parent, font = numbers
    return file.add(
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R "
        b"/Resources << /Font << /F1 %d 0 R >> %s >> /Annots [%s] >>"
        % (parent, _WIDTH, _HEIGHT, stream, font, images, notes)
    )
