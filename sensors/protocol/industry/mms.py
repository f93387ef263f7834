"""MMS of IEC 61850 (ISO 9506-2; IEC 61850-8-1), within ISO transport (RFC 1006)."""

from collections.abc import Iterator

from sensors.protocol.ber import CONSTRUCTED, CONTEXT, INTEGER, SEQUENCE, Element, element
from sensors.protocol.industry.function import (
    DOWNLOAD,
    FUNCTION_FIELDS,
    OTHER,
    READ,
    RESTART,
    START,
    STOP,
    UPLOAD,
    WRITE,
    function,
    functions,
)
from sensors.protocol.industry.transport import (
    DATA,
    KIND_AT,
    USER_DATA_AT,
    gathered,
    packet_length,
    unit,
)
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Message, Parser, Sample

NAME = "mms"

_SERVICES = functions(
    NAME,
    {
        0: ("status", READ),
        1: ("get_name_list", READ),
        2: ("identify", READ),
        3: ("rename", WRITE),
        4: ("read", READ),
        5: ("write", WRITE),
        6: ("get_variable_access_attributes", READ),
        11: ("define_named_variable_list", WRITE),
        12: ("get_named_variable_list_attributes", READ),
        13: ("delete_named_variable_list", WRITE),
        18: ("output", WRITE),
        19: ("take_control", OTHER),
        20: ("relinquish_control", OTHER),
        26: ("initiate_download_sequence", DOWNLOAD),
        27: ("download_segment", DOWNLOAD),
        28: ("terminate_download_sequence", DOWNLOAD),
        29: ("initiate_upload_sequence", UPLOAD),
        30: ("upload_segment", UPLOAD),
        31: ("terminate_upload_sequence", UPLOAD),
        32: ("request_domain_download", DOWNLOAD),
        33: ("request_domain_upload", UPLOAD),
        34: ("load_domain_content", DOWNLOAD),
        35: ("store_domain_content", UPLOAD),
        36: ("delete_domain", WRITE),
        37: ("get_domain_attributes", READ),
        38: ("create_program_invocation", WRITE),
        39: ("delete_program_invocation", WRITE),
        40: ("start", START),
        41: ("stop", STOP),
        42: ("resume", START),
        43: ("reset", RESTART),
        44: ("kill", STOP),
        45: ("get_program_invocation_attributes", READ),
        46: ("obtain_file", DOWNLOAD),
        65: ("read_journal", READ),
        67: ("initialize_journal", WRITE),
        72: ("file_open", OTHER),
        73: ("file_read", UPLOAD),
        74: ("file_close", OTHER),
        75: ("file_rename", WRITE),
        76: ("file_delete", WRITE),
        77: ("file_directory", READ),
    },
)
"""Confirmed services, by the number of their tag."""

_PDUS = {
    3: "information_report", 8: "initiate_request", 9: "initiate_response", 10: "initiate_error",
    11: "conclude_request", 12: "conclude_response", 13: "conclude_error",
}  # fmt: skip
_REQUEST, _RESPONSE, _ERROR, _REJECT = 0, 1, 2, 4
_TRANSFER = b"\x01\x00\x01\x00\x61"
"""Session units before a fully encoded presentation unit (X.225, 8.3.7 and 8.3.11)."""
_CONNECTS = (0x0D, 0x0E)
_SYNTAX = b"\x28\xca\x22\x02\x01"
"""Object identifier of the abstract syntax of MMS, 1.0.9506.2.1."""
_SESSION_OCTETS = 4
_NUMBER = 0x1F
_LONG_TAG, _LONG_NUMBER = 0xFF, 0x7F
_VALUE = CONTEXT | CONSTRUCTED


def _is_mms(data: bytes) -> bool:
    return data.startswith(_TRANSFER) or (data[:1] in _CONNECT_OCTETS and _SYNTAX in data)


_CONNECT_OCTETS = tuple(bytes([code]) for code in _CONNECTS)


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if packet_length(octets) <= 0 or len(octets) <= USER_DATA_AT or octets[KIND_AT] != DATA:
        return False
    return _is_mms(octets[USER_DATA_AT:])


def _read(message: Message) -> Iterator[Fields]:
    packet = unit(message.octets)
    data = gathered(message.session, packet, from_client=message.from_client)
    if data.startswith(_TRANSFER):
        presented = element(data, _SESSION_OCTETS)
        # One value of the context of MMS: context identifier, then the value itself.
        pdu = next(presented.only(SEQUENCE, _VALUE).inside(), None)
        if pdu is not None:
            yield _told(pdu, message)
    elif _is_mms(data):
        name = "initiate_request" if data[0] == _CONNECTS[0] else "initiate_response"
        yield function(NAME, name, OTHER)


def _told(pdu: Element, message: Message) -> Fields:
    kind = pdu.tag & _NUMBER
    if kind == _REQUEST:
        number = pdu.only(INTEGER).integer()
        asked = {**_service(pdu), "mms.invoke_id": number}
        ask(message.session, (number, message.from_client), asked)
        return {**asked, "mms.pdu_type": "request"}
    if kind in {_RESPONSE, _ERROR, _REJECT}:
        return _answered(pdu, kind, message)
    name = _PDUS.get(kind, f"pdu_{kind}")
    return function(NAME, name, READ if name == "information_report" else OTHER)


def _service(pdu: Element) -> Fields:
    """Return the service of a request or an answer: the element behind the invoke number."""
    for part in pdu.inside():
        if part.tag > _LONG_TAG:
            code = part.tag & _LONG_NUMBER
        elif part.tag & CONTEXT:
            code = part.tag & _NUMBER
        else:
            continue
        return _SERVICES.get(code) or function(NAME, f"service_{code}", OTHER)
    return function(NAME, "service", OTHER)


def _answered(pdu: Element, kind: int, message: Message) -> Fields:
    tag = INTEGER if kind == _RESPONSE else CONTEXT
    number = pdu.only(tag).integer()
    asked = answer(message.session, (number, not message.from_client))
    if kind == _RESPONSE:
        found = asked or {**_service(pdu), "mms.invoke_id": number}
        return {**found, "mms.pdu_type": "response", "event.outcome": "success"}
    found = asked or {**function(NAME, "error", OTHER), "mms.invoke_id": number}
    name = "error" if kind == _ERROR else "reject"
    return {**found, "mms.pdu_type": name, "event.outcome": "failure"}


PARSER = Parser(
    name=NAME,
    standard="ISO 9506-2, IEC 61850-8-1",
    transport="tcp",
    ports=(102,),
    begins=_begins,
    length=packet_length,
    read=_read,
    messages=True,
    fields=(*FUNCTION_FIELDS, "event.outcome", "mms.pdu_type", "mms.invoke_id"),
    samples=(
        Sample(
            bytes.fromhex(
                "03000024 02f080 01000100 6117 3015 020103 a010"
                "a00e 020101 a509 a002 3000 a003 830100"
            ),
            {"event.action": "mms_write", "citywatch.ics.act": "write", "mms.invoke_id": 1},
        ),
    ),
)
