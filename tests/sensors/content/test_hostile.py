"""Hostile files end in reasons, within their limits, and nothing is written anywhere."""

import os
import pathlib

import pytest

from sensors.content.limits import Limits
from sensors.content.reading import read
from situation.content.piece import Block
from tests.sensors.content.confined import LIMITS, read_confined
from tests.sensors.content.hostile import READABLE, UNREADABLE, giant_picture, sparse
from tests.sensors.content.pieced import reasons

_PROGRAM_MIB = 256
"""MiB that the program takes before it reads anything, with room."""


def written(folder: pathlib.Path, name: str, data: bytes) -> pathlib.Path:
    path = folder / "share" / name
    path.parent.mkdir()
    path.write_bytes(data)
    return path


def everything_below(folder: pathlib.Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_hostile_file_ends_in_a_reason_within_its_limits(
    tmp_path: pathlib.Path, name: str
) -> None:
    path = written(tmp_path, name, UNREADABLE[name]())
    before = everything_below(tmp_path)
    outcome = read_confined(path)
    assert outcome.reasons
    assert outcome.peak_mib <= _PROGRAM_MIB + LIMITS.memory_mib
    assert everything_below(tmp_path) == before


@pytest.mark.parametrize("name", READABLE)
def test_a_strange_file_is_read_to_its_end_within_its_limits(
    tmp_path: pathlib.Path, name: str
) -> None:
    path = written(tmp_path, name, READABLE[name]())
    outcome = read_confined(path)
    assert outcome.reasons == []
    assert sum(outcome.pieces.values()) > 1
    assert outcome.peak_mib <= _PROGRAM_MIB + LIMITS.memory_mib


def test_a_sparse_file_of_ten_gigabytes_is_too_large(tmp_path: pathlib.Path) -> None:
    sparse(tmp_path / "sparse.bin", 10 << 30)
    with (tmp_path / "sparse.bin").open("rb") as stream:
        assert reasons(list(read(stream, "sparse.bin", Limits()))) == ["too_large"]


def test_a_sparse_file_within_the_limit_is_unknown(tmp_path: pathlib.Path) -> None:
    sparse(tmp_path / "sparse.txt", 1 << 30)
    with (tmp_path / "sparse.txt").open("rb") as stream:
        assert reasons(list(read(stream, "sparse.txt", Limits()))) == ["unknown_type"]


def test_a_pipe_and_a_device_are_no_files(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    descriptor = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        assert reasons(list(read(stream, "pipe", Limits()))) == ["unknown_type"]
    with pathlib.Path("/dev/zero").open("rb") as stream:
        assert reasons(list(read(stream, "zero", Limits()))) == ["unknown_type"]


def test_a_file_that_grows_while_it_is_read_ends_where_it_ended(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"line of a log\n" * 100_000)
    read_octets = 0
    with path.open("rb") as stream, path.open("ab") as writer:
        for piece in read(stream, "a.log", Limits()):
            if isinstance(piece, Block):
                writer.write(b"another line\n" * 50_000)
                writer.flush()
                read_octets += len(piece.data)
    assert read_octets == len(b"line of a log\n") * 100_000


def test_a_picture_of_a_billion_points_is_not_unpacked(tmp_path: pathlib.Path) -> None:
    outcome = read_confined(written(tmp_path, "a.png", giant_picture()))
    assert outcome.pieces == {"Passage": 1, "Nature": 1}
