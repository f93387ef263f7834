"""A real Elasticsearch server for the tests: found or fetched once, started, ended."""

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
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from tests.testdata import missing

VERSION = "8.19.21"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
START_SECONDS = 120
NOBODY = 65534
"""Whom root becomes: Elasticsearch refuses to run as root."""

_PARENT_DEATH_SIGNAL = 1
_ADDRESS = re.compile(r"HttpServerTransport.*publish_address \{(?:[^/}]*/)?127\.0\.0\.1:(\d+)\}")
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


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the folder that goes with it."""

    url: str
    process: subprocess.Popen[bytes]
    folder: pathlib.Path

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(
    *, files: Mapping[str, str] | None = None, settings: Mapping[str, object] | None = None
) -> Server:
    """Start a server on a free port; `files` go beside its configuration."""
    java = shutil.which("java")
    if java is None:
        missing("no Java: Elasticsearch cannot start (apt-get install default-jdk-headless)")
    java_home = pathlib.Path(str(java)).resolve().parent.parent
    # Readable by another user, which the folders of pytest are not.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-elasticsearch-"))
    home = _unpacked(_archive(), folder)
    _configure(folder, home, files or {}, _SETTINGS | dict(settings or {}))
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    return _ready(_launched(folder, home, java_home), folder)


def file_realm(user: str, password: str, roles: str) -> dict[str, str]:
    """Return the files that give `user` the comma-separated `roles` without a keystore."""
    salt = b"0" * 32
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    digest = "$".join(["{PBKDF2}10000", *(base64.b64encode(part).decode() for part in (salt, key))])
    granted = "".join(f"{role}:{user}\n" for role in roles.split(","))
    return {"users": f"{user}:{digest}\n", "users_roles": granted}


def _archive() -> pathlib.Path:
    given = os.environ.get("CITYWATCH_ELASTICSEARCH")
    if given:
        return pathlib.Path(given)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    kept = cache / "citywatch" / f"elasticsearch-{VERSION}.zip"
    if not kept.exists():
        _fetch(kept)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != SHA256:
        missing(f"{kept} is not Elasticsearch {VERSION}: remove it and try again")
    return kept


def _fetch(into: pathlib.Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        missing("no Maven: Elasticsearch cannot be fetched (apt-get install maven)")
    into.parent.mkdir(parents=True, exist_ok=True)
    copied = subprocess.run(
        [
            str(maven),
            *("-B", "-q", MAVEN_GOAL),
            *(f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={into.parent}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if copied.returncode or not into.exists():
        missing(f"Maven could not fetch {ARTIFACT}: {copied.stdout[-300:]}")


def _unpacked(archive: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    if archive.is_dir():
        return archive
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "home")
    return next((folder / "home").iterdir())


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
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in (dict(settings) | paths).items()]
    (folder / "conf" / "elasticsearch.yml").write_text("".join(lines))
    for name, text in files.items():
        (folder / "conf" / name).write_text(text)


def _launched(
    folder: pathlib.Path, home: pathlib.Path, java_home: pathlib.Path
) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(java_home),
        "ES_PATH_CONF": str(folder / "conf"),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch",
    }
    root = os.geteuid() == 0
    with (folder / "stdout.log").open("wb") as output:
        return subprocess.Popen(
            ["bash", str(home / "bin" / "elasticsearch")],  # noqa: S607 - bash is found by PATH
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


def _ready(process: subprocess.Popen[bytes], folder: pathlib.Path) -> Server:
    until = time.monotonic() + START_SECONDS
    log = ""
    while time.monotonic() < until and process.poll() is None:
        log = (folder / "stdout.log").read_text(errors="replace")
        address = _ADDRESS.search(log)
        if address and "started {" in log:
            return Server(f"http://127.0.0.1:{address[1]}", process, folder)
        time.sleep(0.1)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(f"Elasticsearch did not start: {log[-2000:]}")
