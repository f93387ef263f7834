"""SNMP v1, v2c and v3 (RFC 1157, RFC 3416, RFC 3412, RFC 3414)."""

from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.ber import (
    CONSTRUCTED,
    CONTEXT,
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    Element,
    element,
    whole,
)
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "snmp"

_VERSIONS = {0: "1", 1: "2c", 3: "3"}
_THREE = 3
_PDU_TAG = CONTEXT | CONSTRUCTED
_PDUS = (
    "get_request", "get_next_request", "response", "set_request", "trap", "get_bulk_request",
    "inform_request", "trap_v2", "report",
)  # fmt: skip
_TRAP, _BULK, _RESPONSE = 4, 5, 2
_ERRORS = (
    "no_error", "too_big", "no_such_name", "bad_value", "read_only", "general_error", "no_access",
    "wrong_type", "wrong_length", "wrong_encoding", "wrong_value", "no_creation",
    "inconsistent_value", "resource_unavailable", "commit_failed", "undo_failed",
    "authorization_error", "not_writable", "inconsistent_name",
)  # fmt: skip
"""Error status of an answer (RFC 3416, 3)."""
_TRAPS = (
    "cold_start", "warm_start", "link_down", "link_up", "authentication_failure",
    "neighbor_loss", "enterprise_specific",
)  # fmt: skip
_OIDS_LIMIT = 8
_TRAP_NAME = "1.3.6.1.6.3.1.1.4.1.0"
_AUTHENTICATED, _PRIVATE = 0x01, 0x02
_LONG = 0x80


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a sequence begins with a version, and what must stand behind it."""
    if len(octets) < 8 or octets[0] != SEQUENCE:  # noqa: PLR2004 - heads of three elements
        return False
    at = 2 + (octets[1] & ~_LONG if octets[1] > _LONG else 0)
    head = octets[at : at + 4]
    if head[:2] != b"\x02\x01" or len(head) < 4 or head[2] not in _VERSIONS:  # noqa: PLR2004
        return False
    return head[3] == (SEQUENCE if head[2] == _THREE else OCTETS)


def _read(message: Message) -> Iterator[Fields]:
    parts = element(message.octets, partial=True).inside()
    version = _next(parts, INTEGER).integer()
    if version not in _VERSIONS:
        raise Malformed("the version is none of SNMP", where="message")
    fields: dict[str, object] = {"snmp.version": _VERSIONS[version]}
    if version == _THREE:
        told, pdu = _secured(parts)
        fields |= told
    else:
        _next(parts, OCTETS)
        pdu = next(parts, None)
        fields["citywatch.credentials.cleartext"] = True
    yield {**_pdu(pdu), **fields}


def _next(parts: Iterator[Element], tag: int) -> Element:
    found = next(parts, None)
    if found is None or found.tag != tag:
        raise Malformed("an element of SNMP is missing", where="message")
    return found


def _secured(parts: Iterator[Element]) -> tuple[dict[str, object], Element | None]:
    """Return what the head of a message of version 3 says, and its PDU if that is in clear."""
    head = list(_next(parts, SEQUENCE).inside())
    flags = head[2].value()[:1] if len(head) > 3 else b""  # noqa: PLR2004 - id, size, flags, model
    level = flags[0] if flags else 0
    fields: dict[str, object] = {"snmp.security_level": _level(level)}
    fields |= _user(_next(parts, OCTETS))
    data = next(parts, None)
    if data is None or data.tag != SEQUENCE:
        return fields, None
    scoped = list(data.inside())
    return fields, scoped[2] if len(scoped) > 2 else None  # noqa: PLR2004 - engine, name, PDU


def _level(flags: int) -> str:
    if not flags & _AUTHENTICATED:
        return "no_auth_no_priv"
    return "auth_priv" if flags & _PRIVATE else "auth_no_priv"


def _user(parameters: Element) -> dict[str, object]:
    """Return engine and user of the user-based security model (RFC 3414, 2.4)."""
    try:
        found = list(element(parameters.octets, parameters.at, parameters.end).inside())
    except Malformed:
        return {}
    if len(found) < 4:  # noqa: PLR2004 - engine, boots, time, user
        return {}
    engine, user = found[0].value()[:32].hex(), text_of(found[3].value())
    fields: dict[str, object] = {"snmp.engine_id": engine} if engine else {}
    return {**fields, "user.name": user} if user else fields


def _pdu(pdu: Element | None) -> dict[str, object]:
    if pdu is None or not 0 <= pdu.tag - _PDU_TAG < len(_PDUS):
        return {"event.action": "snmp_encrypted", "snmp.pdu_type": "encrypted"}
    number = pdu.tag - _PDU_TAG
    fields: dict[str, object] = {
        "event.action": f"snmp_{_PDUS[number]}",
        "snmp.pdu_type": _PDUS[number],
    }
    parts = pdu.inside()
    if number == _TRAP:
        return fields | _trap(parts) | _bindings(parts)
    fields["snmp.request_id"] = _next(parts, INTEGER).integer()
    status, repetitions = _next(parts, INTEGER).integer(), _next(parts, INTEGER).integer()
    if number == _BULK:
        fields["snmp.max_repetitions"] = repetitions
    elif number == _RESPONSE:
        fields |= _outcome(status)
    return fields | _bindings(parts)


def _outcome(status: int) -> dict[str, object]:
    if not status:
        return {"event.outcome": "success"}
    reason = _ERRORS[status] if 0 < status < len(_ERRORS) else str(status)
    return {"event.outcome": "failure", "event.reason": reason}


def _trap(parts: Iterator[Element]) -> dict[str, object]:
    """Return what a trap of version 1 tells: of what enterprise, and which (RFC 1157, 4.1.6)."""
    fields: dict[str, object] = {"snmp.enterprise": _next(parts, OID).oid()}
    address = next(parts, None)
    if address is not None and len(address.value()) == 4:  # noqa: PLR2004 - IPv4
        fields["snmp.agent_address"] = ".".join(map(str, address.value()))
    generic, specific = _next(parts, INTEGER).integer(), _next(parts, INTEGER).integer()
    next(parts, None)
    named = _TRAPS[generic] if 0 <= generic < len(_TRAPS) else str(generic)
    return {**fields, "snmp.trap": named, "snmp.specific_trap": specific}


def _bindings(parts: Iterator[Element]) -> dict[str, object]:
    """Return the first object identifiers of the variable bindings, and how many there are.

    Bindings that are damaged or cut leave what stood before them.
    """
    fields: dict[str, object] = {}
    found: list[str] = []
    count = 0
    try:
        for binding in _next(parts, SEQUENCE).inside():
            count += 1
            if len(found) < _OIDS_LIMIT:
                found.append(_variable(binding, fields))
    except Malformed:
        fields["snmp.damaged"] = True
    return {**fields, "snmp.oids": found, "snmp.variable_count": count} if found else fields


def _variable(binding: Element, fields: dict[str, object]) -> str:
    """Return the name of a variable; that of a trap is kept by its value (RFC 3416, 4.2.6)."""
    parts = binding.inside()
    named = _next(parts, OID)
    if named.cut:
        fields["snmp.damaged"] = True
    name = named.oid()
    if name == _TRAP_NAME:
        fields["snmp.trap"] = _next(parts, OID).oid()
    return name


PARSER = Parser(
    name=NAME,
    standard="RFC 1157, RFC 3416, RFC 3412",
    transport="udp",
    ports=(161, 162),
    begins=_begins,
    read=_read,
    anywhere=True,
    first=frozenset((SEQUENCE,)),
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "user.name",
        "citywatch.credentials.cleartext",
        "snmp.version",
        "snmp.pdu_type",
        "snmp.request_id",
        "snmp.max_repetitions",
        "snmp.oids",
        "snmp.variable_count",
        "snmp.damaged",
        "snmp.enterprise",
        "snmp.agent_address",
        "snmp.trap",
        "snmp.specific_trap",
        "snmp.security_level",
        "snmp.engine_id",
    ),
    samples=(
        Sample(
            bytes.fromhex(
                "3026 020101 0406 736563726574 a019 020407d5a1b2 020100 020100"
                "300b 3009 06052b06010201 0500"
            ),
            {
                "event.action": "snmp_get_request",
                "snmp.version": "2c",
                "snmp.oids": ["1.3.6.1.2.1"],
                "citywatch.credentials.cleartext": True,
            },
        ),
    ),
)
PARSERS = (PARSER, replace(PARSER, transport="tcp", length=whole, anywhere=False))
