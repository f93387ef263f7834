"""SMB: who connects to which share, opens, renames and deletes what, and calls which service."""

import struct

import pytest

from sensors.protocol.parser import LOST, MORE, Fields
from sensors.protocol.windows.smb import PARSER
from tests.sensors.protocol.talking import Talk, Turn, named, told
from tests.sensors.protocol.windows.calls import bind, call, reply

NEGOTIATE, SETUP, TREE, CREATE, READ, WRITE, IOCTL, SET_INFO = 0, 1, 3, 5, 8, 9, 11, 17
HANDLE = b"handle-of-a-file"
PIPE = 0x0011C017
DENIED, PENDING, MORE_NEEDED = 0xC0000022, 0x00000103, 0xC0000016
SVCCTL = "367abb81-9844-35f1-ad32-98f038001003"


def framed(octets: bytes) -> bytes:
    return len(octets).to_bytes(4) + octets


def head(command: int, number: int, *, status: int = 0, answer: bool = False) -> bytes:
    flags = (1 if answer else 0) | (2 if status == PENDING else 0)
    fixed = struct.pack("<4sHHIHHII", b"\xfeSMB", 64, 0, status, command, 1, flags, 0)
    return fixed + struct.pack("<QIIQ", number, 0, 5, 9) + b"\0" * 16


def asked(command: int, number: int, body: bytes) -> Turn:
    return ">", framed(head(command, number) + body)


def answered(command: int, number: int, body: bytes = b"", status: int = 0) -> Turn:
    return "<", framed(head(command, number, status=status, answer=True) + body)


def tree(share: str) -> list[Turn]:
    path = share.encode("utf-16-le")
    return [
        asked(TREE, 3, struct.pack("<HHHH", 9, 0, 72, len(path)) + path),
        answered(TREE, 3, struct.pack("<HBBIII", 16, 2 if "IPC" in share else 1, 0, 0, 0, 0)),
    ]


def create(name: str, number: int = 4, *, access: int = 1, options: int = 0x40) -> bytes:
    path = name.encode("utf-16-le")
    fixed = struct.pack("<HBBIQQIIIII", 57, 0, 0, 2, 0, 0, access, 0, 7, 1, options)
    return asked(CREATE, number, fixed + struct.pack("<HHII", 120, len(path), 0, 0) + path)[1]


def created(number: int = 4) -> Turn:
    return answered(CREATE, number, struct.pack("<HBBI", 89, 0, 0, 1) + b"\0" * 56 + HANDLE)


def opened(name: str, **given: int) -> list[Turn]:
    return [(">", create(name, **given)), created()]


def set_info(level: int, value: bytes, number: int = 5) -> Turn:
    fixed = struct.pack("<HBBIHHI", 33, 1, level, len(value), 96, 0, 0)
    return asked(SET_INFO, number, fixed + HANDLE + value)


def test_a_share_and_a_file_are_told_with_the_answer() -> None:
    records = told(445, *tree(r"\\files\finance"), *opened("2026\\budget.xlsx", access=3))
    assert named(records, "event.action", "smb.share", "smb.status") == [
        ("smb_tree_connect", r"\\files\finance", "STATUS_SUCCESS"),
        ("smb_open", r"\\files\finance", "STATUS_SUCCESS"),
    ]
    assert records[0]["smb.share_type"] == "disk"
    assert records[1]["file.path"] == "2026\\budget.xlsx"
    assert records[1]["file.name"] == "budget.xlsx"
    assert records[1]["smb.access"] == ["read", "write"]
    assert records[1]["event.outcome"] == "success"


def test_a_refusal_is_a_failure_with_its_status() -> None:
    (record,) = told(445, (">", create("secret.docx")), answered(CREATE, 4, b"\x09\0", DENIED))
    assert record["event.outcome"] == "failure"
    assert record["smb.status"] == "STATUS_ACCESS_DENIED"


def test_what_is_pending_is_told_once_with_its_end() -> None:
    turns = [(">", create("slow.bin")), answered(CREATE, 4, b"\x09\0", PENDING), created()]
    assert named(told(445, *turns), "smb.status") == [("STATUS_SUCCESS",)]


def test_a_request_without_an_answer_is_told_at_the_end() -> None:
    (record,) = told(445, (">", create("lost.bin")))
    assert record["file.name"] == "lost.bin"
    assert "event.outcome" not in record


def test_a_rename_has_both_names() -> None:
    name = "notes.txt.locked".encode("utf-16-le")
    value = b"\0" * 16 + struct.pack("<I", len(name)) + name
    records = told(445, *opened("notes.txt"), set_info(10, value), answered(SET_INFO, 5, b"\2\0"))
    assert named(records[1:], "event.action", "file.path", "smb.rename_to") == [
        ("smb_rename", "notes.txt", "notes.txt.locked")
    ]


