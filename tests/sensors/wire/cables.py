"""Cables for tests: pairs of interfaces in a network namespace of the test's own."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterable, Iterator

from tests.testdata import missing

NEAR, FAR = "near0", "far0"
"""What is sent by one comes out of the other."""
_IP = shutil.which("ip") or ""
_NEW_NETWORK = 0x40000000
_SOURCE_PORT_AT = 14 + 20


@contextlib.contextmanager
def cable() -> Iterator[None]:
    """Let this thread, and what it starts, live in a namespace with a pair of interfaces, up."""
    if os.geteuid() != 0 or not _IP:
        missing("namespaces of the network need root and the program ip (iproute2)")
    libc = ctypes.CDLL(None, use_errno=True)
    with pathlib.Path("/proc/thread-self/ns/net").open("rb") as home:
        if libc.unshare(_NEW_NETWORK) != 0:
            missing(f"no namespace of the network: {os.strerror(ctypes.get_errno())}")
        try:
            run("link", "add", NEAR, "type", "veth", "peer", "name", FAR)
            for name in ("lo", NEAR, FAR):
                # A kernel that says hello by itself would be counted.
                quiet = pathlib.Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6")
                quiet.write_text("1")
                run("link", "set", name, "up")
            yield
        finally:
            libc.setns(home.fileno(), _NEW_NETWORK)


def run(*words: str) -> None:
    """Run `ip` in the namespace."""
    subprocess.run([_IP, *words], check=True, capture_output=True)


def send(frames: Iterable[bytes], interface: str = NEAR) -> int:
    """Send frames; return how many."""
    count = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind((interface, 0))
        for frame in frames:
            sender.send(frame)
            count += 1
    return count


def varied(frame: bytes, count: int, first_port: int = 1024) -> Iterator[bytes]:
    """Yield a UDP frame with one source port after the other; its checksum is left out."""
    changed = bytearray(frame)
    changed[_SOURCE_PORT_AT + 6 : _SOURCE_PORT_AT + 8] = b"\0\0"
    for number in range(count):
        changed[_SOURCE_PORT_AT : _SOURCE_PORT_AT + 2] = struct.pack("!H", first_port + number)
        yield bytes(changed)


def tagged(frame: bytes, vlan: int, kind: int = 0x8100) -> bytes:
    """Return an Ethernet frame with a VLAN tag."""
    return frame[:12] + struct.pack("!HH", kind, vlan) + frame[12:]
