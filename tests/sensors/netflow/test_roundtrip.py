"""Any template, field order and size: what was encoded comes out, by a model of one record."""

import ipaddress
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.netflow.wire.element import Element, Type
from sensors.netflow.wire.records import LIMIT
from situation.fields import REST
from tests.sensors.netflow.exporting import (
    BASIC,
    VARIABLE,
    Field,
    Record,
    a_set,
    basic,
    data,
    decoded,
    decoder,
    encoded,
    flows,
    options_10,
    template_9,
    template_10,
    v9,
    v10,
)

SIZES = {Type.IPV4: 4, Type.IPV6: 16, Type.MAC: 6, Type.FLOAT: 8}
COLUMNS = {
    7: "source.port", 11: "destination.port", 2: "source.packets", 1: "source.bytes",
    227: "source.nat.port", 52: "citywatch.flow.forward.ttl.min",
}  # fmt: skip
ADDRESSES = {8: "source.ip", 12: "destination.ip", 225: "source.nat.ip"}
OTHERS = (5, 10, 14, 15, 16, 17, 59, 62, 82, 89, 148, 184, 276, 351, 434, 414, 481)
SAFE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@st.composite
def templates(draw: st.DrawFn, *, version: int) -> tuple[Field, ...]:
    """Return addresses and TCP, and any of the other elements in any order and size."""
    numbers = draw(st.lists(st.sampled_from((*COLUMNS, *OTHERS, 225)), unique=True, max_size=18))
    order = draw(st.permutations([8, 12, 4, *(n for n in numbers if n not in (8, 12, 4))]))
    return tuple((number, draw(sizes(number, version))) for number in order)


def sizes(number: int, version: int) -> st.SearchStrategy[int]:
    kind = Element(0, number).type
    if kind in SIZES:
        return st.just(SIZES[kind])
    if kind == Type.STRING:
        return st.just(VARIABLE) if version == 10 else st.just(80)
    if number in (7, 11, 227):
        return st.just(2)
    return st.integers(1, 8)


def values(field: Field) -> st.SearchStrategy[int | bytes]:
    number, octets = field[0], field[1]
    if Element(0, number).type == Type.STRING:
        return SAFE.map(lambda text: text.encode())
    if number == 4:
        return st.just(6).map(lambda value: value)
    return st.integers(0, 2 ** (8 * octets) - 1)


def expected(field: Field, value: int | bytes) -> object:
    """Return what stands in the rest."""
    kind, octets = Element(0, field[0]).type, field[1]
    if isinstance(value, bytes):
        return value.decode()
    if kind == Type.SIGNED:
        return value - (1 << 8 * octets) if value >> (8 * octets - 1) else value
    if kind == Type.IPV4:
        return str(ipaddress.IPv4Address(value))
    if kind == Type.IPV6:
        return str(ipaddress.IPv6Address(value))
    if kind == Type.MAC:
        return value.to_bytes(6).hex("-").upper()
    return value


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, tuple[Field, ...], list[Record], bool]:
    version = draw(st.sampled_from([9, 10]))
    fields = draw(templates(version=version))
    record = st.fixed_dictionaries({field[0]: values(field) for field in fields})
    return version, fields, draw(st.lists(record, min_size=1, max_size=4)), draw(st.booleans())


@settings(deadline=None, max_examples=80)
@given(cases())
def test_what_was_encoded_comes_out(
    case: tuple[int, tuple[Field, ...], list[Record], bool],
) -> None:
    version, fields, records, long_form = case
    body = b"".join(encoded(fields, one, long_form=long_form) for one in records)
    if version == 9:
        payload = v9(template_9(256, fields), a_set(256, body))
    else:
        payload = v10(template_10(256, fields), a_set(256, body))
    frame = flows(decoded(payload, by=decoder()))
    assert len(frame) == len(records)
    for row, record in zip(frame.iter_rows(named=True), records, strict=True):
        rest = json.loads(row[REST])["netflow"] if row[REST] else {}
        for field in fields:
            number, value = field[0], record[field[0]]
            if number in COLUMNS:
                held = value if isinstance(value, int) and value < LIMIT else None
                assert row[COLUMNS[number]] == held
            elif number in ADDRESSES:
                assert row[ADDRESSES[number]] == expected(field, value)
            elif number != 4:
                assert rest.pop(Element(0, number).name) == expected(field, value)
        assert rest == {}


ANY_FIELD = st.one_of(
    st.tuples(st.integers(0, 500), st.integers(0, 20)),
    st.tuples(st.integers(0, 500), st.just(VARIABLE)),
    st.tuples(st.sampled_from((1, 2, 4, 6, 8, 12, 22, 239, 239)), st.integers(1, 8)),
    st.tuples(st.integers(0, 0x7FFF), st.integers(1, 8), st.sampled_from((9, 29305, 2**32 - 1))),
)


@settings(deadline=None, max_examples=100)
@given(
    fields=st.lists(ANY_FIELD, min_size=1, max_size=25).filter(lambda one: any(f[1] for f in one)),
    body=st.binary(min_size=1, max_size=600),
    as_options=st.booleans(),
)
def test_any_element_of_any_size_is_decoded(
    fields: list[Field], body: bytes, *, as_options: bool
) -> None:
    one = decoder()
    learned = options_10(256, fields[:1], fields[1:]) if as_options else template_10(256, fields)
    result = decoded(v10(learned, a_set(256, body)), by=one)
    least = sum(1 if field[1] == VARIABLE else field[1] for field in fields)
    if all(field[1] != VARIABLE for field in fields):
        assert result.counters.records + result.counters.options == len(body) // least
    decoded(v10(template_10(257, BASIC[:8]), data(257, BASIC[:8], basic())), by=one)
