"""PDF by pdfium: lines with their place, annotations, forms, attachments, data of the document.

Text that cannot be trusted is not passed off as read: a page whose characters mean nothing, or
that is a picture, is read as a picture where that is possible, and named where it is not.
"""

import ctypes
import io
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO

from pypdfium2 import PdfDocument, PdfiumError, PdfPage, PdfTextPage, raw

from sensors.content.fixed.annotation import (
    alternate_texts,
    annotation_files,
    annotation_texts,
    attached,
    flattened,
)
from sensors.content.fixed.garbled import FEWEST_CHARACTERS, is_garbled
from sensors.content.fixed.page_text import PageText
from sensors.content.fixed.raster import png_of
from sensors.content.fixed.wide import wide
from sensors.content.office.markup import Element, attributes, events, local
from sensors.content.reader import Broken, Encrypted, Reading, Truncated, Undone
from situation.content.piece import Nature, Passage, Piece, Unreadable
from situation.content.place import Place, Role

PDF_FAULTS: tuple[type[Exception], ...] = (PdfiumError,)
"""What the library raises on what is broken."""

_FACTS = ("Title", "Author", "Subject", "Keywords")
_PICTURED_PAGES = 3
"""Pages of a document that are read as pictures: the first ones bear the marks."""
_DOTS_PER_INCH = 200
_POINTS_PER_INCH = 72
_LONGEST_SIDE = 4000
"""Dots; a larger page is drawn coarser."""
_END, _TAIL_OCTETS = b"startxref", 64 * 1024
"""What stands at the end, and how far before it other programs may have added something."""
_XMP_BEGIN, _XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
_XMP = re.compile(_XMP_BEGIN + rb".*?" + _XMP_END, re.DOTALL)
_TECHNICAL = frozenset(
    {
        *("about", "lang", "language", "NPages", "format", "parseType", "xmptk", "rdf"),
        *("CreateDate", "ModifyDate", "MetadataDate", "CreatorTool", "Producer", "PDFVersion"),
        *("DocumentID", "InstanceID", "OriginalDocumentID", "RenditionClass", "part"),
    }
)
"""Entries that programs write for programs."""
_WINDOW_OCTETS = 4 * 1024 * 1024
_XMP_OCTETS = 256 * 1024


@dataclass(slots=True)
class _Count:
    """What was counted over the pages."""

    ordinal: int = 0
    pictured: int = 0


