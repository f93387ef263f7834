"""SMB 2 and 3 (MS-SMB2 2.2): what is asked of a server, joined with its answer."""

import struct
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from sensors.protocol.cursor import Cursor
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Session
from sensors.protocol.text import text_of
from sensors.protocol.windows.file_access import opened, path_fields
from sensors.protocol.windows.ntlm import ntlm_fields
from sensors.protocol.windows.pipe import expect, expected, open_pipe, pipe_records
from sensors.protocol.windows.security import security_fields
from sensors.protocol.windows.status import PENDING, status_fields
from situation.faults import Malformed

HEAD_OCTETS = 64
SIGNATURE = b"\xfeSMB"
_HEAD = struct.Struct("<4sHHIHHIIQIIQ")
_RESPONSE, _ASYNC, _RELATED, _SIGNED = 1, 2, 4, 8
_COMPOUND_LIMIT = 16
_NEGOTIATE, _SESSION_SETUP, _TREE_CONNECT, _CREATE, _CLOSE = 0, 1, 3, 5, 6
_READ, _WRITE, _IOCTL, _SET_INFO = 8, 9, 11, 17
_DIALECTS = {
    0x0202: "2.0.2", 0x0210: "2.1", 0x02FF: "2.???", 0x0300: "3.0", 0x0302: "3.0.2",
    0x0311: "3.1.1",
}  # fmt: skip
_SHARES = {1: "disk", 2: "pipe", 3: "print"}
_SIGNING_REQUIRED = 2
_GUEST, _NULL, _ENCRYPT = 1, 2, 4
_ENCRYPT_SHARE = 0x8000
_TRANSCEIVE = 0x0011C017
_FILE_INFORMATION, _RENAME, _DISPOSITION, _DISPOSITION_EXTENDED = 1, 10, 13, 64
_SAME_FILE = b"\xff" * 16
_DIALECT_COUNT = 64
_FILES_MOST = 64
_FILES, _TREES = "files", "trees"


class _Head(NamedTuple):
    """Header of one message of a compound, and where its body begins."""

    status: int
    command: int
    flags: int
    number: int
    tree: int
    octets: bytes
    """From the header on, to the next message."""

    @property
    def body(self) -> Cursor:
        return Cursor(self.octets, HEAD_OCTETS + 2)

    def buffer(self, offset: int, length: int) -> bytes:
        """Return the octets at an offset from the header, as far as they are there."""
        return self.octets[offset : offset + length] if offset >= HEAD_OCTETS else b""


def smb2_records(octets: bytes, session: Session) -> Iterator[Fields]:
    """Yield what the messages of a compound say. Raises Malformed where they are none."""
    at = 0
    for _ in range(_COMPOUND_LIMIT):
        head, behind = _head(octets, at)
        if head.flags & _RESPONSE:
            yield from _response(head, session)
        else:
            yield from _request(head, session)
        if not behind or at + behind + HEAD_OCTETS > len(octets):
            return
        at += behind


def _head(octets: bytes, at: int) -> tuple[_Head, int]:
    """Return the message at `at`, and how far on the next one lies."""
    if at + HEAD_OCTETS > len(octets):
        raise Malformed("a header of SMB 2 is cut", where="message")
    signature, size, _, status, command, _, flags, behind, number, _, tree, _ = _HEAD.unpack_from(
        octets, at
    )
    if signature != SIGNATURE or size != HEAD_OCTETS:
        raise Malformed("it is no header of SMB 2", where="message")
    end = at + behind if behind else len(octets)
    return _Head(status, command, flags, number, tree, octets[at:end]), behind


def _request(head: _Head, session: Session) -> Iterator[Fields]:
    told = _REQUESTS.get(head.command)
    fields = told(head, session) if told is not None else None
    if fields:
        ask(session, head.number, {"event.action": _ACTIONS[head.command], **fields})
    elif head.command == _WRITE:
        yield from _written(head, session)
    elif head.command == _READ:
        cursor = head.body
        cursor.skip(14)
        expect(session, head.number, cursor.take(16))
    elif head.command == _IOCTL:
        yield from _transceived(head, session, from_client=True)


