import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.protocol.ber import (
    CONSTRUCTED,
    CONTEXT,
    DEPTH_LIMIT,
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    Element,
    element,
    whole,
)
from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed
from tests.sensors.protocol.speaking import encoded


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    octets = value.to_bytes(8, signed=True)
    assert element(encoded(INTEGER, octets)).integer() == value


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65_536])
def test_long_and_short_lengths_are_read(size: int) -> None:
    octets = encoded(OCTETS, b"x" * size)
    assert element(octets).value() == b"x" * size
    assert whole(octets) == len(octets)
    assert whole(octets[:2]) in {MORE, len(octets)}


def test_elements_inside_are_found_by_their_tags() -> None:
    inner = encoded(CONTEXT | CONSTRUCTED | 1, encoded(OID, b"\x2b\x06\x01\x82\x37"))
    outer = element(encoded(SEQUENCE, encoded(INTEGER, b"\x05") + inner))
    assert [part.tag for part in outer.inside()] == [INTEGER, CONTEXT | CONSTRUCTED | 1]
    assert outer.only(CONTEXT | CONSTRUCTED | 1, OID).oid() == "1.3.6.1.311"
    assert outer.find(OCTETS) is None
    with pytest.raises(Malformed):
        outer.only(OCTETS)


def test_an_element_of_indefinite_length_ends_at_its_mark() -> None:
    octets = b"\x30\x80\x02\x01\x05\x30\x80\x04\x01x\x00\x00\x00\x00rest"
    first, second = element(octets).inside()
    assert first.integer() == 5
    assert second.only(OCTETS).value() == b"x"
    assert whole(octets) == LOST


def test_no_element_reaches_beyond_the_one_that_holds_it() -> None:
    outer = element(b"\x30\x03\x04\x05abcdef")
    with pytest.raises(Malformed):
        list(outer.inside())
    with pytest.raises(Malformed):
        element(b"\x30\x05abc")


def test_of_a_message_that_was_cut_the_beginning_is_read() -> None:
    outer = element(b"\x30\x20\x02\x01\x07\x04\x08abc", partial=True)
    number, text = outer.inside()
    assert number.integer() == 7
    assert text.value() == b"abc"
    assert (outer.cut, number.cut, text.cut) == (True, False, True)


def test_a_nest_is_entered_only_so_deep() -> None:
    octets = b""
    for _ in range(100):
        octets = encoded(SEQUENCE, octets)
    found = element(octets)
    for _ in range(DEPTH_LIMIT):
        found = next(found.inside())
    with pytest.raises(Malformed):
        next(found.inside())
    with pytest.raises(Malformed):
        element(b"\x30\x80" * 100)


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\x2b\x86", b"\xff" * 11 + b"\x01"])
def test_what_is_no_object_identifier_is_refused(octets: bytes) -> None:
    with pytest.raises(Malformed):
        element(encoded(OID, octets)).oid()


@given(st.binary(max_size=200))
def test_any_octets_are_elements_or_refused(octets: bytes) -> None:
    try:
        found = element(octets)
        _walk(found)
    except Malformed:
        return
    assert found.end <= len(octets)


def _walk(found: Element) -> None:
    assert found.at <= found.end <= len(found.octets)
    if found.tag & CONSTRUCTED:
        for part in found.inside():
            assert found.at <= part.at <= part.end <= found.end
            _walk(part)
