"""SMB 1 (MS-CIFS 2.2, MS-SMB 2.2): what is asked of a server, joined with its answer."""

import struct
from collections.abc import Callable, Hashable, Iterator
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

SIGNATURE = b"\xffSMB"
HEAD_OCTETS = 32
_HEAD = struct.Struct("<4sBIBH12xHHHH")
_RESPONSE = 0x80
_UNICODE, _STATUS = 0x8000, 0x4000
_CHAIN_LIMIT = 8
_NO_MORE = 0xFF
_DELETE, _RENAME, _TRANSACTION, _OPEN, _READ, _WRITE = 0x06, 0x07, 0x25, 0x2D, 0x2E, 0x2F
_CREATE_FOLDER, _DELETE_FOLDER = 0x00, 0x01
_NEGOTIATE, _SESSION_SETUP, _TREE_CONNECT, _NT_CREATE = 0x72, 0x73, 0x75, 0xA2
_CHAINED = frozenset((_OPEN, _READ, _WRITE, _SESSION_SETUP, _TREE_CONNECT, _NT_CREATE))
_DIALECTS_LIMIT = 32
_SHARES = {"A:": "disk", "IPC": "pipe", "LPT1:": "print", "COMM": "device"}
_TRANSACT_PIPE = 0x26
_KEPT = 64
_TREES, _FILES = "trees", "files"
_ENCRYPTED, _SIGNING_REQUIRED = 0x02, 0x08
_GUEST = 1
_LEAST_PASSWORD = 2
_EXTENDED_WORDS, _PLAIN_WORDS = 12, 13
_NT_WORDS = 17
_READ_WORDS, _TRANSACTION_WORDS, _TRANSACTION_ANSWER_WORDS = 12, 14, 10
_OPEN_ACCESS = (0x80000001, 0x40000006, 0x80000003, 0x20000020)
_OPEN_FUNCTIONS = {0x01: 1, 0x02: 5, 0x10: 2, 0x11: 3, 0x12: 5}


class _Part(NamedTuple):
    """One command of a message: its words and its octets."""

    command: int
    words: Cursor
    data: Cursor
    head: "_Head"

    @property
    def words_left(self) -> int:
        """Words that are left."""
        return self.words.left // 2

    def text(self) -> str:
        """Return the next text that ends with a zero, aligned as UTF-16 is."""
        data, octets = self.data, self.data.octets
        if not self.head.unicode:
            return self.plain()
        if data.at & 1 and data.left:
            data.skip(1)
        end = data.at
        while end + 1 < data.end and octets[end : end + 2] != b"\0\0":
            end += 2
        text = text_of(data.take(min(end, data.end) - data.at), "utf-16-le")
        data.skip(min(2, data.left))
        return text

    def plain(self) -> str:
        """Return the next text of octets that ends with a zero."""
        data = self.data
        end = data.octets.find(b"\0", data.at, data.end)
        text = text_of(data.take((data.end if end < 0 else end) - data.at))
        data.skip(min(1, data.left))
        return text

    def buffer(self, offset: int, length: int) -> bytes:
        """Return the octets at an offset from the header, as far as they are there."""
        octets = self.data.octets
        return octets[offset : offset + length] if offset >= HEAD_OCTETS else b""


class _Head(NamedTuple):
    command: int
    status: int
    is_response: bool
    unicode: bool
    tree: int
    number: tuple[int, int]
    """Process and number of the request."""


def smb1_records(octets: bytes, session: Session) -> Iterator[Fields]:
    """Yield what a message says. Raises Malformed where it is none."""
    head = _head(octets)
    for part in _parts(octets, head):
        if head.is_response:
            yield from _response(part, session)
        else:
            yield from _request(part, session)


def _head(octets: bytes) -> _Head:
    if len(octets) < HEAD_OCTETS or octets[:4] != SIGNATURE:
        raise Malformed("it is no header of SMB 1", where="message")
    _, command, status, flags, flags2, tree, process, _, number = _HEAD.unpack_from(octets)
    told = status if flags2 & _STATUS or not status else 0xC0000001
    unicode = bool(flags2 & _UNICODE)
    return _Head(command, told, bool(flags & _RESPONSE), unicode, tree, (process, number))


