"""PowerPoint 97 presentations (MS-PPT): slides, notes, headers and footers, comments."""

import struct
from collections.abc import Sequence

from corpus.document.compound import write_compound
from corpus.document.draft import Draft
from corpus.document.legacy.parts import pool, summary

_CONTAINER = 0xF
_PER_SLIDE = 6
_MASTER = 0x80000000
"""Number of the one master slide."""


def _record(kind: int, body: bytes, version: int = 0, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | version, kind, len(body)) + body


def _container(kind: int, *parts: bytes, instance: int = 0) -> bytes:
    return _record(kind, b"".join(parts), _CONTAINER, instance)


def _text(text: str, role: int = 1) -> bytes:
    """Write a text with its role: octets where it is plain ASCII, else UTF-16."""
    head = _record(0x0F9F, struct.pack("<I", role))
    if text.isascii():
        return head + _record(0x0FA8, text.encode("ascii"))
    return head + _record(0x0FA0, text.encode("utf-16-le"))


def _string(text: str, instance: int = 0) -> bytes:
    return _record(0x0FBA, text.encode("utf-16-le"), instance=instance)


def _shape(number: int, text: str) -> bytes:
    """Write a text box (MS-ODRAW 2.2.37): its number and kind, its place, its text."""
    kind = _record(0xF00A, struct.pack("<II", number, 0x0A00), 2, 202)
    top = 200 + number % 64 * 600
    place = _record(0xF010, struct.pack("<hhhh", top, 300, 5400, top + 500))
    return _container(0xF004, kind, place, _container(0xF00D, _text(text, 4)))


def _drawing(texts: Sequence[str], number: int) -> bytes:
    """Write the shapes of a slide: each text in a text box of its own."""
    first = number * 1024
    patriarch = _record(0xF00A, struct.pack("<II", first, 5), 2)
    group = _container(0xF004, _record(0xF009, bytes(16), 1), patriarch)
    shapes = [_shape(first + at, text) for at, text in enumerate(texts, 1)]
    counts = struct.pack("<II", len(texts) + 1, first + len(texts))
    head = _record(0xF008, counts, instance=number)
    return _container(0x040C, _container(0xF002, head, _container(0xF003, group, *shapes)))


def _atom(master: int) -> bytes:
    return _record(0x03EF, struct.pack("<I8sIIHH", 0, bytes(8), master, 0, 7, 0), 2)


def _colors() -> bytes:
    return _record(0x07F0, bytes.fromhex("ffffff00000000008080800000000000" * 2), instance=1)


def _slide(texts: Sequence[str], number: int, extra: bytes = b"") -> bytes:
    return _container(0x03EE, _atom(_MASTER), _drawing(texts, number), _colors(), extra)


def _master() -> bytes:
    return _container(0x03F8, _atom(0), _drawing([], 1), _colors())


def _groups(count: int) -> bytes:
    """Write the table of drawings: for each the identifiers that it takes."""
    clusters = b"".join(struct.pack("<II", number, 1023) for number in range(1, count + 1))
    head = struct.pack("<IIII", (count + 1) * 1024, count + 1, count * 8, count)
    return _container(0x040B, _container(0xF000, _record(0xF006, head + clusters)))


def _comment(text: str) -> bytes:
    parts = (_string("王"), _string(text, 1), _string("王", 2))
    return _container(0x2EE0, *parts)


def _comments(draft: Draft) -> bytes:
    """Write comments where PowerPoint 2000 keeps them: among the tags of the slide."""
    if not draft.comments:
        return b""
    data = _record(0x138B, b"".join(map(_comment, draft.comments)), instance=0)
    tag = _container(0x138A, _string("___PPT10"), data)
    return _container(0x1388, tag)


def _headers(draft: Draft) -> bytes:
    header = " ".join(draft.headers())
    parts = [_record(0x0FDA, bytes(4))]
    parts += [_string(header, 1)] if header else []
    parts += [_string(draft.footer, 2)] if draft.footer else []
    return _container(0x0FD9, *parts, instance=3)


def _persist(number: int, slide: int) -> bytes:
    return _record(0x03F3, struct.pack("<IIiII", number, 0, 0, slide, 0))


def _document(draft: Draft, count: int) -> bytes:
    """Write the document: size, drawings, lists of the master and of `count` slides."""
    size = struct.pack("<iiiiiiIIHHBBBB", 5760, 4320, 4320, 5760, 5, 10, 0, 0, 1, 0, 0, 0, 0, 1)
    masters = _container(0x0FF0, _persist(2, _MASTER), instance=1)
    slides = b"".join(_persist(3 + at, 256 + at) for at in range(count))
    title = _text(draft.title, 0) if draft.title else b""
    return _container(
        0x03E8,
        _record(0x03E9, size, 1),
        _groups(count + 2),
        masters,
        _headers(draft),
        _container(0x0FF0, slides, title),
        _record(0x03EA, b""),
    )


def write_ppt(draft: Draft) -> bytes:
    """Write a PowerPoint 97 presentation: title in the outline, six paragraphs a slide."""
    texts = [*(line.text for line in draft.lines if line.role == "body"), *draft.boxes()]
    texts += [*draft.paragraphs, *("\t".join(row) for row in draft.table), *draft.hidden]
    groups = [texts[at : at + _PER_SLIDE] for at in range(0, max(len(texts), 1), _PER_SLIDE)]
    objects = [_document(draft, len(groups)), _master()]
    for number, group in enumerate(groups):
        objects.append(_slide(group, number + 2, _comments(draft) if number == 0 else b""))
    if draft.notes:
        notes = _drawing(draft.notes, len(groups) + 2)
        objects.append(_container(0x03F0, _record(0x03F1, bytes(8), version=1), notes))
    places, stream = [], b""
    for body in objects:
        places.append(len(stream))
        stream += body
    persist = len(stream)
    head = struct.pack("<I", len(places) << 20 | 1)
    stream += _record(0x1772, head + struct.pack(f"<{len(places)}I", *places))
    edit = len(stream)
    fields = struct.pack("<IHBBIIIIHH", 256, 0, 0, 3, 0, persist, 1, len(places) + 1, 1, 0)
    stream += _record(0x0FF5, fields)
    user = struct.pack("<IIIHHBBH", 20, 0xE391C05F, edit, 4, 0x03F4, 3, 0, 0) + b"user"
    tree = {
        "PowerPoint Document": stream.ljust(4096, b"\0"),
        "Current User": _record(0x0FF6, user + struct.pack("<I", 8)),
        "\x05SummaryInformation": summary(draft.properties),
    }
    extra = {f"MBD{name[1:]}": content for name, content in pool(draft.attachments).items()}
    return write_compound({**tree, **extra})
