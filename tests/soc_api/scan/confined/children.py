"""Confined readers as the kernel sees them."""

import os
import pathlib
import time

MODULE = b"soc_api.scan.confined.child"
SECONDS = 60.0
"""How long anything is waited for on a busy machine."""


def children_of(parent: int) -> list[int]:
    """Return the process ids of the confined readers that a process has."""
    return [pid for pid in _processes() if _is_child(pid, parent)]


def _processes() -> list[int]:
    return [int(one.name) for one in pathlib.Path("/proc").iterdir() if one.name.isdigit()]


def _is_child(pid: int, parent: int) -> bool:
    folder = pathlib.Path("/proc") / str(pid)
    try:
        is_reader = MODULE in (folder / "cmdline").read_bytes()
        status = (folder / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return False
    return is_reader and int(status[1]) == parent and status[0] != "Z"


def only_child() -> int:
    """Return the process id of the one confined reader of this process."""
    (pid,) = children_of(os.getpid())
    return pid


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet waited for does not."""
    try:
        told = (pathlib.Path("/proc") / str(pid) / "stat").read_text(encoding="ascii")
    except OSError:
        return False
    return told.rsplit(")", 1)[1].split()[0] != "Z"


def await_death(pid: int) -> None:
    """Wait until a process is gone."""
    until = time.monotonic() + SECONDS
    while is_alive(pid):
        assert time.monotonic() < until, f"process {pid} lives on"
        time.sleep(0.02)


def peak_mib(pid: int) -> float:
    """Return the most resident memory that a process had, in MiB."""
    status = (pathlib.Path("/proc") / str(pid) / "status").read_text(encoding="ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
