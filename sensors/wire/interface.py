"""Network interfaces as the kernel describes them: whether they are up, and how they frame."""

import fcntl
import socket
import struct
from dataclasses import dataclass

from situation.faults import Misconfigured

_GET_FLAGS, _GET_HARDWARE = 0x8913, 0x8927
_UP = 1
_REQUEST = "16s24x"
_NAME_OCTETS = 15
_ETHERNET, _RAW, _WIFI, _RADIOTAP = 1, 101, 105, 127
_LOOPBACK_KIND = 772

_LINKS = {1: _ETHERNET, 774: _ETHERNET, _LOOPBACK_KIND: _ETHERNET, 801: _WIFI, 803: _RADIOTAP}
"""ARPHRD_... of linux/if_arp.h to the link type of the frames."""
_BARE = frozenset({512, 519, 768, 769, 776, 778, 779, 823, 824, 0xFFFE, 0xFFFF})
"""Those without a link header, such as tunnels; their packets are taken from the IP header on."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface that can be read. `is_bare` tells that its packets begin with the IP header."""

    name: str
    link: int
    is_bare: bool
    is_loopback: bool


def interface_named(name: str, *, where: str) -> Interface:
    """Return the interface; raise `Misconfigured` where there is none, or it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        flags = _ask(asked, name, _GET_FLAGS, where)
        kind = _ask(asked, name, _GET_HARDWARE, where)
    if not flags & _UP:
        raise Misconfigured(
            f"interface {name} is down; `ip link set {name} up` starts it", where=where
        )
    if kind not in _LINKS and kind not in _BARE:
        raise Misconfigured(f"interface {name} has frames of unknown kind {kind}", where=where)
    return Interface(name, _LINKS.get(kind, _RAW), kind in _BARE, kind == _LOOPBACK_KIND)


def _ask(asked: socket.socket, name: str, request: int, where: str) -> int:
    octets = name.encode(errors="surrogateescape")[:_NAME_OCTETS]
    try:
        socket.if_nametoindex(name)
        answer = fcntl.ioctl(asked, request, struct.pack(_REQUEST, octets))
    except OSError as error:
        known = ", ".join(sorted(known for _, known in socket.if_nameindex()))
        raise Misconfigured(
            f"there is no interface {name!r}; there are: {known}", where=where
        ) from error
    return int(struct.unpack_from("H", answer, 16)[0])
