"""A folder of an SFTP server as a source of files: a real sshd."""

import concurrent.futures
import os
import pathlib
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.content.source.folder import FolderSource
from sensors.content.source.selection import Selection
from sensors.content.source.sftp import Login, SftpSource, connection
from sensors.content.source.source import Barred, FileSource
from situation.content.resource import Resource
from situation.faults import Misconfigured, Unavailable
from tests import sshd
from tests.sshd import Sshd

SFTP = "Subsystem sftp internal-sftp\nForceCommand internal-sftp\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Sshd]:
    with sshd.open_folder() as folder, sshd.serving(folder, more=SFTP) as running:
        yield running


@pytest.fixture
def share() -> Iterator[pathlib.Path]:
    with sshd.open_folder() as folder:
        yield folder


def login(server: Sshd, **more: object) -> Login:
    said: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": sshd.visitor(),
        "key_file": server.folder / "client",
        "known_hosts": server.folder / "known_hosts",
    }
    return Login(**{**said, **more})  # type: ignore[arg-type]


def opened(server: Sshd, root: pathlib.Path, selection: Selection | None = None) -> SftpSource:
    return SftpSource(login(server), str(root), selection=selection)


def fill(root: pathlib.Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


NAMES = st.text("a-0./数", min_size=1, max_size=8).map(
    lambda text: "/".join(part.strip(".") for part in text.split("/") if part.strip("."))
)


@given(names=st.lists(NAMES.filter(bool), min_size=1, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_walk_is_that_of_the_same_folder_here_and_goes_on_behind_any_path(
    names: list[str], server: Sshd
) -> None:
    with sshd.open_folder() as root:
        for name in names:
            taken = any((root / part).is_file() for part in parents(name))
            if not taken and not (root / name).exists():
                fill(root, name)
        source = opened(server, root)
        walked = [one.path for one in source.walk()]
        here = [f"sftp://127.0.0.1:{server.port}{one.path}" for one in FolderSource(root).walk()]
        assert walked == here == sorted(walked)
        for index, path in enumerate(walked):
            assert [one.path for one in source.walk(path)] == walked[index + 1 :]
        source.close()


def parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


@pytest.mark.parametrize("size", [0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 3_000_000])
def test_a_file_is_fetched_whole_into_a_file_without_a_name(
    server: Sshd, share: pathlib.Path, size: int
) -> None:
    content = os.urandom(size)
    (share / "a.bin").write_bytes(content)
    source = opened(server, share)
    (found,) = source.walk()
    with source.open(found) as stream:
        assert stream.read() == content
        assert os.fstat(stream.fileno()).st_nlink == 0
    assert found.size == size
    assert source.stamp(found) == found.stamp
    source.close()


def test_rights_and_owner_are_told(server: Sshd, share: pathlib.Path) -> None:
    fill(share, "a.txt", "b.txt")
    (share / "a.txt").chmod(0o666)
    (share / "b.txt").chmod(0o640)
    source = opened(server, share)
    a, b = (one.exposure for one in source.walk())
    assert (a.world_readable, a.world_writable) == (True, True)
    assert (b.world_readable, b.world_writable) == (False, False)
    assert (a.owner, a.encrypted_transport) == (str(os.geteuid()), True)
    source.close()


def test_what_may_not_be_read_is_listed_and_barred(server: Sshd, share: pathlib.Path) -> None:
    fill(share, "closed/a.txt", "mine.txt", "z.txt")
    (share / "mine.txt").chmod(0)
    (share / "closed").chmod(0)
    source = opened(server, share)
    closed, mine, z = source.walk()
    assert closed.path.endswith("/closed/")
    for resource in (closed, mine):
        with pytest.raises(Barred) as barred:
            source.open(resource)
        assert barred.value.because == "denied"
    with source.open(z) as stream:
        assert stream.read() == b"x"
    (share / "closed").chmod(0o755)
    source.close()


def test_links_and_pipes_are_passed_over_and_not_opened(server: Sshd, share: pathlib.Path) -> None:
    fill(share, "file.txt")
    (share / "link.txt").symlink_to(share / "file.txt")
    (share / "folder").symlink_to(share)
    os.mkfifo(share / "pipe")
    source = opened(server, share)
    assert [one.path.rsplit("/", 1)[1] for one in source.walk()] == ["file.txt"]
    assert source.passed_over == {"link": 2, "special": 1}
    for name in ("link.txt", "pipe"):
        path = f"sftp://127.0.0.1:{server.port}{share}/{name}"
        with pytest.raises(Barred, match="no file"):
            source.open(Resource(path=path))
    source.close()


def test_a_file_that_vanishes_or_grows_meanwhile_says_so(server: Sshd, share: pathlib.Path) -> None:
    fill(share, "gone.txt", "grown.txt")
    source = opened(server, share)
    gone, grown = source.walk()
    (share / "gone.txt").unlink()
    (share / "grown.txt").write_bytes(b"x" * 3_000_000)
    for ask in (source.open, source.stamp):
        with pytest.raises(Barred) as barred:
            ask(gone)
        assert barred.value.because == "vanished"
    with pytest.raises(Barred) as barred:
        source.open(grown)
    assert barred.value.because == "changing"
    assert source.stamp(grown) != grown.stamp
    source.close()


def test_a_name_in_gb18030_is_shown_and_opened(server: Sshd, share: pathlib.Path) -> None:
    (share / os.fsdecode("名单.txt".encode("gb18030"))).write_bytes(b"x")
    source = opened(server, share)
    (found,) = source.walk()
    assert found.path.endswith("/名单.txt")
    with source.open(found) as stream:
        assert stream.read() == b"x"
    source.close()


def test_patterns_are_relative_to_the_folder(server: Sshd, share: pathlib.Path) -> None:
    fill(share, "docs/a.txt", "docs/b.tmp", "other/c.txt")
    source = opened(server, share, Selection(("docs/**",), ("*.tmp",)))
    assert [one.path.rsplit("/", 2)[1:] for one in source.walk()] == [["docs", "a.txt"]]
    source.close()


def test_one_file_is_a_source_and_a_folder_that_is_not_there_is_refused(
    server: Sshd, share: pathlib.Path
) -> None:
    fill(share, "a.txt")
    source = opened(server, share / "a.txt")
    assert [one.path for one in source.walk()] == [f"sftp://127.0.0.1:{server.port}{share}/a.txt"]
    source.close()
    source = opened(server, share / "none")
    with pytest.raises(Misconfigured, match="no such file"):
        list(source.walk())
    source.close()


def test_a_server_that_dies_while_it_is_walked_and_read_is_unavailable() -> None:
    with sshd.open_folder() as folder, sshd.open_folder() as share:
        fill(share, "a/a.txt", "b/b.txt")
        with sshd.serving(folder, more=SFTP) as running:
            source = opened(running, share)
            walk = source.walk()
            first = next(walk)
            running.kill()
            with pytest.raises(Unavailable, match=f"sftp://127.0.0.1:{running.port}"):
                list(walk)
            with pytest.raises(Unavailable):
                source.open(first)
            source.close()


def test_a_server_that_hangs_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.5)
    with sshd.open_folder() as folder, sshd.open_folder() as share:
        fill(share, "a/a.txt", "b/b.txt")
        with sshd.serving(folder, more=SFTP) as running:
            source = opened(running, share)
            walk = source.walk()
            next(walk)
            running.hang()
            with pytest.raises(Unavailable, match="not answer in time"):
                list(walk)
            source.close()


def test_many_may_open_files_at_once(server: Sshd, share: pathlib.Path) -> None:
    contents = [os.urandom(50_000 + number) for number in range(60)]
    for number, content in enumerate(contents):
        (share / f"{number:02}").write_bytes(content)
    source = opened(server, share)

    def read(resource: Resource) -> bytes:
        with source.open(resource) as stream:
            assert source.stamp(resource) == resource.stamp
            return stream.read()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, source.walk())) == contents
    source.close()


