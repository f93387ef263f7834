"""A real PostgreSQL for the tests of the state store, started once a run on a free port."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

import sqlalchemy as sa

from situation.state.tables import Account
from tests.testdata import missing

NOBODY = 65534


@contextlib.contextmanager
def serving(*, fsync: bool = False) -> Iterator[str]:
    """Start a server of our own on a free loopback port; yield the URL of its database.

    Only a measurement asks for `fsync`; nothing here has to outlive the machine.
    """
    initdb = _program("initdb")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-pg-"))
    unprivileged = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
    if unprivileged:
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    make: list[str | pathlib.Path] = [initdb, "-D", data, "-U", "city", "-A", "trust", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, **unprivileged)  # type: ignore[call-overload] # the keywords are an account or nothing
    port = _free_port()
    serve: list[str | pathlib.Path] = [
        initdb.with_name("postgres"),
        "-D",
        data,
        "-p",
        str(port),
        "-k",
        folder,
    ]
    serve += ["-c", "listen_addresses=127.0.0.1", "-c", f"fsync={'on' if fsync else 'off'}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **unprivileged)  # type: ignore[call-overload] # as above
    try:
        ready: list[str | pathlib.Path] = [
            initdb.with_name("pg_isready"),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-t",
            "1",
        ]
        for _ in range(60):
            if subprocess.run(ready, check=False, capture_output=True).returncode == 0:
                break
            time.sleep(0.25)
        yield f"postgresql+psycopg://city@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def empty(engine: sa.Engine) -> None:
    """Take every row out of a database of ours, and begin to count anew.

    Rows are quicker taken out than fifty tables truncated. As a replica the server minds neither
    references nor the triggers that keep the lines of the audit.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in Account.metadata.sorted_tables:
            connection.execute(table.delete())
        used = connection.exec_driver_sql(
            "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        for name in used.scalars():
            connection.exec_driver_sql(f"ALTER SEQUENCE {name} RESTART")


def _program(name: str) -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        missing("PostgreSQL is absent: apt-get install postgresql")
    return found[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
