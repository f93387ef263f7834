"""DCE/RPC over connections (C706, 12.6; MS-RPCE 2.2.2): what is bound, and what is called.

Used by the parser of DCE/RPC and by that of SMB, whose named pipes carry the same messages.
"""

import struct
import uuid
from collections.abc import Iterator
from typing import cast

from sensors.protocol.cursor import Cursor
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Session
from sensors.protocol.windows.ntlm import NTLM_FIELDS, ntlm_fields
from sensors.protocol.windows.rpc_interface import INTERFACES, Interface
from situation.faults import Malformed

RPC_FIELDS = (
    "event.action",
    "event.outcome",
    "event.reason",
    "dce_rpc.interface",
    "dce_rpc.endpoint",
    "dce_rpc.endpoints",
    "dce_rpc.operation",
    "dce_rpc.operation_number",
    "dce_rpc.authentication",
    *NTLM_FIELDS,
)

VERSION = 5
HEAD_OCTETS = 16
_REQUEST, _RESPONSE, _FAULT = 0, 2, 3
_BIND, _BIND_ACK, _BIND_NAK, _ALTER, _ALTER_ACK, _AUTHENTICATE = 11, 12, 13, 14, 15, 16
KINDS = frozenset((*range(4), *range(11, 20)))
"""Kinds of message that connections carry (12.6.4)."""
_FIRST = 0x01
_LITTLE = 0x10
_CONTEXTS = 32
_CONTEXT_KEY = "contexts"
_FIXED = struct.Struct("<IHH")
_FIXED_BIG = struct.Struct(">IHH")
_TRAILER = 8
_AUTHENTICATIONS = {9: "negotiate", 10: "ntlm", 14: "tls", 16: "kerberos", 68: "netlogon"}
_FAULTS = {
    5: "access_denied",
    0x1C010002: "operation_out_of_range",
    0x1C010003: "unknown_interface",
    0x1C00001A: "context_mismatch",
    0x000006F7: "bad_stub_data",
}
_UNKNOWN = Interface("unknown", {})


def is_message(octets: bytes) -> bool:
    """Tell whether octets look like the head of a message."""
    return (
        len(octets) >= HEAD_OCTETS
        and octets[0] == VERSION
        and octets[1] <= 1
        and octets[2] in KINDS
        and octets[4] in {0, _LITTLE}
        and octets[6:8] == b"\0\0"
    )


def is_little(octets: bytes) -> bool:
    """Tell the order of octets that a message says."""
    return octets[4] & _LITTLE != 0


def fragment_octets(octets: bytes) -> int:
    """Return how long the message says to be."""
    return int.from_bytes(octets[8:10], "little" if is_little(octets) else "big")


def rpc_records(octets: bytes, session: Session, *, from_client: bool) -> Iterator[Fields]:
    """Yield what one message says, a call together with its answer.

    `session` is that of one connection or one pipe. Raises Malformed where it is none.
    """
    if not is_message(octets):
        raise Malformed("it is no message of DCE/RPC", where="message")
    kind = octets[2]
    if from_client and kind in {_BIND, _ALTER}:
        yield _bind(octets, session)
    elif from_client and kind == _REQUEST and octets[3] & _FIRST:
        _call(octets, session)
    elif from_client and kind == _AUTHENTICATE:
        told = _authentication(octets)
        if told:
            yield {"event.action": "dce_rpc_authenticate", **told}
    elif not from_client and kind in {_RESPONSE, _FAULT} and octets[3] & _FIRST:
        yield from _answered(octets, session)
    elif not from_client and kind == _BIND_NAK:
        yield {"event.action": "dce_rpc_bind", "event.outcome": "failure"}
    elif not from_client and kind in {_BIND_ACK, _ALTER_ACK}:
        told = _authentication(octets)
        if len(told) > 1:
            yield {"event.action": "dce_rpc_challenge", **told}


def unanswered(session: Session) -> Iterator[Fields]:
    """Yield the calls that nobody answered."""
    yield from cast("dict[object, Fields]", session.get("asked", {})).values()


def _call_number(octets: bytes) -> int:
    return int.from_bytes(octets[12:16], "little" if is_little(octets) else "big")


def _bind(octets: bytes, session: Session) -> Fields:
    cursor = Cursor(octets, HEAD_OCTETS + 8)
    contexts = cast("dict[int, str]", session.setdefault(_CONTEXT_KEY, {}))
    names: list[str] = []
    little = is_little(octets)
    count = cursor.octet()
    cursor.skip(3)
    for _ in range(min(count, _CONTEXTS)):
        number = cursor.little(2) if little else cursor.big(2)
        transfers = cursor.octet()
        cursor.skip(1)
        identity = cursor.take(16)
        cursor.skip(4 + 20 * transfers)
        found = str(uuid.UUID(bytes_le=identity) if little else uuid.UUID(bytes=identity))
        if len(contexts) < _CONTEXTS or number in contexts:
            contexts[number] = found
        names.append(found)
    fields: dict[str, object] = {"event.action": "dce_rpc_bind", **_authentication(octets)}
    if names:
        told = list(dict.fromkeys(INTERFACES.get(name, _UNKNOWN).name for name in names))
        fields |= {"dce_rpc.interface": names[0], "dce_rpc.endpoint": told[0]}
        if len(told) > 1:
            fields["dce_rpc.endpoints"] = told
    return fields


def _call(octets: bytes, session: Session) -> None:
    form = _FIXED if is_little(octets) else _FIXED_BIG
    _, context, number = form.unpack(Cursor(octets, HEAD_OCTETS).take(form.size))
    contexts = cast("dict[int, str]", session.get(_CONTEXT_KEY, {}))
    identity = contexts.get(context)
    fields: dict[str, object] = {
        "event.action": "dce_rpc_request",
        "dce_rpc.operation_number": number,
    }
    if identity is not None:
        interface = INTERFACES.get(identity, _UNKNOWN)
        fields |= {
            "dce_rpc.interface": identity,
            "dce_rpc.endpoint": interface.name,
            "dce_rpc.operation": interface.operations.get(number, f"operation_{number}"),
        }
    ask(session, _call_number(octets), fields)


def _answered(octets: bytes, session: Session) -> Iterator[Fields]:
    asked = answer(session, _call_number(octets))
    if not asked:
        return
    if octets[2] == _RESPONSE:
        yield {**asked, "event.outcome": "success"}
        return
    cursor = Cursor(octets, HEAD_OCTETS + 8)
    status = cursor.little(4) if is_little(octets) else cursor.big(4)
    reason = _FAULTS.get(status, f"0x{status:08x}")
    yield {**asked, "event.outcome": "failure", "event.reason": reason}


def _authentication(octets: bytes) -> Fields:
    """Return what the verifier behind a message says (13.2.6)."""
    order = "little" if is_little(octets) else "big"
    length = int.from_bytes(octets[10:12], order)  # type: ignore[arg-type]  # one of both orders
    end = min(fragment_octets(octets), len(octets))
    at = end - length - _TRAILER
    if not length or at < HEAD_OCTETS:
        return {}
    kind = octets[at]
    named = {"dce_rpc.authentication": _AUTHENTICATIONS.get(kind, f"type_{kind}")}
    return {**named, **ntlm_fields(octets[at + _TRAILER : end])}
