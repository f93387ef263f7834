"""What exporters send: messages made field by field, and what the decoder says of them."""

import ipaddress
import struct
from collections.abc import Mapping, Sequence

import polars as pl

from sensors.netflow.decoder import DEFAULT_LIMITS, Datagram, Decoded, Decoder, Limits
from sensors.netflow.flow.frame import NETFLOW_SCHEMA
from situation.events.intake import check_batch
from situation.events.store import Batch

SECOND = 1_000_000_000
NOW = 1_790_000_000
"""When the messages are exported and come in, in seconds."""
UPTIME = 5_000_000
EXPORTER = "192.0.2.1"
VARIABLE = 0xFFFF
REVERSE = 29305

Field = tuple[int, int] | tuple[int, int, int]
"""Element, octets, and the enterprise if it is not IANA."""
Record = Mapping[int, int | bytes]

BASIC: tuple[Field, ...] = (
    (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (2, 4), (1, 4), (22, 4), (21, 4),
)  # fmt: skip
"""The fields that nearly every exporter has."""


def ip(text: str) -> int:
    return int(ipaddress.ip_address(text))


def basic(**changes: int) -> dict[int, int]:
    """Return a record of BASIC: a TCP connection of one minute, which ended a second ago."""
    names = {"source": 8, "destination": 12, "sport": 7, "dport": 11, "protocol": 4}
    names |= {"flags": 6, "packets": 2, "octets": 1, "start": 22, "end": 21}
    record = {
        8: ip("10.1.0.5"), 12: ip("198.51.100.7"), 7: 40_000, 11: 443, 4: 6, 6: 0x1B, 2: 10,
        1: 5_000, 22: UPTIME - 61_000, 21: UPTIME - 1_000,
    }  # fmt: skip
    return record | {names[name]: value for name, value in changes.items()}


def encoded(fields: Sequence[Field], record: Record, *, long_form: bool = False) -> bytes:
    """Return the octets of a record; `long_form` writes lengths of variable fields in three."""
    return b"".join(_value(record[field[0]], field[1], long_form=long_form) for field in fields)


def _value(value: int | bytes, octets: int, *, long_form: bool) -> bytes:
    if octets != VARIABLE:
        return value.ljust(octets, b"\0") if isinstance(value, bytes) else value.to_bytes(octets)
    assert isinstance(value, bytes)
    if long_form or len(value) >= 255:
        return b"\xff" + len(value).to_bytes(2) + value
    return bytes([len(value)]) + value


def a_set(number: int, body: bytes, *, padded: bool = False) -> bytes:
    body += b"\0" * (-len(body) % 4) if padded else b""
    return struct.pack("!HH", number, len(body) + 4) + body


def data(number: int, fields: Sequence[Field], *records: Record, padded: bool = False) -> bytes:
    """Return a set of records."""
    return a_set(number, b"".join(encoded(fields, one) for one in records), padded=padded)


def template_9(number: int, fields: Sequence[Field]) -> bytes:
    return a_set(0, _template(number, fields))


def template_10(number: int, fields: Sequence[Field]) -> bytes:
    return a_set(2, _template(number, fields))


def options_9(number: int, scopes: Sequence[Field], fields: Sequence[Field]) -> bytes:
    head = struct.pack("!HHH", number, 4 * len(scopes), 4 * len(fields))
    return a_set(1, head + _specifiers((*scopes, *fields)), padded=True)


def options_10(number: int, scopes: Sequence[Field], fields: Sequence[Field]) -> bytes:
    head = struct.pack("!HHH", number, len(scopes) + len(fields), len(scopes))
    return a_set(3, head + _specifiers((*scopes, *fields)))


def withdrawal(number: int, set_number: int = 2) -> bytes:
    return a_set(set_number, struct.pack("!HH", number, 0))


def _template(number: int, fields: Sequence[Field]) -> bytes:
    return struct.pack("!HH", number, len(fields)) + _specifiers(fields)


def _specifiers(fields: Sequence[Field]) -> bytes:
    pieces = []
    for field in fields:
        number, octets, *enterprise = field
        pieces.append(struct.pack("!HH", number | (0x8000 if enterprise else 0), octets))
        pieces += [struct.pack("!I", one) for one in enterprise]
    return b"".join(pieces)


def v5(
    *records: Record,
    sequence: int = 0,
    uptime: int = UPTIME,
    exported: int = NOW,
    engine: int = 0,
    sampling: int = 0,
) -> bytes:
    """Return a v5 message; a record holds elements of v9, those that are absent are 0."""
    layout = (
        (8, 4), (12, 4), (15, 4), (10, 2), (14, 2), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
        (11, 2), (210, 1), (6, 1), (4, 1), (5, 1), (16, 2), (17, 2), (9, 1), (13, 1), (0, 2),
    )  # fmt: skip
    head = struct.pack(
        "!HHIIIIBBH", 5, len(records), uptime, exported, 0, sequence, 0, engine, sampling
    )
    empty = {number: 0 for number, _ in layout}
    return head + b"".join(encoded(layout, empty | dict(one)) for one in records)


def v9(
    *sets: bytes, sequence: int = 0, uptime: int = UPTIME, exported: int = NOW, domain: int = 1
) -> bytes:
    return struct.pack("!HHIIII", 9, len(sets), uptime, exported, sequence, domain) + b"".join(sets)


def v10(*sets: bytes, sequence: int = 0, exported: int = NOW, domain: int = 1) -> bytes:
    body = b"".join(sets)
    return struct.pack("!HHIII", 10, len(body) + 16, exported, sequence, domain) + body


def datagram(payload: bytes, exporter: str = EXPORTER, received: int = NOW) -> Datagram:
    return Datagram(payload, exporter, received * SECOND)


def decoder(limits: Limits = DEFAULT_LIMITS, oldest_days: int | None = None) -> Decoder:
    return Decoder(observer="test", limits=limits, oldest_days=oldest_days)


def decoded(*payloads: bytes, by: Decoder | None = None, exporter: str = EXPORTER) -> Decoded:
    """Decode payloads as one batch and check what has to hold for every input."""
    one = by or decoder()
    result = one.decode([datagram(payload, exporter) for payload in payloads])
    check(result, one)
    return result


def flows(result: Decoded) -> pl.DataFrame:
    """Return all flows, in the order of their messages and sets."""
    return pl.concat([pl.DataFrame(schema=NETFLOW_SCHEMA), *(one.frame for one in result.frames)])


def flow(*payloads: bytes, by: Decoder | None = None) -> dict[str, object]:
    """Return the only flow of some payloads."""
    frame = flows(decoded(*payloads, by=by))
    assert len(frame) == 1
    return frame.row(0, named=True)


def check(result: Decoded, by: Decoder) -> None:
    """Every datagram and set is in one bucket, ids are unique, a store takes every row."""
    frame = flows(result)
    assert by.counters.reconciles()
    assert by.counters.sets_waiting >= 0
    assert result.counters.records == len(frame)
    for one in result.frames:
        assert one.frame.schema == pl.Schema(NETFLOW_SCHEMA)
        assert len(one.frame) > 0
    checked = check_batch(Batch("flow", "test", frame))
    assert checked.rejected == ()
    numbers = frame.select(pl.selectors.numeric().min()) if len(frame) else frame
    assert all(value is None or value >= 0 for value in numbers.rows()[0]) if len(frame) else True
