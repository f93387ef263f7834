"""A real server with the S3 API for the tests: S3Proxy, fetched once by Maven, on a free port."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.testdata import missing

VERSION = "2.6.0"
MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
KEY, SECRET = "city", "synthetic-secret"
SECONDS = 60.0

_PROJECT = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>citywatch</groupId><artifactId>s3proxy-for-tests</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.gaul</groupId><artifactId>s3proxy</artifactId><version>{VERSION}</version>
</dependency></dependencies></project>
"""
_SETTINGS = """
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity={key}
s3proxy.credential={secret}
s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.ignore-unknown-headers=true
jclouds.provider=transient
jclouds.identity=none
jclouds.credential=none
"""
_QUIET = "<configuration><root level='OFF'/></configuration>"


@dataclass(frozen=True, slots=True)
class S3Proxy:
    """A server whose objects lie in its memory."""

    url: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.process.kill()
        self.process.wait(SECONDS)


@contextlib.contextmanager
def serving() -> Iterator[S3Proxy]:
    """Start a server of our own on a free loopback port."""
    java, library = _java(), _library()
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-s3proxy-"))
    (folder / "conf").write_text(_SETTINGS.format(key=KEY, secret=SECRET, port=port))
    (folder / "logback.xml").write_text(_QUIET)
    words = [
        *(java, "-Xmx256m", "-XX:TieredStopAtLevel=1"),
        f"-Dlogback.configurationFile={folder / 'logback.xml'}",
        *("-cp", f"{library}/*", "org.gaul.s3proxy.Main", "--properties", str(folder / "conf")),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(port, process)
        yield S3Proxy(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait(SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, "S3Proxy has ended"
        assert time.monotonic() < end, "S3Proxy never answered"
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)


def _java() -> str:
    found = shutil.which("java")
    if found is None:
        missing("no Java: S3Proxy cannot start (apt-get install default-jdk-headless)")
    return str(found)


def _library() -> pathlib.Path:
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    kept = cache / "citywatch" / f"s3proxy-{VERSION}"
    if not kept.exists():
        _fetch(kept)
    return kept


def _fetch(into: pathlib.Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        missing("no Maven: S3Proxy cannot be fetched (apt-get install maven)")
    into.parent.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="s3proxy-", dir=into.parent))
    (folder / "pom.xml").write_text(_PROJECT)
    copied = subprocess.run(
        # Strict about the checksums of what it fetches.
        [
            *(str(maven), "-B", "-q", "-C", "-f", str(folder / "pom.xml"), MAVEN_GOAL),
            *("-DincludeScope=runtime", f"-DoutputDirectory={folder / 'library'}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if copied.returncode:
        missing(f"Maven could not fetch S3Proxy {VERSION}: {copied.stdout[-300:]}")
    with contextlib.suppress(OSError):
        # Another worker may have been quicker.
        (folder / "library").rename(into)
    shutil.rmtree(folder, ignore_errors=True)