@pytest.mark.parametrize(("level", "value"), [(13, b"\1"), (64, b"\3\0\0\0")])
def test_a_deletion_names_the_file(level: int, value: bytes) -> None:
    records = told(445, *opened("old.log"), set_info(level, value), answered(SET_INFO, 5, b"\2\0"))
    assert named(records[1:], "event.action", "file.path") == [("smb_delete", "old.log")]


def test_other_settings_of_a_file_are_not_told() -> None:
    records = told(445, *opened("a.txt"), set_info(4, b"\0" * 40), answered(SET_INFO, 5, b"\2\0"))
    assert named(records, "event.action") == [("smb_open",)]


def test_a_file_that_goes_when_it_is_closed_is_marked() -> None:
    (record,) = told(445, *opened("tmp.exe", access=0x00010000, options=0x1000))
    assert record["smb.delete_on_close"] is True
    assert record["smb.access"] == ["delete"]


def test_all_messages_of_a_compound_are_read() -> None:
    first = bytearray(create("first.txt")[4:])
    first += b"\0" * (-len(first) % 8)
    first[20:24] = struct.pack("<I", len(first))
    second = create("second.txt", number=6)[4:]
    records = told(445, (">", framed(bytes(first) + second)))
    assert named(records, "file.name") == [("first.txt",), ("second.txt",)]


def test_a_login_names_its_user_but_shows_no_proof() -> None:
    def setup(blob: bytes, number: int) -> Turn:
        return asked(
            SETUP, number, struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(blob), 0) + blob
        )

    def proof(number: int, blob: bytes, status: int) -> Turn:
        return answered(SETUP, number, struct.pack("<HHHH", 9, 0, 72, len(blob)) + blob, status)

    names = [text.encode("utf-16-le") for text in ("CITY", "clerk", "DESK-7")]
    spans, payload, at = b"", b"", 64
    for value in (b"L" * 24, b"proof-of-the-password" * 2, *names, b""):
        spans += struct.pack("<HHI", len(value), len(value), at)
        payload += value
        at += len(value)
    authenticate = b"NTLMSSP\0\3\0\0\0" + spans + struct.pack("<I", 1) + payload
    challenge = b"NTLMSSP\0\2\0\0\0" + struct.pack("<HHII", 8, 8, 56, 1) + b"c" * 8 + b"\0" * 8
    server = "DC01".encode("utf-16-le")
    pairs = struct.pack("<HH", 1, len(server)) + server + b"\0\0\0\0"
    challenge += struct.pack("<HHI", len(pairs), len(pairs), 64) + b"\0" * 8
    challenge = challenge[:56] + "CITY".encode("utf-16-le") + pairs
    records = told(
        445,
        setup(b"NTLMSSP\0\1\0\0\0", 1), proof(1, challenge, MORE_NEEDED),
        setup(authenticate, 2), proof(2, b"", 0xC000006D),
    )  # fmt: skip
    assert records[0]["ntlm.server.name"] == "DC01"
    assert "event.outcome" not in records[0]
    assert records[1]["user.name"] == "clerk"
    assert records[1]["user.domain"] == "CITY"
    assert records[1]["ntlm.workstation"] == "DESK-7"
    assert records[1]["smb.status"] == "STATUS_LOGON_FAILURE"
    assert "proof" not in str(records)


def on_pipe(*messages: Turn) -> list[Fields]:
    records = told(445, *tree(r"\\files\IPC$"), *opened("svcctl"), *messages)
    return [record for record in records if str(record["event.action"]).startswith("dce")]


def transceived(who: str, data: bytes, number: int = 7) -> Turn:
    if who == ">":
        fixed = struct.pack("<HHI", 57, 0, PIPE) + HANDLE
        fixed += struct.pack("<IIIIIIII", 120, len(data), 0, 0, 0, 1024, 1, 0)
        return asked(IOCTL, number, fixed + data)
    fixed = struct.pack("<HHI", 49, 0, PIPE) + HANDLE
    fixed += struct.pack("<IIIIII", 112, 0, 112, len(data), 0, 0)
    return answered(IOCTL, number, fixed + data)


def test_calls_on_a_pipe_are_told_by_service_and_operation() -> None:
    records = on_pipe(
        transceived(">", bind(SVCCTL)), transceived("<", reply(12, 1)),
        transceived(">", call(12, 2), 8), transceived("<", reply(2, 2), 8),
    )  # fmt: skip
    assert named(records, "dce_rpc.endpoint", "dce_rpc.operation", "dce_rpc.named_pipe") == [
        ("svcctl", None, "svcctl"),
        ("svcctl", "CreateServiceW", "svcctl"),
    ]


