"""The sandbox of a program that reads hostile packets: nothing to write, nobody to talk to.

With bubblewrap the program sees the system's programs and libraries, an empty home and no
network, and is nobody. Without it it loses the network where the kernel lets it. Memory,
processor time, files and descriptors are limited in any case.
"""

import functools
import shutil
import subprocess
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sensors.microscope.limits import MIB, Limits
from situation.faults import Misconfigured

Walls = Literal["bubblewrap", "namespace", "limits"]
"""What stands around the program: bubblewrap; no network; limits of resources alone."""

_FILE_MIB = 1
_DESCRIPTORS = 64
_TRIAL_SECONDS = 10
_NOBODY = "65534"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
"""No configuration of anybody is read, and no locale or time zone changes what is written."""

# /lib and its kin are links into /usr, or folders of their own on older systems.
_SEEN = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
_BUBBLEWRAP = (
    "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--uid", _NOBODY, "--gid", _NOBODY, "--dev", "/dev", "--tmpfs", "/tmp",  # noqa: S108 - inside the sandbox
    *(word for path in _SEEN for word in ("--ro-bind-try", path, path)),
    "--chdir", "/tmp", "--",  # noqa: S108 - inside the sandbox
)  # fmt: skip
_NAMESPACE = ("unshare", "--user", "--net", "--ipc", "--")
WALLS: tuple[tuple[Walls, tuple[str, ...]], ...] = (
    ("bubblewrap", _BUBBLEWRAP),
    ("namespace", _NAMESPACE),
    ("limits", ()),
)
"""From the thickest to the thinnest."""


class Sandboxed(NamedTuple):
    """A program with what stands around it."""

    command: list[str]
    walls: Walls


def sandboxed(program: Sequence[str], limits: Limits) -> Sandboxed:
    """Return the command that runs `program` behind the thickest walls that this system has.

    Raises Misconfigured where even the limits cannot be set.
    """
    name, walls = thickest()
    return Sandboxed([*_limited(limits), *walls, *program], name)


def _limited(limits: Limits) -> list[str]:
    return [
        "prlimit",
        f"--as={limits.memory_mib * MIB}",
        f"--cpu={limits.processor_seconds}",
        f"--fsize={_FILE_MIB * MIB}",
        f"--nofile={_DESCRIPTORS}",
        "--core=0",
        "--",
    ]


@functools.cache
def thickest() -> tuple[Walls, tuple[str, ...]]:
    """Return the thickest of the walls that stand; tried once, since a kernel may forbid them."""
    if shutil.which("prlimit", path=ENVIRONMENT["PATH"]) is None:
        raise Misconfigured("prlimit is not installed; it comes with util-linux", where="tshark")
    return next((name, walls) for name, walls in WALLS if not walls or _stands(walls))


def _stands(walls: Sequence[str]) -> bool:
    if shutil.which(walls[0], path=ENVIRONMENT["PATH"]) is None:
        return False
    try:
        tried = subprocess.run(  # noqa: S603 - a fixed command
            [*walls, "true"],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TRIAL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0
