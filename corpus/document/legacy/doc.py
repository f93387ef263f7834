"""Word 97 documents (MS-DOC): file information block, piece table, all sub-documents.

Formatting tables are left out: what matters here is where the text lies. Pieces of plain ASCII
are compressed (one octet a character), the others are UTF-16.
"""

import struct

from corpus.document.compound import Tree, write_compound
from corpus.document.draft import Draft
from corpus.document.legacy.parts import pool, summary

_TEXT_AT = 0x800
_CLX_PAIR = 33
_COMPRESSED = 0x40000000


def _story(texts: list[str]) -> str:
    return "".join(f"{text}\r" for text in texts)


def _stories(draft: Draft) -> list[str]:
    """Texts in the order of the format: main, notes, headers, macros, comments, ends, boxes."""
    main = [*draft.body(), *draft.inserted, *draft.deleted, *draft.hidden]
    heads = [*draft.headers(), *([draft.footer] if draft.footer else [])]
    return [
        _story(main),
        _story(list(draft.footnotes)),
        _story(heads),
        "",
        _story(list(draft.comments)),
        "",
        _story(list(draft.boxes())),
        "",
    ]


def _pieces(text: str) -> tuple[bytes, bytes]:
    """Return the text as octets and its piece table, a piece a paragraph."""
    places, table, data, position = [0], b"", b"", 0
    for paragraph in text.splitlines(keepends=True):
        at = _TEXT_AT + len(data)
        if paragraph.isascii():
            data += paragraph.encode("cp1252")
            table += struct.pack("<HIH", 0, at * 2 | _COMPRESSED, 0)
        else:
            data += paragraph.encode("utf-16-le")
            table += struct.pack("<HIH", 0, at, 0)
        position += len(paragraph)
        places.append(position)
    plc = struct.pack(f"<{len(places)}I", *places) + table
    return data, b"\x02" + struct.pack("<I", len(plc)) + plc


def _information(counts: list[int], clx: int, end: int) -> bytes:
    base = struct.pack("<HHHHHHHIBBHH", 0xA5EC, 0x00C1, 0, 0x0804, 0, 0x1200, 0x00BF, 0, 0, 0, 0, 0)
    base += struct.pack("<II", _TEXT_AT, end)
    words = struct.pack("<H", 14) + bytes(26) + struct.pack("<H", 0x0804)
    longs = struct.pack("<H", 22) + struct.pack("<III", end, 0, 0)
    longs += struct.pack("<8I", *counts) + bytes(88 - 12 - 32)
    pairs = bytearray(93 * 8)
    struct.pack_into("<II", pairs, _CLX_PAIR * 8, 0, clx)
    return base + words + longs + struct.pack("<H", 93) + bytes(pairs) + struct.pack("<H", 0)


def write_doc(draft: Draft) -> bytes:
    """Write a Word document; embedded files lie in its object pool."""
    stories = _stories(draft)
    text = "".join(stories)
    text += "\r" if any(stories[1:]) else ""
    data, clx = _pieces(text)
    head = _information([len(story) for story in stories], len(clx), _TEXT_AT + len(data))
    tree: dict[str, bytes | Tree] = {
        "WordDocument": (head.ljust(_TEXT_AT, b"\0") + data).ljust(4096, b"\0"),
        "1Table": clx.ljust(4096, b"\0"),
        "\x05SummaryInformation": summary(draft.properties),
    }
    if draft.attachments:
        tree["ObjectPool"] = pool(draft.attachments)
    return write_compound(tree)
