"""Confinement of a process that reads what others wrote: little memory, no network, no writing.

A parser that is taken over by a file can then do nothing but give wrong pieces. What the kernel
does not offer is left open and said so.
"""

import ctypes
import os
import pathlib
import resource
import struct
import time
from dataclasses import dataclass
from typing import Literal

from sensors.content.limits import MIB, Limits
from sensors.content.picture import OCR_MIB, reads_pictures

Network = Literal["namespace", "tcp", "open"]
"""How the network is closed: a namespace without any; TCP alone by Landlock; not at all."""

_DESCRIPTORS = 256
_UMASK = 0o077
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
"""Rights of the file system that each version of Landlock knows (landlock(7))."""
_NET_VERSION = 4
_TCP = 0b11
"""Binding and connecting."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What could be closed."""

    network: Network
    writing: bool
    """Whether no file can be made, changed or run by a path."""


def confine(limits: Limits) -> Confinement:
    """Confine this process for good; call it once, before it has a second thread.

    Memory counts from what the process has by now, with what OCR takes where it is there.
    Descriptors that are open stay usable; files
    can be opened for reading alone.
    """
    mib = limits.memory_mib + (OCR_MIB if reads_pictures(limits) else 0)
    _limit(resource.RLIMIT_AS, address_space() + mib * MIB)
    _limit(resource.RLIMIT_FSIZE, limits.archive_mib * MIB)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_CORE, 0)
    os.umask(_UMASK)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    apart = _leave_network(libc)
    version = _landlock(libc)
    network: Network = "tcp" if version >= _NET_VERSION else "open"
    return Confinement("namespace" if apart else network, version > 0)


def allow(seconds: int) -> None:
    """Allow so much more processor time from now on; whoever takes more is killed (SIGXCPU)."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


def address_space() -> int:
    """Return the octets of address space that this process has."""
    pages = pathlib.Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _leave_network(libc: ctypes.CDLL) -> bool:
    ways = (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    return any(libc.unshare(way) == 0 for way in ways)


def _landlock(libc: ctypes.CDLL) -> int:
    """Forbid all but reading below any path; return the version of Landlock, 0 without it."""
    version: int = libc.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
    if version <= 0:
        return 0
    rights = _FS_RIGHTS[min(version, max(_FS_RIGHTS))] & ~(_READ_FILE | _READ_DIR)
    attributes = struct.pack("=Q", rights)
    if version >= _NET_VERSION:
        attributes += struct.pack("=Q", _TCP)
    ruleset: int = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        return 0
    restricted = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return version if restricted else 0
