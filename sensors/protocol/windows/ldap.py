"""LDAP (RFC 4511) and its form over UDP (MS-ADTS 6.3.3): binds, searches, changes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from sensors.protocol.ber import (
    APPLICATION,
    CONSTRUCTED,
    CONTEXT,
    ENUMERATED,
    INTEGER,
    OCTETS,
    SEQUENCE,
    Element,
    element,
    whole,
)
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import HANDOVER, LOST, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of
from sensors.protocol.windows.ldap_filter import filter_text
from sensors.protocol.windows.ntlm import NTLM_FIELDS, ntlm_fields
from sensors.protocol.windows.security import mechanism
from situation.faults import Malformed

NAME = "ldap"

_BIND, _BIND_ANSWER = 0, 1
_SEARCH, _SEARCH_DONE, _EXTENDED, _EXTENDED_ANSWER = 3, 5, 23, 24
_DELETE = 10
_CHANGES = {6: "modify", 8: "add", _DELETE: "delete", 12: "rename", 14: "compare"}
_ANSWERS = frozenset((_BIND_ANSWER, _SEARCH_DONE, 7, 9, 11, 13, 15, _EXTENDED_ANSWER))
_OPERATIONS = frozenset((*range(17), 19, _EXTENDED, _EXTENDED_ANSWER, 25))
_SIMPLE, _SASL = CONTEXT, CONTEXT | CONSTRUCTED | 3
_MICROSOFT = {CONTEXT | 9: "sicily", CONTEXT | 10: "ntlm", CONTEXT | 11: "ntlm"}
"""Choices that Microsoft added (MS-ADTS 5.1.1.1.3)."""
_RESULT_NAME = CONTEXT
_START_TLS = "1.3.6.1.4.1.1466.20037"
_SCOPES = ("base", "one", "sub", "children")
_UNDER_WAY = 14
_RESULTS = {
    0: "success", 1: "operations_error", 2: "protocol_error", 3: "time_limit_exceeded",
    4: "size_limit_exceeded", 5: "compare_false", 6: "compare_true",
    7: "auth_method_not_supported", 8: "stronger_auth_required", 10: "referral",
    11: "admin_limit_exceeded", 12: "unavailable_critical_extension",
    13: "confidentiality_required", _UNDER_WAY: "sasl_bind_in_progress", 16: "no_such_attribute",
    17: "undefined_attribute_type", 19: "constraint_violation", 20: "attribute_or_value_exists",
    21: "invalid_attribute_syntax", 32: "no_such_object", 34: "invalid_dn_syntax",
    48: "inappropriate_authentication", 49: "invalid_credentials",
    50: "insufficient_access_rights", 51: "busy", 52: "unavailable", 53: "unwilling_to_perform",
    64: "naming_violation", 65: "object_class_violation", 68: "entry_already_exists", 80: "other",
}  # fmt: skip
_GOOD = frozenset((0, 5, 6, 10))
_ATTRIBUTES_LIMIT = 32
_LEAST_OCTETS = 7


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell a sequence that begins with a small number and an operation."""
    if len(octets) < _LEAST_OCTETS or octets[0] != SEQUENCE:
        return False
    at = 2 if octets[1] < CONTEXT else 2 + (octets[1] & 0x7F)
    if octets[at : at + 1] != bytes((INTEGER,)) or at + 1 >= len(octets):
        return False
    at += 2 + octets[at + 1]
    return at < len(octets) and _operation(octets[at]) in _OPERATIONS


def _operation(tag: int) -> int:
    """Return the number of the operation that a tag says, -1 if it is none."""
    return tag & 0x1F if tag & 0xC0 == APPLICATION else -1


def _length(octets: bytes) -> int:
    return whole(octets) if octets[0] == SEQUENCE else LOST


def _read(message: Message) -> Iterator[Fields]:
    held = element(message.octets)
    if held.tag != SEQUENCE:
        raise Malformed("it is no message of LDAP", where="message")
    parts = held.inside()
    number, body = next(parts, None), next(parts, None)
    if number is None or body is None or number.tag != INTEGER:
        raise Malformed("it is no message of LDAP", where="message")
    operation = _operation(body.tag)
    if operation < 0:
        raise Malformed("it is no operation of LDAP", where="message")
    if operation in _ANSWERS:
        yield from _answered(number.integer(), operation, body, message.session)
        return
    asked = _asked(operation, body)
    if asked:
        ask(message.session, number.integer(), asked)


def _asked(operation: int, body: Element) -> Fields:
    if operation == _BIND:
        return _bind(body)
    if operation == _SEARCH:
        return _search(body)
    if operation == _EXTENDED:
        return {"event.action": "ldap_extended", "ldap.oid": _plain(body.find(CONTEXT))}
    if operation in _CHANGES:
        named = body if operation == _DELETE else next(body.inside(), None)
        return {"event.action": f"ldap_{_CHANGES[operation]}", "ldap.dn": _plain(named)}
    return {}


