"""A real MariaDB for the tests of the scan's databases, started once a run on a free port."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import exc

from tests.testdata import missing

NOBODY = 65534


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Start a server of our own on a free loopback port; yield the URL of its database."""
    install, server = _program("mariadb-install-db"), _program("mariadbd")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-mariadb-"))
    unprivileged = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
    if unprivileged:
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    make = [
        install,
        "--no-defaults",
        f"--datadir={data}",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, **unprivileged)  # type: ignore[call-overload] # the keywords are an account or nothing
    port = _free_port()
    serve = [
        server,
        "--no-defaults",
        f"--datadir={data}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={folder / 'socket'}",
        "--innodb-flush-log-at-trx-commit=0",
    ]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **unprivileged)  # type: ignore[call-overload] # as above
    try:
        url = f"mysql+pymysql://root@127.0.0.1:{port}/"
        _wait(url, running)
        yield f"{url}city"
    finally:
        running.terminate()
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, running: "subprocess.Popen[bytes]") -> None:
    engine = sa.create_engine(url)
    for _ in range(240):
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("CREATE DATABASE city CHARACTER SET utf8mb4")
            break
        except exc.OperationalError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(0.25)
                raise
    engine.dispose()


def _program(name: str) -> pathlib.Path:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if found is None:
        missing("MariaDB is absent: apt-get install mariadb-server-core mariadb-client-core")
    return pathlib.Path(str(found))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