def test_a_host_with_another_key_or_none_is_not_spoken_to(
    server: Sshd, share: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    kind, text, _ = sshd.key_pair(tmp_path / "other").split(" ", 2)
    (tmp_path / "other").write_text(f"[127.0.0.1]:{server.port} {kind} {text}\n")
    (tmp_path / "empty").write_text("")
    for name, words in (("other", "another"), ("empty", f"ssh-keyscan -p {server.port} 127")):
        source = SftpSource(login(server, known_hosts=tmp_path / name), str(share))
        with pytest.raises(Misconfigured, match=words):
            list(source.walk())
        source.close()
    assert (tmp_path / "empty").read_text() == ""


def test_a_login_that_is_not_taken_and_a_port_where_nobody_is_are_unavailable(
    server: Sshd, share: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    sshd.key_pair(tmp_path / "stranger")
    with socket.create_server(("127.0.0.1", 0)) as one:
        free = one.getsockname()[1]
    for lacking in ({"key_file": tmp_path / "stranger"}, {"port": free}):
        source = SftpSource(login(server, **lacking), str(share))
        with pytest.raises(Unavailable) as away:
            list(source.walk())
        assert "nobody" not in str(away.value)
        source.close()


def test_a_key_may_have_a_password(server: Sshd, share: pathlib.Path) -> None:
    public = sshd.key_pair(server.folder / "locked", "synthetic-password")
    with (server.folder / "authorized").open("a") as authorized:
        authorized.write(public)
    fill(share, "a.txt")
    key = server.folder / "locked"
    source = SftpSource(login(server, key_file=key, password="synthetic-password"), str(share))
    assert len(list(source.walk())) == 1
    source.close()
    source = SftpSource(login(server, key_file=key), str(share))
    with pytest.raises(Misconfigured, match="password"):
        list(source.walk())
    source.close()


def test_a_key_file_that_is_not_there_is_refused(
    server: Sshd, share: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    source = SftpSource(login(server, key_file=tmp_path / "none"), str(share))
    with pytest.raises(Misconfigured, match="none"):
        list(source.walk())
    source.close()


def test_it_is_a_source_of_files(server: Sshd, share: pathlib.Path) -> None:
    source = opened(server, share)
    assert isinstance(source, FileSource)
    source.close()
