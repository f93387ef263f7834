"""A folder as a source of files."""

import os
import pathlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.content.source.folder import FolderSource
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.resource import Resource
from situation.faults import Misconfigured


def _fill(root: pathlib.Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


def _names(source: FolderSource, root: pathlib.Path, after: str = "") -> list[str]:
    return [one.path.removeprefix(f"{root}/") for one in source.walk(after)]


NAMES = st.text("a-0./", min_size=1, max_size=8).map(
    lambda text: "/".join(part.strip(".") for part in text.split("/") if part.strip("."))
)


@given(names=st.lists(NAMES.filter(bool), min_size=1, max_size=12))
def test_the_walk_is_in_the_order_of_paths_and_goes_on_behind_any_of_them(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("share")
    for name in names:
        # A name that is a folder for one may be a file for another: the first one has it.
        if (
            not any((root / part).is_file() for part in _parents(name))
            and not (root / name).exists()
        ):
            _fill(root, name)
    source = FolderSource(root)
    walked = [one.path for one in source.walk()]
    assert walked == sorted(walked)
    assert len(walked) == sum(path.is_file() for path in root.rglob("*"))
    for index, path in enumerate(walked):
        assert [one.path for one in source.walk(path)] == walked[index + 1 :]


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def test_links_pipes_and_sockets_are_passed_over_and_counted(tmp_path: pathlib.Path) -> None:
    _fill(tmp_path, "file.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "file.txt")
    (tmp_path / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    source = FolderSource(tmp_path)
    assert _names(source, tmp_path) == ["file.txt"]
    assert source.passed_over == {"link": 2, "special": 1}


def test_a_file_that_became_a_pipe_or_a_link_is_not_opened(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/hostname")
    source = FolderSource(tmp_path)
    for name in ("pipe", "link"):
        with pytest.raises(Barred) as barred:
            source.open(Resource(path=f"{tmp_path}/{name}"))
        assert barred.value.because == "denied"


def test_a_file_that_is_gone_says_so(tmp_path: pathlib.Path) -> None:
    source = FolderSource(tmp_path)
    for ask in (source.open, source.stamp):
        with pytest.raises(Barred) as barred:
            ask(Resource(path=f"{tmp_path}/gone.txt"))
        assert barred.value.because == "vanished"


def test_the_stamp_changes_with_content_and_rights(tmp_path: pathlib.Path) -> None:
    _fill(tmp_path, "a.txt")
    source = FolderSource(tmp_path)
    (first,) = source.walk()
    assert source.stamp(first) == first.stamp
    (tmp_path / "a.txt").write_text("longer", encoding="utf-8")
    (second,) = source.walk()
    (tmp_path / "a.txt").chmod(0o600)
    (third,) = source.walk()
    assert len({first.stamp, second.stamp, third.stamp}) == 3
    assert (second.exposure.world_readable, third.exposure.world_readable) == (True, False)


def test_names_that_are_no_utf_8_are_shown_as_gb18030_and_opened(tmp_path: pathlib.Path) -> None:
    (tmp_path / os.fsdecode("名单.txt".encode("gb18030"))).write_bytes(b"x")
    source = FolderSource(tmp_path)
    (found,) = source.walk()
    assert found.path == f"{tmp_path}/名单.txt"
    with source.open(found) as stream:
        assert stream.read() == b"x"


def test_folders_may_lie_deeper_in_one_another_than_calls(tmp_path: pathlib.Path) -> None:
    # A name longer than a system call takes is made step by step.
    (tmp_path / "top").mkdir()
    here = os.open(tmp_path / "top", os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (found,) = FolderSource(tmp_path / "top").walk()
    assert found.path.endswith("/d/d/a.txt")
    subprocess.run(["rm", "-rf", str(tmp_path / "top")], check=True)  # noqa: S607 - rm is found by PATH


def test_two_names_that_are_shown_alike_are_both_listed(tmp_path: pathlib.Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        (tmp_path / os.fsdecode("名单.txt".encode(encoding))).write_bytes(b"x")
    assert [one.path for one in FolderSource(tmp_path).walk()] == [f"{tmp_path}/名单.txt"] * 2


def test_patterns_are_relative_to_the_folder(tmp_path: pathlib.Path) -> None:
    _fill(tmp_path, "docs/a.txt", "docs/b.tmp", "other/c.txt")
    source = FolderSource(tmp_path, selection=Selection(("docs/**",), ("*.tmp",)))
    assert _names(source, tmp_path) == ["docs/a.txt"]


def test_one_file_is_a_source_as_well(tmp_path: pathlib.Path) -> None:
    _fill(tmp_path, "a.txt")
    found = list(FolderSource(tmp_path / "a.txt").walk())
    assert [one.path for one in found] == [str(tmp_path / "a.txt")]


def test_a_folder_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="no such file or folder"):
        FolderSource(tmp_path / "none")
