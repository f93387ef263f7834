"""Octets of a message are read in order, and never beyond its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.protocol.cursor import Cursor, Short


@given(st.integers(0, 2**64 - 1), st.sampled_from((1, 2, 3, 4, 8)))
def test_a_number_is_read_in_either_order(number: int, count: int) -> None:
    number %= 256**count
    octets = b"x" + number.to_bytes(count) + number.to_bytes(count, "little")
    cursor = Cursor(octets, 1)
    assert (cursor.big(count), cursor.little(count)) == (number, number)
    assert cursor.left == 0


@pytest.mark.parametrize("count", [3, -1])
def test_what_is_not_there_is_not_read(count: int) -> None:
    cursor = Cursor(b"abcd", 1, 3)
    for read in (cursor.big, cursor.little, cursor.take, cursor.skip, cursor.part):
        with pytest.raises(Short):
            read(count)
    assert cursor.rest() == b"bc"


def test_a_part_ends_within_its_whole() -> None:
    cursor = Cursor(b"abcdef")
    part = cursor.part(2)
    with pytest.raises(Short):
        part.big(3)
    assert (part.rest(), cursor.octet(), cursor.rest()) == (b"ab", ord("c"), b"def")