def read_pdf(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pages, then what the document says about itself, then attached files."""
    try:
        document = PdfDocument(stream)
    except PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise Encrypted from None
        if not _is_whole(stream):
            raise Truncated from None
        raise Broken("no page can be found") from None
    with document:
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()
        yield from _pages(document, reading)
        yield from _facts(document, reading.place)
        yield from _packets(document, reading)
        yield from _files(document, reading)
    yield from _xmp(stream, reading)
    if not _is_whole(stream):
        yield Unreadable(reason="truncated", detail="no end to the file", place=reading.place)


def _is_whole(stream: BinaryIO) -> bool:
    """Whether the file comes to its end; pages of one that was cut are found all the same."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - _TAIL_OCTETS, 0))
    return _END in stream.read()


def _pages(document: PdfDocument, reading: Reading) -> Iterator[Piece]:
    count = _Count()
    for number in range(1, len(document) + 1):
        reading.spend(0)  # a look at the clock
        place = replace(reading.place, page=number)
        try:
            yield from _page(document, count, reading, place)
        except PdfiumError:
            yield Unreadable(reason="broken", detail="a page cannot be loaded", place=place)
    if count.pictured > _PICTURED_PAGES:
        detail = f"{count.pictured - _PICTURED_PAGES} further pages cannot be read as text"
        yield Unreadable(reason="garbled", detail=detail, place=reading.place)


def _page(document: PdfDocument, count: _Count, reading: Reading, place: Place) -> Iterator[Piece]:
    page = document[(place.page or 1) - 1]
    told: list[str] = []
    with closing(page), closing(page.get_textpage()) as text:
        for line in _content(page, text, count, reading, place):
            told += [line.text] if isinstance(line, Passage) else []
            yield line
        for said in annotation_texts(document, page):
            told.append(said)
            yield _aside(said, "annotation", place)
        for said in alternate_texts(page):
            yield _aside(said, "alt_text", place)
        for name, octets in annotation_files(page):
            yield from _file(name, octets, reading, place)
        has_look = flattened(page)
    if has_look:
        yield from _look(document, told, place)


def _look(document: PdfDocument, told: list[str], place: Place) -> Iterator[Piece]:
    """Yield what annotations show, and what nothing has said yet."""
    known = "\n".join(told)
    page = document[(place.page or 1) - 1]
    with closing(page), closing(page.get_textpage()) as text:
        for line in _lines(page, text)[1]:
            if line.text not in known:
                yield replace(line, place=replace(place, role="annotation"))


def _lines(page: PdfPage, text: PdfTextPage) -> tuple[str, list[Passage]]:
    """Return the characters of a page and its lines with their places."""
    width, height = page.get_size()
    read = PageText(page, text)
    characters = read.characters()
    return characters, [
        Passage(text=line.text, box=line.box(width, height), points=line.points)
        for line in read.lines(characters, width, height)
    ]


def _content(
    page: PdfPage, text: PdfTextPage, count: _Count, reading: Reading, place: Place
) -> Iterator[Piece]:
    characters, lines = _lines(page, text)
    for line in lines:
        count.ordinal += 1
        yield replace(line, place=place, ordinal=count.ordinal)
    has_picture = _has_picture(page)
    few = len("".join(characters.split())) < FEWEST_CHARACTERS
    if is_garbled([characters]) or (has_picture and few):
        yield from _as_picture(page, count, reading, place)
    elif has_picture:
        yield Nature(trait="image", place=place)


def _has_picture(page: PdfPage) -> bool:
    return any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def _as_picture(page: PdfPage, count: _Count, reading: Reading, place: Place) -> Iterator[Piece]:
    """Have the page read as a picture; say so where that gave nothing."""
    count.pictured += 1
    if count.pictured > _PICTURED_PAGES:
        return
    found = False
    if reading.limits.ocr:
        for piece in reading.inner(_drawn(page), f"page-{place.page}.png", place):
            found = found or (isinstance(piece, Passage) and piece.place.role != "name")
            yield piece
    if not found:
        yield Unreadable(reason="garbled", detail="its text cannot be read as such", place=place)


def _drawn(page: PdfPage) -> bytes:
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST_SIDE / max(*page.get_size(), 1.0))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return png_of(memoryview(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
    finally:
        bitmap.close()


def _facts(document: PdfDocument, place: Place) -> Iterator[Piece]:
    for key in _FACTS:
        value = _fact(document, key.encode())
        if value.strip():
            yield _aside(f"{key}: {value}", "property", place)
    for bookmark in document.get_toc():
        title = bookmark.get_title()
        if title.strip():
            yield _aside(title, "property", place)


def _fact(document: PdfDocument, key: bytes) -> str:
    return wide(raw.FPDF_GetMetaText, document.raw, key)


def _aside(text: str, role: Role, place: Place) -> Passage:
    return Passage(text=text, place=replace(place, role=role))


def _packets(document: PdfDocument, reading: Reading) -> Iterator[Piece]:
    """Yield what the XML of a dynamic form holds (XFA)."""
    size = ctypes.c_ulong()
    for at in range(max(raw.FPDF_GetXFAPacketCount(document.raw), 0)):
        raw.FPDF_GetXFAPacketContent(document.raw, at, None, 0, size)
        buffer = ctypes.create_string_buffer(size.value)
        if size.value and raw.FPDF_GetXFAPacketContent(document.raw, at, buffer, size.value, size):
            yield from reading.inner(buffer.raw, f"form-{at + 1}.xml", reading.place)


def _files(document: PdfDocument, reading: Reading) -> Iterator[Piece]:
    for at in range(max(raw.FPDFDoc_GetAttachmentCount(document.raw), 0)):
        attachment = raw.FPDFDoc_GetAttachment(document.raw, at)
        if attachment:
            yield from _file(*attached(attachment), reading, reading.place)


def _file(name: str, octets: bytes, reading: Reading, place: Place) -> Iterator[Piece]:
    if octets:
        yield from reading.inner(octets, name or "attachment", place)
    else:
        yield Unreadable(reason="broken", detail="an attachment cannot be unpacked", place=place)


def _xmp(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the texts of the metadata that lie in the file as XML (ISO 16684-1)."""
    stream.seek(0)
    held = b""
    while chunk := stream.read(_WINDOW_OCTETS):
        held += chunk
        for found in _XMP.finditer(held):
            yield from _xmp_texts(found[0], reading.place)
        held = held[held.rfind(_XMP_BEGIN) :] if _is_open(held) else held[-len(_XMP_BEGIN) :]


def _is_open(held: bytes) -> bool:
    """Whether a packet begins in what is held, and may come to its end."""
    begin = held.rfind(_XMP_BEGIN)
    return begin > held.rfind(_XMP_END) and len(held) - begin < _XMP_OCTETS


def _xmp_texts(packet: bytes, place: Place) -> Iterator[Piece]:
    try:
        for _, name, element in events(io.BytesIO(packet)):
            label = name if name != "li" else _listed_under(element)
            for key, value in ((label, element.text or ""), *attributes(element).items()):
                if value.strip() and key not in _TECHNICAL:
                    yield _aside(f"{key}: {value.strip()}", "property", place)
    except Undone:
        return


def _listed_under(item: Element) -> str:
    """Return the name of the entry that has a list of values: `title` of `title/Alt/li`."""
    above = item.getparent()
    entry = above.getparent() if above is not None else None
    return local(entry) if entry is not None else ""