def _parts(octets: bytes, head: _Head) -> Iterator[_Part]:
    """Yield the commands of a message, which may hold several, one behind the other."""
    at, command = HEAD_OCTETS, head.command
    for _ in range(_CHAIN_LIMIT):
        cursor = Cursor(octets, at)
        words = cursor.part(2 * cursor.octet())
        data = cursor.part(min(cursor.little(2), cursor.left))
        chain = words.octets[words.at : words.at + 4]
        if command in _CHAINED and words.left >= 4:  # noqa: PLR2004 - command, zero, offset
            words.skip(4)
        else:
            chain = b""
        yield _Part(command, words, data, head)
        following = int.from_bytes(chain[2:4], "little")
        if not chain or chain[0] == _NO_MORE or following <= at:
            return
        at, command = following, chain[0]


def _request(part: _Part, session: Session) -> Iterator[Fields]:
    told = _REQUESTS.get(part.command)
    fields = told(part, session) if told is not None else None
    if fields:
        asked = {"event.action": _ACTIONS[part.command], **fields}
        ask(session, _number(part), asked)
    elif part.command == _READ:
        expect(session, _reading(part), part.words.little(2))
    elif part.command == _WRITE:
        yield from _written(part, session)
    elif part.command == _TRANSACTION:
        yield from _transacted(part, session)


def _response(part: _Part, session: Session) -> Iterator[Fields]:
    if part.head.status == PENDING:
        return
    if part.command in {_READ, _TRANSACTION}:
        yield from _has_read(part, session)
    asked = answer(session, _number(part))
    told = _ANSWERS.get(part.command, _nothing)
    if part.command not in _ACTIONS or (not asked and part.command not in _TELLING):
        return
    fields = {**asked, **told(part, session, asked)}
    fields.setdefault("event.action", _ACTIONS[part.command])
    yield {**fields, "smb.version": 1, **status_fields(part.head.status)}


def _number(part: _Part) -> int:
    process, number = part.head.number
    return part.command << 32 | process << 16 | number


def _reading(part: _Part) -> int:
    process, number = part.head.number
    return process << 16 | number


def _negotiate(part: _Part, session: Session) -> Fields:
    dialects: list[str] = []
    while part.data.left > 1 and len(dialects) < _DIALECTS_LIMIT:
        part.data.skip(1)
        dialects.append(part.plain())
    session["dialects"] = dialects
    return {"smb.client_dialects": dialects}


def _negotiated(part: _Part, session: Session, _asked: Fields) -> Fields:
    place = part.words.little(2)
    dialects = cast("list[str]", session.pop("dialects", []))
    fields: dict[str, object] = {}
    if place < len(dialects):
        fields["smb.dialect"] = dialects[place]
    if part.words_left >= _NT_WORDS - 1:
        mode = part.words.octet()
        session["plain"] = not mode & _ENCRYPTED
        fields["smb.signing_required"] = bool(mode & _SIGNING_REQUIRED)
    return fields


def _log_in(part: _Part, session: Session) -> Fields:
    words, count = part.words, part.words_left + 2
    words.skip(10)
    if count == _EXTENDED_WORDS:
        blob = part.data.take(min(words.little(2), part.data.left))
        told: dict[str, object] = {"smb.authentication": "other", **security_fields(blob)}
    elif count == _PLAIN_WORDS:
        told = _password(part, session)
    else:
        return {}
    names = ("smb.native_os", "smb.native_lan_manager")
    if part.data.left:
        told |= {name: text for name in names if (text := part.text())}
    return told


def _password(part: _Part, session: Session) -> dict[str, object]:
    """Return what a login without a security blob says; its passwords are passed over."""
    words = part.words
    lengths = words.little(2) + words.little(2)
    part.data.skip(min(lengths, part.data.left))
    user, domain = part.text(), part.text()
    told: dict[str, object] = {"smb.authentication": "password"}
    if user:
        told["user.name"] = user
    if domain:
        told["user.domain"] = domain
    if session.get("plain") and lengths >= _LEAST_PASSWORD:
        told["citywatch.credentials.cleartext"] = True
    return told


def _logged_in(part: _Part, _session: Session, asked: Fields) -> Fields:
    words = part.words
    if not words.left:
        return {}
    fields: dict[str, object] = {}
    if words.little(2) & _GUEST and not part.head.status:
        fields["smb.guest"] = True
    if words.left:
        told = dict(ntlm_fields(part.data.take(min(words.little(2), part.data.left))))
        if asked.get("ntlm.message") == "authenticate":
            told.pop("ntlm.message", None)
        fields |= told
    if part.data.left:
        fields |= {"smb.server_os": part.text(), "smb.server_lan_manager": part.text()}
    return {name: value for name, value in fields.items() if value}


def _connect(part: _Part, _session: Session) -> Fields:
    part.words.skip(2)
    part.data.skip(min(part.words.little(2), part.data.left))
    return {"smb.share": part.text()}


