import datetime as dt
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.input.push import Push, TooLarge, json_lines, unpacked
from situation.clock import SetClock
from situation.faults import Malformed
from tests.sensors.input.parts import Shelf, reading

MIDNIGHT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize("repeat_key", ["request-1", ""])
def test_a_push_repeated_after_midnight_is_the_same_events_of_the_same_day_by_its_key(
    repeat_key: str,
) -> None:
    shelf, clock = Shelf(), SetClock(MIDNIGHT - SECOND)
    push = Push(reading(), "key", shelf, clock)
    for _ in range(2):
        push.take(b"a line\nanother", is_json=False, peer="192.0.2.1", repeat_key=repeat_key)
        clock.advance(2 * SECOND)
    first, second = (one.frame.select("event.id", "@timestamp").rows() for one in shelf.kept)
    assert (first == second) is bool(repeat_key)


@given(pieces=st.lists(st.binary(min_size=1, max_size=2000), min_size=1, max_size=4))
def test_all_members_of_a_gzip_body_are_unpacked(pieces: list[bytes]) -> None:
    assert unpacked(b"".join(map(gzip.compress, pieces))) == b"".join(pieces)


@given(body=st.binary(max_size=300), cut=st.integers(0, 400))
def test_a_cut_body_is_malformed(body: bytes, cut: int) -> None:
    packed = gzip.compress(body)
    if 0 < cut < len(packed):
        with pytest.raises(Malformed, match="cut short"):
            unpacked(packed[:cut])


def test_what_is_too_large_is_found_out_before_it_is_held() -> None:
    with pytest.raises(TooLarge):
        unpacked(gzip.compress(bytes(10**7)), limit=1000)
    assert unpacked(gzip.compress(bytes(1000)), limit=1000) == bytes(1000)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'[{"a": 1}, {"b": [2, 3]}]', ['{"a":1}', '{"b":[2,3]}']),
        (b' ["a line", "another"]', ["a line", "another"]),
        (b'{\n  "a": 1\n}', ['{"a":1}']),
        (b"[]", []),
        (b'{"a": 1}\n{"b": 2}', None),
        (b'{"a": 1, broken', None),
        (b"a line", None),
        (b"", None),
    ],
)
def test_json_becomes_lines(body: bytes, expected: list[str] | None) -> None:
    found = json_lines(body)
    assert (None if found is None else found.text.to_list()) == expected


def test_an_array_that_is_none_tells_where() -> None:
    with pytest.raises(Malformed, match="body, octet 6"):
        json_lines(b"[1, 2 3]")
