"""Files: kinds by their content, sizes, names, and whose they are."""

import hashlib
import io
import zipfile

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.attachments import (
    COUNT_LIMIT,
    MEDIA_TYPES,
    SIZE_LIMIT,
    attach,
    clean_name,
    detach,
    kind_of,
)
from playbooks.person import Person
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import Attachment
from tests.playbooks.notice.desk import ANALYST, CLERK, NOW, STRANGER, Course, course_of


def packed(*names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return kept.getvalue()


GOOD = {
    "报告.pdf": b"%PDF-1.7\n",
    "shot.PNG": b"\x89PNG\r\n\x1a\n....",
    "shot.jpg": b"\xff\xd8\xff\xe0..",
    "shot.jpeg": b"\xff\xd8\xff\xe1..",
    "a.docx": packed("[Content_Types].xml", "word/document.xml"),
    "a.xlsx": packed("[Content_Types].xml", "xl/workbook.xml"),
    "log.txt": "登录失败\r\n".encode("gb18030"),
    "all.zip": packed("a.txt"),
    "net.pcap": b"\xd4\xc3\xb2\xa1\x02\x00",
    "net.pcapng": b"\x0a\x0d\x0d\x0a\x00",
}
BAD = {
    "a.exe": b"MZ",
    "a.pdf": b"MZ\x90",
    "a.png": b"%PDF-1.7",
    "a.docx": packed("[Content_Types].xml", "xl/workbook.xml"),
    "a.xlsx": b"PK\x03\x04 broken",
    "a.zip": b"PK\x03\x04 broken",
    "a.txt": b"a\x00b",
    "a.html": b"<script>",
    "a.svg": b"<svg/>",
    "noending": b"%PDF-1.7",
    "a.pdf.exe": b"%PDF-1.7",
}


def sent(
    course: Course, name: str = "a.txt", content: bytes = b"proof", by: Person = CLERK
) -> Attachment:
    with course.state.transaction() as session:
        return attach(
            session,
            course.notice_id,
            name=name,
            media_type="application/octet-stream",
            content=content,
            by=by,
            now=NOW,
        )


def in_hand(state: StateStore) -> Course:
    return course_of(state).issued().signed()


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_what_its_name_and_its_content_say(name: str) -> None:
    clean = clean_name(name)
    kind = kind_of(clean, "", GOOD[name])
    assert kind.media_type == MEDIA_TYPES[kind.ending]
    assert kind_of(clean, kind.media_type.upper(), GOOD[name]) is kind


@pytest.mark.parametrize("name", BAD)
def test_any_other_file_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as fault:
        kind_of(clean_name(name), "", BAD[name])
    assert fault.value.where == "kind"


def test_a_media_type_that_disagrees_is_refused() -> None:
    with pytest.raises(Malformed) as fault:
        kind_of("a.pdf", "text/html", b"%PDF-1.7")
    assert fault.value.where == "kind"
    assert kind_of("a.zip", "application/x-zip-compressed", GOOD["all.zip"]).ending == ".zip"


def test_empty_and_too_large_files_are_refused() -> None:
    with pytest.raises(Malformed) as empty:
        kind_of("a.txt", "", b"")
    with pytest.raises(Malformed) as large:
        kind_of("a.pdf", "", b"%PDF-".ljust(SIZE_LIMIT + 1))
    assert (empty.value.where, large.value.where) == ("empty", "size")
    assert kind_of("a.pdf", "", b"%PDF-".ljust(SIZE_LIMIT)).ending == ".pdf"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\截图.PNG", "截图.png"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("invoice\u202efdp.txt", "invoicefdp.txt"),
        (" .hidden.txt", "hidden.txt"),
        ("", "file"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_folders_and_what_cannot_be_seen(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_file_is_kept_with_its_hash_and_the_audit(either_state: StateStore) -> None:
    course = in_hand(either_state)
    before = course.notice.version
    row = sent(course, "证明.txt", b"proof")
    assert (row.name, row.media_type, row.size) == ("证明.txt", "text/plain", 5)
    assert row.sha256 == hashlib.sha256(b"proof").hexdigest()
    assert (row.uploaded_by, row.feedback_id) == ("wang", None)
    with either_state.reading() as session:
        assert session.scalars(sa.select(Attachment)).one().content == b"proof"
    line = course.audit()[-1]
    assert (line.action, line.detail["sha256"]) == ("notice.attach", row.sha256)
    assert course.notice.version == before


def test_the_same_file_twice_is_kept_once(either_state: StateStore) -> None:
    course = in_hand(either_state)
    assert sent(course).id == sent(course).id
    assert course.actions().count("notice.attach") == 1


def test_a_notice_has_so_many_files_and_no_more(either_state: StateStore) -> None:
    course = in_hand(either_state)
    for number in range(COUNT_LIMIT):
        sent(course, content=f"proof {number}".encode())
    with pytest.raises(Malformed) as fault:
        sent(course, content=b"one more")
    assert fault.value.where == "many"


@pytest.mark.parametrize(
    ("by", "code"), [(STRANGER, "other_department"), (ANALYST, "not_department")]
)
def test_only_the_department_attaches_and_takes_away(
    either_state: StateStore, by: Person, code: str
) -> None:
    course = in_hand(either_state)
    with pytest.raises(Refusal) as refused:
        sent(course, by=by)
    assert refused.value.code == code
    row = sent(course)
    with pytest.raises(Refusal), either_state.transaction() as session:
        detach(session, row.id, by=by, now=NOW)


def test_nothing_is_attached_before_the_receipt(either_state: StateStore) -> None:
    with pytest.raises(Refusal) as refused:
        sent(course_of(either_state).issued())
    assert refused.value.code == "illegal"


def test_a_file_is_taken_away_until_it_was_handed_in(either_state: StateStore) -> None:
    course = in_hand(either_state)
    first, second = sent(course, "a.txt"), sent(course, "b.txt")
    with either_state.transaction() as session:
        detach(session, first.id, by=CLERK, now=NOW)
    assert course.actions()[-1] == "notice.detach"
    course.returned(NOW, NOW.replace(month=4))
    with pytest.raises(Refusal) as refused, either_state.transaction() as session:
        detach(session, second.id, by=CLERK, now=NOW)
    assert refused.value.code == "handed_in"
    with pytest.raises(Conflict), either_state.transaction() as session:
        detach(session, first.id, by=CLERK, now=NOW)
