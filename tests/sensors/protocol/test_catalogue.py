"""What holds for every parser of the catalogue, whatever octets it is given."""

import base64
from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.protocol.catalogue import PARSERS
from sensors.protocol.parser import LOST, Fields, Message, Parser, Sample, Session
from situation.faults import Malformed
from situation.fields import BY_NAME, KEYWORD_LIMIT, WILDCARD_LIMIT, Kind
from tests.faults.site import soak

MUTATIONS = (400, 200_000)
COMMON = {
    "@timestamp", "event.action", "event.category", "event.type", "event.outcome",
    "citywatch.credentials.cleartext",
}  # fmt: skip
"""Fields that a record may have though its parser does not name them."""
TYPES: Mapping[Kind, tuple[type, ...]] = {
    Kind.LONG: (int,),
    Kind.BOOLEAN: (bool,),
    Kind.DOUBLE: (float, int),
    Kind.DATE: (int, str),
}
SECRET = b"secret"
"""Every secret in a sample is this."""
SAMPLES = [(parser, sample) for parser in PARSERS for sample in parser.samples]


def _message(parser: Parser, octets: bytes, session: Session, *, from_client: bool) -> Message:
    ports = (40_000, parser.ports[0] if parser.ports else 40_001)
    return Message(octets, from_client, 1_700_000_000_000_000_000, session, ports=ports)


def _records(parser: Parser, sample: Sample) -> list[Fields]:
    session: Session = {}
    message = _message(parser, sample.octets, session, from_client=sample.from_client)
    return [*parser.read(message), *parser.finish(session)]


def _called(parser: Parser) -> str:
    return f"{parser.name}-{parser.transport}"


def _named(one: tuple[Parser, Sample]) -> str:
    return _called(one[0])


def test_every_parser_has_samples() -> None:
    assert [parser.name for parser in PARSERS if not parser.samples] == []


@pytest.mark.parametrize("one", SAMPLES, ids=_named)
def test_a_sample_says_what_its_parser_promises(one: tuple[Parser, Sample]) -> None:
    parser, sample = one
    records = _records(parser, sample)
    assert records
    first = {name: records[0].get(name) for name in sample.fields}
    assert first == sample.fields
    if parser.transport == "tcp":
        assert parser.length(sample.octets) != LOST
    for record in records:
        check(parser, record)


def test_whoever_is_asked_on_any_port_names_the_first_octets() -> None:
    assert [parser.name for parser in PARSERS if parser.anywhere and parser.first is None] == []


@pytest.mark.parametrize("parser", [one for one in PARSERS if one.first is not None], ids=_called)
def test_nobody_claims_what_begins_with_an_octet_that_is_not_named(parser: Parser) -> None:
    claimed: set[int] = set()
    for sample in parser.samples:
        for octet in range(256):
            for octets in (bytes([octet]) + sample.octets[1:], bytes([octet]) + sample.octets):
                for from_client in (True, False):
                    if parser.begins(octets, from_client):
                        claimed.add(octet)
    assert claimed <= (parser.first or set())


def check(parser: Parser, record: Fields) -> None:
    """A record has known names, values of their types, no long text and no secret."""
    assert set(record) <= {*parser.fields, *COMMON}, set(record) - {*parser.fields, *COMMON}
    for name, value in record.items():
        for single in value if isinstance(value, list) else [value]:
            _check_value(name, single)
    text = orjson.dumps(dict(record))
    assert SECRET not in text
    assert base64.b64encode(SECRET) not in text
    assert SECRET.hex().encode() not in text


def _check_value(name: str, value: object) -> None:
    assert value is None or isinstance(value, str | int | bool), (name, value)
    if isinstance(value, str):
        assert len(value) <= (WILDCARD_LIMIT if name.startswith("url.") else KEYWORD_LIMIT), name
    if value is not None and name in BY_NAME:
        kind = BY_NAME[name].kind
        assert isinstance(value, TYPES.get(kind, (str,))), (name, value)
        assert kind is Kind.BOOLEAN or not isinstance(value, bool), (name, value)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[Parser, list[tuple[bytes, bool]]]:
    """Draw a parser and some damaged samples of its protocol."""
    parser, _ = draw(st.sampled_from(SAMPLES))
    turns = draw(st.lists(st.sampled_from(parser.samples), min_size=1, max_size=3))
    return parser, [
        (_mutated(draw, sample.octets), draw(st.booleans()) == sample.from_client)
        for sample in turns
    ]


def _mutated(draw: st.DrawFn, octets: bytes) -> bytes:
    damaged = bytearray(octets)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(damaged) - 1, 0)))
        how = draw(st.sampled_from(("set", "cut", "insert", "repeat")))
        if how == "set" and damaged:
            damaged[at] = draw(st.sampled_from((0, 1, 0x7F, 0x80, 0xFE, 0xFF)))
        elif how == "cut":
            del damaged[at:]
        elif how == "insert":
            damaged[at:at] = draw(st.binary(max_size=8))
        elif how == "repeat":
            damaged *= 2
    return bytes(damaged) or b"\0"  # a payload has octets


@settings(max_examples=soak(*MUTATIONS))
@given(mutants())
def test_whatever_the_octets_are_a_parser_refuses_them_or_makes_records(
    drawn: tuple[Parser, list[tuple[bytes, bool]]],
) -> None:
    parser, turns = drawn
    session: Session = {}
    for octets, from_client in turns:
        is_claimed = parser.begins(octets, from_client)
        assert isinstance(is_claimed, bool)
        assert not is_claimed or parser.first is None or octets[0] in parser.first
        assert isinstance(parser.length(octets), int)
        try:
            records = list(parser.read(_message(parser, octets, session, from_client=from_client)))
        except Malformed:
            records = []
        for record in records:
            _check_json(parser, record)
    for record in parser.finish(session):
        _check_json(parser, record)


def _check_json(parser: Parser, record: Fields) -> None:
    assert set(record) <= {*parser.fields, *COMMON}
    for name, value in record.items():
        for single in value if isinstance(value, list) else [value]:
            _check_value(name, single)
    orjson.dumps(dict(record))