def _connected(part: _Part, session: Session, asked: Fields) -> Fields:
    if part.head.status:
        return {}
    trees = cast("dict[int, object]", session.setdefault(_TREES, {}))
    if len(trees) < _KEPT:
        trees[part.head.tree] = asked.get("smb.share")
    service = part.plain()
    return {"smb.share_type": _SHARES.get(service, service)} if service else {}


def _share(part: _Part, session: Session) -> Fields:
    share = cast("dict[int, object]", session.get(_TREES, {})).get(part.head.tree)
    return {} if share is None else {"smb.share": share}


def _create(part: _Part, session: Session) -> Fields:
    words = part.words
    words.skip(11)
    access = words.little(4)
    words.skip(16)
    disposition, options = words.little(4), words.little(4)
    return {**_share(part, session), **opened(part.text(), access, disposition, options)}


def _open(part: _Part, session: Session) -> Fields:
    words = part.words
    words.skip(2)
    access = words.little(2) & 3
    words.skip(8)
    function = _OPEN_FUNCTIONS.get(words.little(2), 1)
    told = opened(part.text(), _OPEN_ACCESS[access], function, 0)
    return {**_share(part, session), **told}


def _created(part: _Part, session: Session, asked: Fields) -> Fields:
    if part.head.status or "file.path" not in asked:
        return {}
    if part.command == _NT_CREATE:
        part.words.skip(1)
    handle, path = part.words.little(2), str(asked["file.path"])
    if str(asked.get("smb.share", "")).upper().endswith("IPC$"):
        open_pipe(session, handle, path)
    return {}


def _path(part: _Part, session: Session) -> Fields:
    part.data.skip(1)
    return {**_share(part, session), **path_fields(part.text())}


def _rename(part: _Part, session: Session) -> Fields:
    told = _path(part, session)
    part.data.skip(1)
    return {**told, "smb.rename_to": part.text()}


def _nothing(_part: _Part, _session: Session, _asked: Fields) -> Fields:
    return {}


def _written(part: _Part, session: Session) -> Iterator[Fields]:
    words = part.words
    handle = words.little(2)
    words.skip(14)
    length, offset = words.little(2), words.little(2)
    yield from pipe_records(session, handle, part.buffer(offset, length), from_client=True)


def _transacted(part: _Part, session: Session) -> Iterator[Fields]:
    """Read a call on a pipe (MS-CIFS 2.2.5.6)."""
    if part.words_left <= _TRANSACTION_WORDS + 1:
        return
    words = part.words
    words.skip(22)
    length, offset = words.little(2), words.little(2)
    words.skip(2)
    if words.little(2) != _TRANSACT_PIPE:
        return
    handle = words.little(2)
    expect(session, _reading(part), handle)
    yield from pipe_records(session, handle, part.buffer(offset, length), from_client=True)


def _has_read(part: _Part, session: Session) -> Iterator[Fields]:
    handle: Hashable = expected(session, _reading(part))
    words = part.words
    if handle is None or words.left < 2 * _TRANSACTION_ANSWER_WORDS:
        return
    if part.command == _READ:
        words.skip(6)
    else:
        words.skip(12)
    length, offset = words.little(2), words.little(2)
    yield from pipe_records(session, handle, part.buffer(offset, length), from_client=False)


_REQUESTS: dict[int, Callable[[_Part, Session], Fields]] = {
    _CREATE_FOLDER: _path,
    _DELETE_FOLDER: _path,
    _DELETE: _path,
    _RENAME: _rename,
    _OPEN: _open,
    _NEGOTIATE: _negotiate,
    _SESSION_SETUP: _log_in,
    _TREE_CONNECT: _connect,
    _NT_CREATE: _create,
}
_ANSWERS: dict[int, Callable[[_Part, Session, Fields], Fields]] = {
    _OPEN: _created,
    _NEGOTIATE: _negotiated,
    _SESSION_SETUP: _logged_in,
    _TREE_CONNECT: _connected,
    _NT_CREATE: _created,
}
_TELLING = frozenset((_SESSION_SETUP,))
"""Answers that say something even where the request was not seen."""
_ACTIONS = {
    _CREATE_FOLDER: "smb_create_folder",
    _DELETE_FOLDER: "smb_delete_folder",
    _DELETE: "smb_delete",
    _RENAME: "smb_rename",
    _OPEN: "smb_open",
    _NEGOTIATE: "smb_negotiate",
    _SESSION_SETUP: "smb_session_setup",
    _TREE_CONNECT: "smb_tree_connect",
    _NT_CREATE: "smb_open",
}
