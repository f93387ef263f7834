import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.input.push import TooLarge, json_lines, unpacked
from situation.faults import Malformed


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
