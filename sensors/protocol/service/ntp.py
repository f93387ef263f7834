"""NTP (RFC 5905, 7.3), its control messages (RFC 9327) and the private mode of old servers."""

from collections.abc import Iterator

from sensors.protocol.cursor import Short
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "ntp"

_MODES = {
    1: "symmetric_active", 2: "symmetric_passive", 3: "client", 4: "server", 5: "broadcast",
    6: "control", 7: "private",
}  # fmt: skip
_CONTROL, _PRIVATE = 6, 7
_VERSIONS = range(1, 5)
_HEAD_OCTETS, _CONTROL_OCTETS, _PRIVATE_OCTETS = 48, 12, 4
_ANSWER, _ERROR, _OPCODE = 0x80, 0x40, 0x1F
_STRATUM_LIMIT = 16
_OPCODES = {
    1: "read_status", 2: "read_variables", 3: "write_variables", 4: "read_clock_variables",
    5: "write_clock_variables", 6: "set_trap", 7: "trap", 8: "runtime_configuration",
    9: "export_configuration", 10: "read_mru_list", 11: "read_ordered_list", 12: "request_nonce",
    31: "unset_trap",
}  # fmt: skip
_REQUESTS = {0: "peer_list", 1: "peer_list_sum", 4: "sys_info", 20: "monlist", 42: "monlist"}
"""Request codes of the private mode; that of 20 and 42 is what amplifies."""


def _kind(octets: bytes) -> tuple[int, int]:
    return octets[0] >> 3 & 7, octets[0] & 7


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _PRIVATE_OCTETS or len(octets) % 4:
        return False
    version, mode = _kind(octets)
    if version not in _VERSIONS or mode not in _MODES:
        return False
    if mode == _PRIVATE:
        return octets[3] in _REQUESTS
    if mode == _CONTROL:
        return len(octets) >= _CONTROL_OCTETS and octets[1] & _OPCODE in _OPCODES
    return len(octets) >= _HEAD_OCTETS and octets[1] <= _STRATUM_LIMIT


def _read(message: Message) -> Iterator[Fields]:
    octets = message.octets
    if len(octets) < _PRIVATE_OCTETS:
        raise Short(_PRIVATE_OCTETS, len(octets))
    version, mode = _kind(octets)
    if mode not in _MODES:
        raise Malformed("the mode is none of NTP", where="message")
    told = _private(octets) if mode == _PRIVATE else _public(octets, mode)
    yield {**told, "ntp.version": version, "ntp.mode": _MODES[mode]}


def _private(octets: bytes) -> Fields:
    code = octets[3]
    return {
        "event.action": f"ntp_{_REQUESTS.get(code, f'private_{code}')}",
        "ntp.request_code": code,
        "ntp.is_answer": bool(octets[0] & _ANSWER),
    }


def _public(octets: bytes, mode: int) -> Fields:
    if mode == _CONTROL:
        return _control(octets)
    if len(octets) < _HEAD_OCTETS:
        raise Short(_HEAD_OCTETS, len(octets))
    fields: Fields = {"event.action": f"ntp_{_MODES[mode]}", "ntp.stratum": octets[1]}
    reference = octets[12:16]
    if not any(reference):
        return fields
    if octets[1] <= 1:
        # A name of the clock; at stratum 0 the code of a kiss-o'-death (RFC 5905, 7.4).
        return {**fields, "ntp.reference_id": text_of(reference.rstrip(b"\0"))}
    return {**fields, "ntp.reference_id": ".".join(map(str, reference))}


def _control(octets: bytes) -> Fields:
    if len(octets) < _CONTROL_OCTETS:
        raise Short(_CONTROL_OCTETS, len(octets))
    code = octets[1] & _OPCODE
    fields: Fields = {
        "event.action": f"ntp_{_OPCODES.get(code, f'control_{code}')}",
        "ntp.opcode": code,
        "ntp.is_answer": bool(octets[1] & _ANSWER),
    }
    return {**fields, "event.outcome": "failure"} if octets[1] & _ERROR else fields


PARSER = Parser(
    name=NAME,
    standard="RFC 5905",
    transport="udp",
    ports=(123,),
    begins=_begins,
    read=_read,
    fields=(
        "event.action",
        "event.outcome",
        "ntp.version",
        "ntp.mode",
        "ntp.stratum",
        "ntp.reference_id",
        "ntp.opcode",
        "ntp.request_code",
        "ntp.is_answer",
    ),
    samples=(
        Sample(
            bytes.fromhex("1700032a 00000000"),
            {"event.action": "ntp_monlist", "ntp.request_code": 42, "ntp.is_answer": False},
        ),
        Sample(
            bytes.fromhex("24010000 00000000 00000000 47505300") + bytes(32),
            {"event.action": "ntp_server", "ntp.stratum": 1, "ntp.reference_id": "GPS"},
            from_client=False,
        ),
    ),
)