def test_calls_that_are_written_and_read_are_told_too() -> None:
    def written(data: bytes, number: int) -> Turn:
        return asked(
            WRITE, number, struct.pack("<HHIQ", 49, 112, len(data), 0) + HANDLE + b"\0" * 16 + data
        )

    def read(data: bytes, number: int) -> list[Turn]:
        body = struct.pack("<HBBII", 17, 80, 0, len(data), 0) + b"\0" * 4 + data
        return [
            asked(READ, number, struct.pack("<HBBIQ", 49, 0, 0, 1024, 0) + HANDLE),
            answered(READ, number, body),
        ]

    records = on_pipe(
        written(bind(SVCCTL), 7), *read(reply(12, 1), 8),
        written(call(19, 2), 9), *read(reply(2, 2), 10),
    )  # fmt: skip
    assert named(records, "dce_rpc.operation", "event.outcome") == [
        (None, None),
        ("StartServiceW", "success"),
    ]


def test_what_is_encrypted_is_marked_once() -> None:
    sealed = framed(b"\xfdSMB" + b"\0" * 60)
    records = told(445, (">", sealed), ("<", sealed))
    assert named(records, "event.action", "smb.encrypted") == [("smb_encrypted", True)]


def test_contents_of_files_are_passed_over() -> None:
    talk = Talk(445)
    data = b"x" * 100_000
    fixed = struct.pack("<HHIQ", 49, 112, len(data), 0) + HANDLE + b"\0" * 16
    whole = framed(head(WRITE, 7) + fixed + data)
    for at in range(0, len(whole), 1400):
        talk.say(">", whole[at : at + 1400])
    for turn in opened("after.txt"):
        talk.say(*turn)
    assert named(talk.end(), "file.name") == [("after.txt",)]


def old(command: int, number: int, words: bytes, data: bytes, *, status: int = -1) -> Turn:
    """Return a message of SMB 1; an answer where there is a status."""
    answer = status >= 0
    flags = struct.pack("<IBH", max(status, 0), 0x80 if answer else 0, 0xC000)
    ids = struct.pack("<HHHH", 5, 77, 1, number)
    fixed = b"\xffSMB" + bytes((command,)) + flags + b"\0" * 12 + ids
    body = bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data
    return "<" if answer else ">", framed(fixed + body)


def test_smb_1_tells_dialect_login_share_and_file() -> None:
    none = b"\xff\0\0\0"
    plain = [b"\0clerk\0", b"CITY\0", b"Unix\0", b"Samba\0"]
    wide = b"\0" + b"".join(
        (part.strip(b"\0").decode() + "\0").encode("utf-16-le") for part in plain
    )
    share = "\\\\OLD\\DATA\0".encode("utf-16-le") + b"?????\0"
    name = b"\0" + "\\plan.doc\0".encode("utf-16-le")
    words = none + b"\0\x10\0" + b"\0" * 8 + struct.pack("<I", 0x120089) + b"\0" * 16
    records = told(
        139,
        old(0x72, 1, b"", b"\2LANMAN1.0\0\2NT LM 0.12\0"),
        old(0x72, 1, b"\1\0\3" + b"\0" * 31, b"", status=0),
        old(0x73, 2, none + b"\0" * 10 + b"\0" * 4 + b"\0" * 8, wide),
        old(0x73, 2, none + b"\1\0", b"", status=0),
        old(0x75, 3, none + b"\0\0\1\0", b"\0" + share),
        old(0x75, 3, none + b"\0\0", b"A:\0", status=0),
        old(0xA2, 4, words + struct.pack("<II", 1, 0) + b"\0" * 5, name),
        old(0xA2, 4, none + b"\0" * 64, b"", status=0),
    )
    assert named(records, "event.action") == [
        ("smb_negotiate",), ("smb_session_setup",), ("smb_tree_connect",), ("smb_open",)
    ]  # fmt: skip
    assert records[0]["smb.dialect"] == "NT LM 0.12"
    assert records[1]["user.name"] == "clerk"
    assert records[1]["user.domain"] == "CITY"
    assert records[1]["smb.guest"] is True
    assert records[2]["smb.share"] == r"\\OLD\DATA"
    assert records[2]["smb.share_type"] == "disk"
    assert records[3]["file.path"] == "\\plan.doc"
    assert records[3]["smb.share"] == r"\\OLD\DATA"


@pytest.mark.parametrize(
    ("octets", "length"),
    [
        (b"\0\0", MORE),
        (b"\x85\0\0\0", 4),
        (framed(b"\xfeSMB" + b"\0" * 60), 68),
        (b"\0\x10\0\0\xfeSMB", 4096),
        (b"\0\0\0\x40HTTP", LOST),
        (b"\x16\3\1\0", LOST),
    ],
)
def test_a_frame_says_how_long_it_is(octets: bytes, length: int) -> None:
    assert PARSER.length(octets) == length
