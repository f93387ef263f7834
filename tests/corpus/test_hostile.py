"""Hostile files are as hostile as they say, and small themselves."""

import io
import pathlib
import zipfile

from corpus import hostile


def test_each_has_a_reason_of_its_own_name() -> None:
    made = list(hostile.hostile_files())
    assert len({one.name for one in made}) == len(made) >= 20
    assert all(one.reasons for one in made)
    assert all(len(one.data) < 4 * hostile.MIB for one in made)


def test_overlapping_members_unpack_to_far_more_than_they_take() -> None:
    data = hostile.overlapping(500)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) == 500 * hostile.MIB
    assert len(data) < 100_000


def test_nested_archives_are_as_deep_as_asked() -> None:
    data, depth = hostile.nested(6), 0
    while True:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = [name for name in archive.namelist() if name.endswith(".zip")]
            if not inner:
                break
            data, depth = archive.read(inner[0]), depth + 1
    assert depth == 6


def test_members_lead_out_of_their_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(hostile.traversal())) as archive:
        names = archive.namelist()
    assert any(name.startswith("../") for name in names)
    assert any(name.startswith("/") for name in names)


def test_a_sparse_file_is_long_and_takes_no_room(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "sparse.bin"
    hostile.sparse(path, 10)
    assert path.stat().st_size == 10 << 30
    assert path.stat().st_blocks < 100


def test_entities_ask_for_files_and_grow() -> None:
    assert b"SYSTEM" in hostile.external_entity()
    assert hostile.laughs(9).count(b"<!ENTITY") == 10


def test_a_long_field_is_one_field() -> None:
    data = hostile.long_field(1)
    assert data.count(b"\n") == 2
    assert len(data) > hostile.MIB


def test_many_members_are_many() -> None:
    with zipfile.ZipFile(io.BytesIO(hostile.many(11_000))) as archive:
        assert len(archive.namelist()) == 11_000
