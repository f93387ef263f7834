from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sensors.input.file.fingerprint import (
    Fingerprint,
    Likeness,
    fingerprint_of,
    is_beginning_of,
    likeness,
    still_same,
)


@dataclass
class Octets:
    """Content in memory."""

    octets: bytes

    def read(self, at: int, most: int) -> bytes:
        return self.octets[at : at + most]


CONTENT = st.binary(min_size=1, max_size=5000)


@given(octets=CONTENT, cuts=st.lists(st.integers(0, 5000), max_size=5))
def test_it_does_not_matter_in_which_pieces_a_file_was_read(octets: bytes, cuts: list[int]) -> None:
    known, at = Fingerprint(), 0
    for cut in [*sorted(cut for cut in cuts if cut < len(octets)), len(octets)]:
        known, at = known.grown(octets[at:cut]), cut
    assert known == fingerprint_of(Octets(octets))


@given(octets=CONTENT, more=st.binary(max_size=100))
def test_a_file_that_grew_is_the_same(octets: bytes, more: bytes) -> None:
    known = fingerprint_of(Octets(octets))
    assert likeness(Octets(octets + more), known) == (Likeness.SAME, len(octets))
    assert still_same(Octets(octets + more), known)
    assert is_beginning_of(Octets(octets), Octets(octets + more))


@given(octets=CONTENT, place=st.integers(0, 4999))
def test_one_octet_that_differs_makes_it_another(octets: bytes, place: int) -> None:
    place %= len(octets)
    other = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
    assert likeness(Octets(other), fingerprint_of(Octets(octets)))[0] is Likeness.OTHER
    assert not is_beginning_of(Octets(other), Octets(octets))


def test_a_shorter_copy_is_known_by_the_marks_that_it_reaches() -> None:
    octets = bytes(number * 7 % 251 for number in range(3000))
    known = fingerprint_of(Octets(octets))
    assert likeness(Octets(octets[:2000]), known) == (Likeness.BEHIND, 1024)
    assert likeness(Octets(octets[:63]), known) == (Likeness.OTHER, 0)
    assert likeness(Octets(b""), known) == (Likeness.OTHER, 0)


def test_a_fingerprint_that_begins_in_the_middle_leaves_out_what_is_before() -> None:
    known = Fingerprint(since=10, offset=10).grown(b"x" * 100)
    assert likeness(Octets(b"?" * 10 + b"x" * 100), known) == (Likeness.SAME, 100)
    assert likeness(Octets(b"x" * 100), known)[0] is Likeness.BEHIND


def test_of_a_file_of_which_nothing_was_read_nothing_is_known() -> None:
    assert likeness(Octets(b"anything"), Fingerprint()) == (Likeness.OTHER, 0)