def _response(head: _Head, session: Session) -> Iterator[Fields]:
    if head.status == PENDING and head.flags & _ASYNC:
        return
    if head.command == _READ:
        yield from _has_read(head, session)
    elif head.command == _IOCTL:
        yield from _transceived(head, session, from_client=False)
    asked = answer(session, head.number)
    told = _ANSWERS.get(head.command)
    if told is None or (not asked and head.command not in _TELLING):
        return
    fields = {**asked, **told(head, session, asked)}
    fields.setdefault("event.action", _ACTIONS[head.command])
    yield {**fields, **status_fields(head.status)}


def _negotiate(head: _Head, _session: Session) -> Fields:
    cursor = head.body
    count = cursor.little(2)
    mode = cursor.little(2)
    cursor.skip(30)
    dialects = [cursor.little(2) for _ in range(min(count, _DIALECT_COUNT))]
    return {
        "smb.client_dialects": [_DIALECTS.get(one, f"0x{one:04x}") for one in dialects],
        "smb.client_signing_required": bool(mode & _SIGNING_REQUIRED),
    }


def _negotiated(head: _Head, _session: Session, _asked: Fields) -> Fields:
    if head.status:
        return {}
    cursor = head.body
    mode = cursor.little(2)
    dialect = cursor.little(2)
    cursor.skip(2)
    server = uuid.UUID(bytes_le=cursor.take(16))
    return {
        "smb.dialect": _DIALECTS.get(dialect, f"0x{dialect:04x}"),
        "smb.version": dialect >> 8,
        "smb.signing_required": bool(mode & _SIGNING_REQUIRED),
        "smb.server_guid": str(server),
    }


def _log_in(head: _Head, _session: Session) -> Fields:
    cursor = head.body
    cursor.skip(10)
    blob = head.buffer(cursor.little(2), cursor.little(2))
    return {"smb.authentication": "other", **security_fields(blob)}


def _logged_in(head: _Head, _session: Session, asked: Fields) -> Fields:
    cursor = head.body
    flags = cursor.little(2)
    told = ntlm_fields(head.buffer(cursor.little(2), cursor.little(2)))
    fields: dict[str, object] = dict(told)
    if asked.get("ntlm.message") == "authenticate":
        fields.pop("ntlm.message", None)
    for bit, name in ((_GUEST, "smb.guest"), (_NULL, "smb.anonymous"), (_ENCRYPT, "smb.encrypted")):
        if flags & bit and not head.status:
            fields[name] = True
    return fields


def _connect(head: _Head, _session: Session) -> Fields:
    cursor = head.body
    cursor.skip(2)
    path = text_of(head.buffer(cursor.little(2), cursor.little(2)), "utf-16-le")
    return {"smb.share": path}


def _connected(head: _Head, session: Session, asked: Fields) -> Fields:
    if head.status:
        return {}
    cursor = head.body
    kind = cursor.octet()
    cursor.skip(1)
    flags = cursor.little(4)
    trees = cast("dict[int, object]", session.setdefault(_TREES, {}))
    if len(trees) < _FILES_MOST:
        trees[head.tree] = asked.get("smb.share")
    fields: dict[str, object] = {"smb.share_type": _SHARES.get(kind, str(kind))}
    if flags & _ENCRYPT_SHARE:
        fields["smb.encrypted"] = True
    return fields


def _create(head: _Head, session: Session) -> Fields:
    cursor = head.body
    cursor.skip(22)
    access = cursor.little(4)
    cursor.skip(8)
    disposition, options = cursor.little(4), cursor.little(4)
    path = text_of(head.buffer(cursor.little(2), cursor.little(2)), "utf-16-le")
    session["last"] = path
    return {**_share(head, session), **opened(path, access, disposition, options)}


