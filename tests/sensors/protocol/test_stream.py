"""Segments of one direction are put in order, whatever order they come in."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sensors.protocol.stream import HELD_SEGMENTS, Segment, Stream


def _segments(*parts: tuple[int, bytes]) -> list[Segment]:
    return [Segment(sequence, octets, 0, number) for number, (sequence, octets) in enumerate(parts)]


def _read(segments: list[Segment], *, fits: bool = False) -> list[Segment]:
    stream = Stream()
    pieces = [piece for one in segments for piece in stream.take(one, lambda _octets: fits)]
    return [*pieces, *stream.rest()]


def _octets(pieces: list[Segment]) -> bytes:
    return b"".join(piece.octets for piece in pieces)


@given(
    st.permutations(range(1, 6)),
    st.integers(0, 0xFFFFFFFF),
    st.lists(st.integers(0, 5), max_size=4),
)
def test_any_order_and_any_repetition_give_the_same_octets(
    order: list[int], start: int, again: list[int]
) -> None:
    parts = [bytes([number]) * (number + 3) for number in range(6)]
    ends = list(itertools.accumulate((len(part) for part in parts), initial=0))
    numbers = [0, *order, *again]
    segments = _segments(*(((start + ends[n]) & 0xFFFFFFFF, parts[n]) for n in numbers))
    pieces = _read(segments)
    assert _octets(pieces) == b"".join(parts)
    assert sum(piece.missing for piece in pieces) == 0


def test_what_overlaps_is_read_once_as_it_came_first() -> None:
    segments = _segments((0, b"abcdef"), (3, b"XXXghi"), (6, b"ghijk"))
    assert _octets(_read(segments)) == b"abcdefghijk"


@given(st.permutations(range(3)))
def test_the_begin_may_come_second(order: list[int]) -> None:
    parts = [(7, b"abc"), (10, b"defg"), (12, b"fghi")]
    stream = Stream()
    for one in _segments(*(parts[number] for number in order)):
        for piece in stream.take(one, lambda _octets: False):
            stream.buffer += stream.wanted(piece)
    assert b"abcdefghi".endswith(stream.buffer)
    assert order[:2] not in ([1, 0], [0, 1]) or stream.buffer == b"abcdefghi"


def test_a_gap_is_told_once_enough_segments_have_waited_for_it() -> None:
    early = [(100 + number, b"x") for number in range(HELD_SEGMENTS + 1)]
    pieces = _read(_segments((0, b"a"), *early))
    assert [piece.missing for piece in pieces] == [0, 99, *[0] * HELD_SEGMENTS]


def test_a_gap_is_told_at_once_where_a_message_begins_behind_it() -> None:
    stream = Stream()
    stream.take(Segment(0, b"a", 0, 0), lambda _: True)
    assert stream.take(Segment(50, b"b", 0, 1), lambda _: True) == [
        Segment(50, b"b", 0, 1, missing=49)
    ]


def test_octets_that_were_cut_off_are_no_reason_to_wait() -> None:
    stream = Stream()
    stream.take(Segment(0, b"a", 9, 0), lambda _: False)
    (piece,) = stream.take(Segment(10, b"b", 0, 1), lambda _: False)
    assert piece.missing == 9


def test_what_nobody_reads_is_passed_over_captured_or_not() -> None:
    stream = Stream()
    stream.take(Segment(0, b"head", 0, 0), lambda _: False)
    stream.skip = 10
    (body,) = stream.take(Segment(4, b"bo", 0, 1), lambda _: False)
    assert stream.wanted(body) == b""
    (after,) = stream.take(Segment(12, b"dyHEAD", 0, 2), lambda _: False)
    assert stream.wanted(after) == b"HEAD"
    assert not stream.lost
