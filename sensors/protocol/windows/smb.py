"""SMB over TCP, directly or by NetBIOS sessions (MS-SMB2 2.1; RFC 1002, 4.3)."""

from collections.abc import Iterator
from typing import cast

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import LOST, MORE, SKIP, Fields, Message, Parser, Sample, Session
from sensors.protocol.windows import smb1, smb2
from sensors.protocol.windows.file_access import ACCESS_FIELDS
from sensors.protocol.windows.pipe import is_expectation
from sensors.protocol.windows.rpc import RPC_FIELDS
from sensors.protocol.windows.security import SECURITY_FIELDS

NAME = "smb"

_ENCRYPTED, _COMPRESSED = b"\xfdSMB", b"\xfcSMB"
_SIGNATURES = frozenset((smb1.SIGNATURE, smb2.SIGNATURE, _ENCRYPTED, _COMPRESSED))
_FRAME_OCTETS, _SIGNATURE_OCTETS = 4, 4
_MESSAGE, _REQUEST, _RESPONSE, _KEEP_ALIVE = 0x00, 0x81, 0x82, 0x85
_SESSION_KINDS = frozenset((_REQUEST, _RESPONSE, 0x83, 0x84, _KEEP_ALIVE))
_REQUEST_OCTETS = 68
_NAMED_OCTETS = 34
_READ_OCTETS = 4096
"""Octets of a message that are read; contents of files lie behind."""
_MARKED = "marked"


def _begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _FRAME_OCTETS + _SIGNATURE_OCTETS:
        return octets[0] == _RESPONSE and octets[1:4] == b"\0\0\0" and not from_client
    if octets[0] == _REQUEST:
        return octets[1:4] == b"\0\0\x44"
    return octets[0] == _MESSAGE and octets[4:8] in _SIGNATURES


def _size(octets: bytes) -> int:
    return _FRAME_OCTETS + int.from_bytes(octets[1:4])


def _length(octets: bytes) -> int:
    if len(octets) < _FRAME_OCTETS:
        return MORE
    if octets[0] in _SESSION_KINDS:
        return _FRAME_OCTETS + int.from_bytes(octets[2:4])
    if octets[0] != _MESSAGE:
        return LOST
    if len(octets) >= _FRAME_OCTETS + _SIGNATURE_OCTETS and octets[4:8] not in _SIGNATURES:
        return LOST
    return min(_size(octets), _READ_OCTETS)


def _read(message: Message) -> Iterator[Fields]:
    octets, session = message.octets, message.session
    kind = Cursor(octets).octet()
    if kind == _REQUEST:
        yield _session_request(octets)
    if kind != _MESSAGE:
        return
    beyond = _size(octets) - len(octets)
    if beyond > 0:
        session[SKIP] = beyond
    signature = octets[4:8]
    body = octets[_FRAME_OCTETS:]
    if signature == smb2.SIGNATURE:
        yield from smb2.smb2_records(body, session)
    elif signature == smb1.SIGNATURE:
        yield from smb1.smb1_records(body, session)
    elif signature == _ENCRYPTED and not session.get(_MARKED):
        session[_MARKED] = True
        yield {"event.action": "smb_encrypted", "smb.encrypted": True, "smb.version": 3}


def _session_request(octets: bytes) -> Fields:
    """Return the NetBIOS names of a session request, called first."""
    cursor = Cursor(octets, _FRAME_OCTETS)
    called, calling = (_netbios_name(cursor.take(_NAMED_OCTETS)) for _ in range(2))
    return {
        "event.action": "smb_session_request",
        "netbios.called": called,
        "netbios.calling": calling,
    }


def _netbios_name(octets: bytes) -> str:
    """Return the name that 32 letters stand for (RFC 1001, 14.1), its type in <>."""
    halves = [(letter - ord("A")) & 0xF for letter in octets[1:33]]
    name = bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))
    plain = "".join(chr(one) if 32 < one < 127 else " " for one in name[:15])  # noqa: PLR2004 - printable
    return f"{plain.rstrip()}<{name[15]:02x}>"


def _finish(session: Session) -> Iterator[Fields]:
    asked = cast("dict[object, Fields]", session.get("asked", {}))
    yield from (fields for request, fields in asked.items() if not is_expectation(request))


PARSER = Parser(
    name=NAME,
    standard="MS-SMB2, MS-CIFS, RFC 1002",
    transport="tcp",
    ports=(445, 139),
    begins=_begins,
    length=_length,
    read=_read,
    finish=_finish,
    anywhere=True,
    first=frozenset((_MESSAGE, _REQUEST, _RESPONSE)),
    messages=True,
    fields=(
        "smb.version",
        "smb.dialect",
        "smb.client_dialects",
        "smb.client_signing_required",
        "smb.signing_required",
        "smb.server_guid",
        "smb.status",
        "smb.share",
        "smb.share_type",
        "smb.guest",
        "smb.anonymous",
        "smb.encrypted",
        "smb.rename_to",
        "smb.native_os",
        "smb.native_lan_manager",
        "smb.server_os",
        "smb.server_lan_manager",
        "netbios.called",
        "netbios.calling",
        "dce_rpc.named_pipe",
        "citywatch.credentials.cleartext",
        *ACCESS_FIELDS,
        *SECURITY_FIELDS,
        *RPC_FIELDS,
    ),
    samples=(
        Sample(
            bytes.fromhex("81000044 20") + b"CKFDENECFDEFFCFGEFFCCACACACACACA" + b"\0 "
            + b"EMEPEDEBEMCACACACACACACACACACACA" + b"\0",
            {"netbios.called": "*SMBSERVER<20>", "netbios.calling": "LOCAL<20>"},
        ),
        Sample(
            bytes.fromhex("00000058 fe534d42 4000 0000 00000000 0000 0100 01000000 00000000")
            + b"\0" * 16 + b"\0" * 24 + bytes.fromhex("4100 0200 1103 0000")
            + bytes(range(16)),
            {
                "event.action": "smb_negotiate",
                "smb.dialect": "3.1.1",
                "smb.signing_required": True,
                "event.outcome": "success",
            },
            from_client=False,
        ),
    ),
)  # fmt: skip