def _plain(found: Element | None) -> str:
    return "" if found is None else text_of(found.value())


def _bind(body: Element) -> Fields:
    parts = list(body.inside())
    if len(parts) < 3:  # noqa: PLR2004 - version, name, authentication
        raise Malformed("a bind has no authentication", where="message")
    version, name, proof = parts[:3]
    fields: dict[str, object] = {"event.action": "ldap_bind", "ldap.version": version.integer()}
    if name.end > name.at:
        fields |= {"ldap.dn": _plain(name), "user.name": _plain(name)}
    if proof.tag == _SIMPLE:
        with_secret = proof.end > proof.at
        fields["ldap.authentication"] = "simple" if with_secret else "anonymous"
        if with_secret:
            fields["citywatch.credentials.cleartext"] = True
    elif proof.tag == _SASL:
        fields |= _sasl(proof)
    else:
        fields["ldap.authentication"] = _MICROSOFT.get(proof.tag, f"choice_{proof.tag & 0x1F}")
        fields |= ntlm_fields(proof.value())
    return fields


def _sasl(proof: Element) -> Fields:
    parts = proof.inside()
    fields: dict[str, object] = {
        "ldap.authentication": "sasl",
        "ldap.sasl_mechanism": _plain(next(parts, None)),
    }
    given = next(parts, None)
    blob = b"" if given is None else given.value()
    found = mechanism(blob)
    if found is not None:
        fields["ldap.sasl_method"] = found
    if fields["ldap.sasl_mechanism"] == "PLAIN" and blob:
        fields["citywatch.credentials.cleartext"] = True
        names = blob.split(b"\0")
        if len(names) > 1 and names[1]:
            fields["user.name"] = text_of(names[1])
    return {**fields, **ntlm_fields(blob)}


def _search(body: Element) -> Fields:
    parts = list(body.inside())
    if len(parts) < 8:  # noqa: PLR2004 - what a search consists of (4.5.1)
        raise Malformed("a search is cut", where="message")
    scope = parts[1].integer()
    attributes = [_plain(one) for one in parts[7].inside()][:_ATTRIBUTES_LIMIT]
    fields: dict[str, object] = {
        "event.action": "ldap_search",
        "ldap.base": _plain(parts[0]),
        "ldap.scope": _SCOPES[scope] if 0 <= scope < len(_SCOPES) else str(scope),
        "ldap.filter": filter_text(parts[6]),
    }
    if attributes:
        fields["ldap.attributes"] = attributes
    return fields


def _answered(number: int, operation: int, body: Element, session: Session) -> Iterator[Fields]:
    asked = answer(session, number)
    code = body.only(ENUMERATED).integer()
    if operation == _EXTENDED_ANSWER and code == 0 and asked.get("ldap.oid") == _START_TLS:
        session[HANDOVER] = "tls"
    fields = {**asked, "ldap.result": _RESULTS.get(code, f"result_{code}")}
    if operation == _BIND_ANSWER:
        fields.setdefault("event.action", "ldap_bind")
        fields |= _challenge(body)
    if "event.action" not in fields:
        return
    if code != _UNDER_WAY:
        fields["event.outcome"] = "success" if code in _GOOD else "failure"
    yield fields


def _challenge(body: Element) -> Fields:
    """Return what NTLM says in an answer to a bind: as credentials, or in place of the name."""
    for part in body.inside():
        if part.tag in {CONTEXT | 7, OCTETS} and (told := ntlm_fields(part.value())):
            return told
    return {}


def _finish(session: Session) -> Iterator[Fields]:
    yield from cast("dict[object, Fields]", session.get("asked", {})).values()


_TCP = Parser(
    name=NAME,
    standard="RFC 4511, MS-ADTS",
    transport="tcp",
    ports=(389, 3268),
    begins=_begins,
    length=_length,
    read=_read,
    finish=_finish,
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "ldap.version",
        "ldap.dn",
        "ldap.authentication",
        "ldap.sasl_mechanism",
        "ldap.sasl_method",
        "ldap.base",
        "ldap.scope",
        "ldap.filter",
        "ldap.attributes",
        "ldap.oid",
        "ldap.result",
        "citywatch.credentials.cleartext",
        *NTLM_FIELDS,
    ),
    samples=(
        Sample(
            bytes.fromhex("3021 020101 601c 020103 040f") + b"cn=clerk,o=city\x80\x06secret",
            {
                "event.action": "ldap_bind",
                "ldap.authentication": "simple",
                "user.name": "cn=clerk,o=city",
                "citywatch.credentials.cleartext": True,
            },
        ),
        Sample(
            bytes.fromhex("300c020101 6107 0a0131 0400 0400"),
            {
                "event.action": "ldap_bind",
                "ldap.result": "invalid_credentials",
                "event.outcome": "failure",
            },
            from_client=False,
        ),
    ),
)

PARSERS = (_TCP, replace(_TCP, transport="udp", ports=(389,), length=len, messages=False))
