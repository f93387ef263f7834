"""A real sshd for the tests, on a free loopback port, with keys of its own."""

import contextlib
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.testdata import missing

SECONDS = 30.0

_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
"""


@dataclass(frozen=True, slots=True)
class Sshd:
    """A server and the folder with its keys: `client`, `client.pub`, `known_hosts`."""

    folder: pathlib.Path
    port: int
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End the server and all that it serves, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.process.wait(SECONDS)

    def hang(self) -> None:
        """Stop the server and all that it serves where they are."""
        self._signal(signal.SIGSTOP)

    def _signal(self, number: signal.Signals) -> None:
        for pid in [*_descendants(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


@contextlib.contextmanager
def serving(folder: pathlib.Path, *, more: str = "") -> Iterator[Sshd]:
    """Start a server with its files in `folder`; `more` are lines of its configuration."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    kind, text, _ = key_pair(folder / "host").split(" ", 2)
    (folder / "authorized").write_text(key_pair(folder / "client"))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {kind} {text}\n")
    (folder / "sshd.conf").write_text(_CONFIG.format(port=port, folder=folder) + more)
    words = [program("sshd"), "-D", "-e", "-f", str(folder / "sshd.conf")]
    if os.geteuid() == 0:
        # Root's sshd wants a folder below /run: it gets a /run of its own.
        shell = 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$@"'
        words = [program("unshare"), "-m", "sh", "-c", shell, "sh", *words]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stderr=log)
    running = Sshd(folder, port, process)
    try:
        _wait(port, process)
        yield running
    finally:
        running.kill()


def key_pair(path: pathlib.Path, password: str = "") -> str:
    """Make a key and return its public half."""
    words = ["-q", "-t", "ed25519", "-N", password, "-C", "test", "-f", str(path)]
    subprocess.run([program("ssh-keygen"), *words], check=True)
    return path.with_name(f"{path.name}.pub").read_text()


@contextlib.contextmanager
def open_folder() -> Iterator[pathlib.Path]:
    """Yield a folder that other users can enter, which those of pytest are not."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-sshd-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def visitor() -> str:
    """Return who logs in, as somebody whom the rights of files hold: nobody, for root."""
    return "nobody" if os.geteuid() == 0 else getpass.getuser()


def program(name: str) -> str:
    """Return the path of a program of OpenSSH."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if found is None:
        missing(f"{name} is absent: apt-get install openssh-server openssh-client")
    return str(found)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, "sshd has ended"
        assert time.monotonic() < end, "sshd never answered"
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)


def _descendants(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        told = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
        for child in map(int, told.split()):
            yield from _descendants(child)
            yield child
