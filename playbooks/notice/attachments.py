"""Files that prove something: of a few kinds, told by their content, of limited size."""

import datetime as dt
import hashlib
import io
import pathlib
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.notice.guard import refuse_illegal
from playbooks.notice.ledger import note, the_notice
from playbooks.person import Person
from situation.faults import Conflict, Malformed
from situation.state.tables import Attachment, Notice

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes that one file may have."""

COUNT_LIMIT = 20
"""Files that one notice may have."""

_LONGEST_NAME = 120
_ANY_TYPE = ("", "application/octet-stream")
_TEXTS = ("utf-8", "gb18030")
_WHITE = "\t\n\r\f"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the ending of its name, its media type, and how its content tells.

    `also` are other media types that browsers send for it.
    """

    ending: str
    media_type: str
    fits: Callable[[bytes], bool]
    also: tuple[str, ...] = ()


def attach(
    session: Session,
    notice_id: str,
    *,
    name: str,
    media_type: str,
    content: bytes,
    by: Person,
    now: dt.datetime,
) -> Attachment:
    """Keep a file of the department with its notice; the same file again is kept once.

    Raise `Malformed` whose `where` is `empty`, `size`, `many` or `kind`, `Refusal` where the
    department may not attach.
    """
    notice = the_notice(session, notice_id)
    refuse_illegal(notice, "attach", by)
    clean = clean_name(name)
    kind = kind_of(clean, media_type, content)
    sha256 = hashlib.sha256(content).hexdigest()
    attachment_id = _digest(notice.id, clean, sha256)
    there = session.get(Attachment, attachment_id)
    if there is not None:
        return there
    _refuse_many(session, notice)
    row = Attachment(
        id=attachment_id,
        notice_id=notice.id,
        name=clean,
        media_type=kind.media_type,
        size=len(content),
        sha256=sha256,
        content=content,
        uploaded_by=by.name,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    note(session, notice, "attach", by=by, now=now, file=clean, sha256=sha256, size=len(content))
    return row


def detach(session: Session, attachment_id: str, *, by: Person, now: dt.datetime) -> None:
    """Take away a file that was not yet handed in with an answer.

    Raise `Conflict` if there is none, `Refusal` if it was handed in or is another department's.
    """
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise Conflict("there is no such file", where=attachment_id)
    notice = the_notice(session, row.notice_id)
    refuse_illegal(notice, "attach", by)
    if row.feedback_id is not None:
        raise Refusal("handed_in", "it was handed in with an answer", where=notice.number)
    note(session, notice, "detach", by=by, now=now, file=row.name, sha256=row.sha256)
    session.delete(row)


def clean_name(name: str) -> str:
    """Return a file name without folders and signs that cannot be seen, its ending kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    path = pathlib.PurePosixPath(seen or "file")
    return path.stem[: _LONGEST_NAME - len(path.suffix)] + path.suffix.lower()


def kind_of(name: str, media_type: str, content: bytes) -> Kind:
    """Return the kind of a file; name, media type and content have to agree.

    Raise `Malformed` whose `where` is `empty`, `size` or `kind`.
    """
    if not content:
        raise Malformed("is empty", where="empty")
    if len(content) > SIZE_LIMIT:
        raise Malformed(f"has more than {SIZE_LIMIT} bytes", where="size")
    kind = next((row for row in KINDS if name.endswith(row.ending)), None)
    if kind is None:
        raise Malformed(f"is none of {', '.join(row.ending for row in KINDS)}", where="kind")
    claimed = media_type.partition(";")[0].strip().lower()
    if claimed not in (*_ANY_TYPE, kind.media_type, *kind.also) or not kind.fits(content):
        raise Malformed(f"is no {kind.ending[1:]} file inside", where="kind")
    return kind


def _digest(notice_id: str, name: str, sha256: str) -> str:
    key = f"attachment\x1f{notice_id}\x1f{name}\x1f{sha256}"
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _refuse_many(session: Session, notice: Notice) -> None:
    there = sa.select(sa.func.count()).where(Attachment.notice_id == notice.id)
    if (session.scalar(there) or 0) >= COUNT_LIMIT:
        raise Malformed(f"a notice has at most {COUNT_LIMIT} files", where="many")


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _packed(content: bytes) -> list[str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None


def _office(folder: str) -> Callable[[bytes], bool]:
    def fits(content: bytes) -> bool:
        names = _packed(content) or []
        is_package = "[Content_Types].xml" in names
        return is_package and any(name.startswith(folder) for name in names)

    return fits


def _is_text(content: bytes) -> bool:
    for encoding in _TEXTS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(sign >= " " or sign in _WHITE for sign in text)
    return False


_OFFICE = "application/vnd.openxmlformats-officedocument"

KINDS: tuple[Kind, ...] = (
    Kind(".pdf", "application/pdf", _starts(b"%PDF-")),
    Kind(".png", "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    Kind(".jpg", "image/jpeg", _starts(b"\xff\xd8\xff"), ("image/jpg", "image/pjpeg")),
    Kind(".jpeg", "image/jpeg", _starts(b"\xff\xd8\xff"), ("image/jpg", "image/pjpeg")),
    Kind(".docx", f"{_OFFICE}.wordprocessingml.document", _office("word/")),
    Kind(".xlsx", f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    Kind(".txt", "text/plain", _is_text),
    Kind(
        ".zip",
        "application/zip",
        lambda content: _packed(content) is not None,
        ("application/x-zip-compressed", "application/x-zip"),
    ),
    Kind(
        ".pcap",
        "application/vnd.tcpdump.pcap",
        _starts(b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d"),
        ("application/x-pcap", "application/cap"),
    ),
    Kind(".pcapng", "application/x-pcapng", _starts(b"\x0a\x0d\x0d\x0a"), ("application/x-pcap",)),
)
"""What may be attached; anything else is refused."""

MEDIA_TYPES: dict[str, str] = {row.ending: row.media_type for row in KINDS}
"""Media type by the ending of the name, for a page to say what may be chosen."""
