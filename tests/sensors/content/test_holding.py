"""Members are held in memory, never in a file system."""

import io
import pathlib

import pytest

from sensors.content.holding import described, hold, path_of
from sensors.content.reader import OverLimit

LARGE = b"0123456789abcdef" * 1024 * 512


def test_small_and_large_content_is_held_whole() -> None:
    for content in (b"small", LARGE):
        with hold(io.BytesIO(content), lambda _: None) as held:
            held.seek(0)
            assert held.read() == content


def test_large_content_has_no_path() -> None:
    with hold(io.BytesIO(LARGE), lambda _: None) as held:
        assert held.fileno() > 0
        assert path_of(held) is None


def test_octets_are_counted_before_they_are_held() -> None:
    counted: list[int] = []

    def spend(octets: int) -> None:
        counted.append(octets)
        if sum(counted) > 1_000_000:
            raise OverLimit("ratio")

    with pytest.raises(OverLimit):
        hold(io.BytesIO(LARGE), spend)
    assert sum(counted) < 1_500_000


def test_every_stream_can_be_described() -> None:
    with described(io.BytesIO(b"content")) as file:
        file.seek(0)
        assert file.read() == b"content"


def test_a_path_is_that_of_the_same_file_alone(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"one")
    with path.open("rb") as stream:
        assert path_of(stream) == path
        path.unlink()
        path.write_bytes(b"two")
        assert path_of(stream) is None
    assert path_of(io.BytesIO()) is None
