import gzip
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.input.file.content import Packed, Plain, open_content

OCTETS = bytes(number * number % 251 for number in range(400_000))


@pytest.mark.parametrize("level", [0, 6])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    reads=st.lists(st.tuples(st.integers(0, len(OCTETS) + 10), st.integers(1, 200_000)), max_size=6)
)
def test_a_packed_file_is_read_from_any_place(
    tmp_path: pathlib.Path, level: int, reads: list[tuple[int, int]]
) -> None:
    path = tmp_path / "a.gz"
    packed = gzip.compress(OCTETS[:100_000], level) + gzip.compress(OCTETS[100_000:], level)
    path.write_bytes(packed)
    content = open_content(path)
    assert isinstance(content, Packed)
    for at, most in reads:
        assert content.read(at, most) == OCTETS[at : at + most]
    assert content.read(0, len(OCTETS) + 1) == OCTETS
    assert content.whole
    content.close()


def test_a_plain_file_is_read_on_when_its_name_is_gone(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one two")
    content = open_content(path)
    assert isinstance(content, Plain)
    path.unlink()
    assert content.read(4, 10) == b"two"
    assert content.read(7, 10) == b""
    assert content.stat().st_nlink == 0
    content.close()


def test_a_packed_file_that_grows_gives_more_each_time(tmp_path: pathlib.Path) -> None:
    packed = gzip.compress(OCTETS, 1)
    path = tmp_path / "a.gz"
    path.write_bytes(packed[: len(packed) // 2])
    content = open_content(path)
    assert isinstance(content, Packed)
    begun = content.read(0, len(OCTETS))
    assert 0 < len(begun) < len(OCTETS)
    assert not content.whole
    path.write_bytes(packed)
    assert content.read(0, len(OCTETS)) == OCTETS
    assert content.whole
    content.close()