def _created(head: _Head, session: Session, asked: Fields) -> Fields:
    if head.status or "file.path" not in asked:
        return {}
    cursor = head.body
    cursor.skip(62)
    handle = cursor.take(16)
    path = str(asked["file.path"])
    files = cast("dict[bytes, str]", session.setdefault(_FILES, {}))
    if len(files) >= _FILES_MOST:
        del files[next(iter(files))]
    files[handle] = path
    if str(asked.get("smb.share", "")).upper().endswith("IPC$"):
        open_pipe(session, handle, path)
    return {}


def _share(head: _Head, session: Session) -> Fields:
    share = cast("dict[int, object]", session.get(_TREES, {})).get(head.tree)
    return {} if share is None else {"smb.share": share}


def _set_info(head: _Head, session: Session) -> Fields:
    cursor = head.body
    kind, level = cursor.octet(), cursor.octet()
    length, offset = cursor.little(4), cursor.little(2)
    cursor.skip(6)
    handle = cursor.take(16)
    value = Cursor(head.buffer(offset, length))
    if kind != _FILE_INFORMATION:
        return {}
    if level == _RENAME:
        value.skip(16)
        renamed = text_of(value.take(value.little(4)), "utf-16-le")
        told: Fields = {"event.action": "smb_rename", "smb.rename_to": renamed}
    elif level in {_DISPOSITION, _DISPOSITION_EXTENDED} and value.octet() & 1:
        told = {"event.action": "smb_delete"}
    else:
        return {}
    files = cast("dict[bytes, str]", session.get(_FILES, {}))
    path = session.get("last") if handle == _SAME_FILE else files.get(handle)
    named = {} if path is None else path_fields(str(path))
    return {**_share(head, session), **named, **told}


def _nothing(_head: _Head, _session: Session, _asked: Fields) -> Fields:
    return {}


def _written(head: _Head, session: Session) -> Iterator[Fields]:
    cursor = head.body
    offset, length = cursor.little(2), cursor.little(4)
    cursor.skip(8)
    handle = cursor.take(16)
    yield from pipe_records(session, handle, head.buffer(offset, length), from_client=True)


def _has_read(head: _Head, session: Session) -> Iterator[Fields]:
    handle = expected(session, head.number)
    if handle is None:
        return
    cursor = head.body
    offset = cursor.octet()
    cursor.skip(1)
    data = head.buffer(offset, cursor.little(4))
    yield from pipe_records(session, handle, data, from_client=False)


def _transceived(head: _Head, session: Session, *, from_client: bool) -> Iterator[Fields]:
    cursor = head.body
    if cursor.left < 46:  # noqa: PLR2004 - an error instead of an answer
        return
    cursor.skip(2)
    if cursor.little(4) != _TRANSCEIVE:
        return
    handle = cursor.take(16)
    if not from_client:
        cursor.skip(8)
    data = head.buffer(cursor.little(4), cursor.little(4))
    yield from pipe_records(session, handle, data, from_client=from_client)


_REQUESTS: dict[int, Callable[[_Head, Session], Fields]] = {
    _NEGOTIATE: _negotiate,
    _SESSION_SETUP: _log_in,
    _TREE_CONNECT: _connect,
    _CREATE: _create,
    _SET_INFO: _set_info,
}
_ANSWERS: dict[int, Callable[[_Head, Session, Fields], Fields]] = {
    _NEGOTIATE: _negotiated,
    _SESSION_SETUP: _logged_in,
    _TREE_CONNECT: _connected,
    _CREATE: _created,
    _SET_INFO: _nothing,
}
_TELLING = frozenset((_NEGOTIATE, _SESSION_SETUP))
"""Answers that say something even where the request was not seen."""
_ACTIONS = {
    _NEGOTIATE: "smb_negotiate",
    _SESSION_SETUP: "smb_session_setup",
    _TREE_CONNECT: "smb_tree_connect",
    _CREATE: "smb_open",
    _SET_INFO: "smb_set_info",
}
