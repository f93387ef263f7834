"""What format a content has: by what is in it. Its name decides among formats of text alone."""

import re
import zipfile
from typing import BinaryIO

import olefile

from sensors.content.container.directory import directory_octets
from sensors.content.container.zipped import ZIP_FAULTS
from sensors.content.decoding import HEAD_OCTETS, Encoding, as_text, encoding_of
from sensors.content.format import Format
from sensors.content.formats import FORMATS
from sensors.content.nature import der_kind
from sensors.content.text.delimited import divider_of

_ZIP, _OLE2 = FORMATS["zip"], FORMATS["ole2"]
_DIRECTORY_OCTETS = 16 * 1024 * 1024
"""Octets of a zip directory that are looked through; a longer one is just an archive."""
_MEDIA_OCTETS = 100
_BROKEN_ZIP: tuple[type[Exception], ...] = (*ZIP_FAULTS, LookupError)
_SHORT_MAGIC = 4
_LOOK = 4096
"""Characters by which the kind of a text is judged."""
_TABLE_LINES = (3, 5)
"""Lines from which a text is a table: fewer where they are divided as no prose is."""
_OF_PROSE = frozenset(",;")

_ENDINGS: dict[str, Format] = {
    ending: row for row in reversed(FORMATS.values()) for ending in row.endings
}
_FREE = frozenset({"", "txt", "dat", "del", "out", "unl", "bak"})
"""Endings that say nothing about what the text is."""

_HEAD_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?.*")
_MAIL_HEADS = re.compile(
    r"^(?:from|received|return-path|message-id|mime-version|delivered-to|subject|date):",
    re.MULTILINE | re.IGNORECASE,
)
_MAIL_HEADS_NEEDED = 3
_MBOX = re.compile(r"From \S+ .*\d{4}\r?\n[A-Za-z-]+:")
_OPENINGS = (("{\\rtf", "rtf"), ("-----BEGIN PGP MESSAGE", "pgp_text"))
_JSON = re.compile(r"[\[{]\s*(?:[\[{\"\]}]|-?\d|true|false|null)")
_MARKUP = re.compile(r"<[?!\w]")
_HTML = re.compile(r"<(?:!doctype html|html|head|body|table|div)\b", re.IGNORECASE)
_SQL = re.compile(
    r"^(?:insert\s+into\s|copy\s\S+\s*\(|create\s+table\s|-- (?:mysql|mariadb|postgresql) )",
    re.IGNORECASE | re.MULTILINE,
)


def format_of(stream: BinaryIO, name_hint: str) -> Format | None:
    """Return the format; None where nothing here knows it. The stream is seekable."""
    stream.seek(0)
    head = stream.read(HEAD_OCTETS)
    found = _by_magic(head)
    if found is _ZIP:
        return _of_zip(stream)
    if found is _OLE2:
        return _of_ole2(stream)
    encoding = encoding_of(head)
    if found is not None and not (encoding and _may_be_text(found)):
        return found
    if encoding:
        return _of_text(head, encoding, name_hint)
    return FORMATS.get(der_kind(head))


def _by_magic(head: bytes) -> Format | None:
    for row in FORMATS.values():
        if any(head.startswith(octets, at) for at, octets in row.magic):
            return row
    return None


def _may_be_text(found: Format) -> bool:
    """Whether a text may begin with what the format is known by: `BM`, `MZ`, or any two octets."""
    return found.reader is None or all(
        len(octets) <= _SHORT_MAGIC and octets.isalnum() for _, octets in found.magic
    )


def _of_zip(stream: BinaryIO) -> Format:
    """Tell documents that are zip archives from archives, by their members."""
    if not 0 < directory_octets(stream) <= _DIRECTORY_OCTETS:
        return _ZIP
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            media = _media(archive) if "mimetype" in names else ""
    except _BROKEN_ZIP:
        return _ZIP
    for row in FORMATS.values():
        if (media and row.media == media) or any(_has(names, member) for member in row.members):
            return row
    return _ZIP


def _has(names: list[str], member: str) -> bool:
    if member.endswith("/"):
        return any(name.startswith(member) for name in names)
    return member in names


def _media(archive: zipfile.ZipFile) -> str:
    """Return what the member `mimetype` says (OpenDocument 1.3 part 2, 3.3)."""
    with archive.open("mimetype") as member:
        return member.read(_MEDIA_OCTETS).decode("ascii", errors="replace").strip()


def _of_ole2(stream: BinaryIO) -> Format:
    """Tell the documents of the old office programs by their streams."""
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream) as compound:
            for row in FORMATS.values():
                if any(compound.exists(name) for name in row.streams):
                    return row
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return _OLE2
    return _OLE2


def _of_text(head: bytes, encoding: Encoding, name: str) -> Format:
    text = as_text(head, encoding)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    named = _ENDINGS.get(ending)
    look = text[:_LOOK].lstrip("\ufeff \t\r\n")
    seen = _by_look(look, named.key if named and ending not in _FREE else "")
    if seen:
        return FORMATS[seen]
    if named is not None and named.key in {"json", "xml", "html"}:
        return FORMATS["text"]  # it is not what its name says
    if named is not None and ending not in _FREE:
        return named
    return FORMATS["csv" if _is_table(text) else "text"]


def _by_look(look: str, named: str) -> str:
    """Return the key of the format that the text shows by itself; empty where it shows none.

    `named` is the key of the format that its name tells, empty where the name says nothing.
    """
    for opening, key in _OPENINGS:
        if look.startswith(opening):
            return key
    if look.startswith("<"):
        return _markup(look, named)
    if look.startswith(("{", "[")) and _JSON.match(look):
        return "json"
    if _MBOX.match(look):
        return "mbox"
    if _is_mail(look):
        return "eml"
    return "sql" if not named and _SQL.search(look) else ""


def _markup(look: str, named: str) -> str:
    if not _MARKUP.match(look):
        return ""
    if named == "html":
        return "html"
    return "html" if not look.startswith("<?xml") and _HTML.search(look) else "xml"


def _is_mail(look: str) -> bool:
    first = look.split("\n", 1)[0].rstrip("\r")
    head = re.split(r"\r?\n\r?\n", look, maxsplit=1)[0]
    return (
        _HEAD_LINE.fullmatch(first) is not None
        and len(_MAIL_HEADS.findall(head)) >= _MAIL_HEADS_NEEDED
    )


def _is_table(text: str) -> bool:
    """Whether a text without a name that says so is a table: every line is divided alike."""
    lines = [line for line in text.split("\n")[:-1] if line.strip()]
    divider = divider_of(lines, agreeing=1.0, fewest=2)
    return bool(divider) and len(lines) >= _TABLE_LINES[divider in _OF_PROSE]
