"""A real Elasticsearch server for the tests: started, killed, started again, ended."""

import base64
import ctypes
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.elasticsearch.distribution import unpacked
from tests.elasticsearch.plugin import install
from tests.testdata import missing

START_SECONDS = 120
NOBODY = 65534
"""Whom root becomes: Elasticsearch refuses to run as root."""
FUNCTIONAL = "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch"
"""Options of Java for tests: starts soon, and is slower than a server in earnest."""

_PARENT_DEATH_SIGNAL = 1
_ADDRESS = re.compile(r"HttpServerTransport.*publish_address \{(?:[^/}]*/)?127\.0\.0\.1:(\d+)\}")
_TLS = "xpack.security.http.ssl.enabled"
_SETTINGS: dict[str, object] = {
    "cluster.name": "citywatch-tests",
    "network.host": "127.0.0.1",
    "http.port": 0,
    "transport.port": 0,
    "discovery.type": "single-node",
    "node.store.allow_mmap": False,
    "xpack.security.enabled": False,
    "cluster.routing.allocation.disk.threshold_enabled": False,
}


@dataclass(slots=True)
class Server:
    """A server and the folder that goes with it; `url` is empty until it is ready."""

    folder: pathlib.Path
    home: pathlib.Path
    java_options: str
    scheme: str
    process: subprocess.Popen[bytes]
    url: str = ""

    def ready(self) -> None:
        """Wait until the server takes requests."""
        until = time.monotonic() + START_SECONDS
        log = ""
        while time.monotonic() < until and self.process.poll() is None:
            log = (self.folder / "stdout.log").read_text(errors="replace")
            address = _ADDRESS.search(log)
            if address and "started {" in log:
                self.url = f"{self.scheme}://127.0.0.1:{address[1]}"
                return
            time.sleep(0.1)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        raise RuntimeError(f"Elasticsearch did not start: {log[-2000:]}")

    def kill(self) -> None:
        """End the server as a power cut would: nothing is closed, the folder stays."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def resume(self) -> None:
        """Start the server again on its data and its port, without waiting for it."""
        port = self.url.rsplit(":", 1)[1]
        self.process = _launched(self.folder, self.home, self.java_options, f"-Ehttp.port={port}")

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(
    *,
    files: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    java_options: str = FUNCTIONAL,
    plugin: bool = False,
) -> Server:
    """Start a server on a free port and wait for it; `files` go beside its configuration."""
    server = launch(files=files, settings=settings, java_options=java_options, plugin=plugin)
    server.ready()
    return server


def launch(
    *,
    files: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    java_options: str = FUNCTIONAL,
    plugin: bool = False,
) -> Server:
    """Start a server without waiting for it; a setting that is None is left out.

    The server dies with the thread that calls this, so it has to be a lasting one.
    """
    if shutil.which("java") is None:
        missing("no Java: Elasticsearch cannot start (apt-get install default-jdk-headless)")
    # Readable by another user, which the folders of pytest are not.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-elasticsearch-"))
    home = unpacked(folder)
    if plugin:
        install(home, folder)
    wanted = _SETTINGS | dict(settings or {})
    _configure(folder, home, files or {}, wanted)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    scheme = "https" if wanted.get(_TLS) else "http"
    return Server(folder, home, java_options, scheme, _launched(folder, home, java_options))


def file_realm(user: str, password: str, roles: str) -> dict[str, str]:
    """Return the files that give `user` the comma-separated `roles` without a keystore."""
    salt = b"0" * 32
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    digest = "$".join(["{PBKDF2}10000", *(base64.b64encode(part).decode() for part in (salt, key))])
    granted = "".join(f"{role}:{user}\n" for role in roles.split(","))
    return {"users": f"{user}:{digest}\n", "users_roles": granted}


def _configure(
    folder: pathlib.Path,
    home: pathlib.Path,
    files: Mapping[str, str],
    settings: Mapping[str, object],
) -> None:
    shutil.copytree(home / "config", folder / "conf")
    for name in ("data", "logs", "tmp"):
        (folder / name).mkdir()
    paths = {"path.data": str(folder / "data"), "path.logs": str(folder / "logs")}
    lines = [
        f"{key}: {json.dumps(value)}\n"
        for key, value in (dict(settings) | paths).items()
        if value is not None
    ]
    (folder / "conf" / "elasticsearch.yml").write_text("".join(lines))
    for name, text in files.items():
        (folder / "conf" / name).write_text(text)


def _launched(
    folder: pathlib.Path, home: pathlib.Path, java_options: str, *arguments: str
) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(pathlib.Path(str(shutil.which("java"))).resolve().parent.parent),
        "ES_PATH_CONF": str(folder / "conf"),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": java_options,
    }
    root = os.geteuid() == 0
    with (folder / "stdout.log").open("wb") as output:
        return subprocess.Popen(
            ["bash", str(home / "bin" / "elasticsearch"), *arguments],  # noqa: S607 - bash is found by PATH
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=NOBODY if root else None,
            group=NOBODY if root else None,
            extra_groups=[] if root else None,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call and no lock
        )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
