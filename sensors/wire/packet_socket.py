"""Packet sockets of Linux (packet(7)): opened, given a ring and a filter, and bound."""

import ctypes
import mmap
import socket
import struct
from dataclasses import dataclass

from sensors.wire.filter import INSTRUCTION_OCTETS, PASS_NOTHING, compiled_filter
from sensors.wire.interface import Interface, interface_named
from situation.faults import Misconfigured

_SOL_PACKET = 263
_ADD_MEMBERSHIP, _RX_RING, _STATISTICS, _VERSION, _FANOUT, _IGNORE_OUTGOING = 1, 5, 6, 10, 18, 23
_VERSION_3, _PROMISCUOUS, _FANOUT_HASH = 2, 1, 0
_ATTACH_FILTER, _DETACH_FILTER, _LOCK_FILTER = 26, 27, 44
_EVERY_PROTOCOL = 3
_MODE_SHIFT = 16
_STATISTICS_FORM = struct.Struct("=III")
_FRAME_OCTETS = 2048
_RETIRE_MILLISECONDS = 50
"""After this the kernel hands a block over even where it is not full."""

BLOCK_OCTETS = 2**20
CAPABILITY = (
    "capturing needs the capability CAP_NET_RAW alone: AmbientCapabilities=CAP_NET_RAW in the "
    "unit of systemd, or `setcap cap_net_raw+ep` on the Python that runs it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingSettings:
    """What is captured, and how much of it the kernel keeps until it is read."""

    interface: str
    filter: str = ""
    ring_mib: int = 64
    promiscuous: bool = True
    group: int | None = None
    """Number of the fanout group whose members share the packets by flow; None: alone."""


def check_capture(settings: RingSettings, *, where: str) -> None:
    """Raise `Misconfigured` where the interface cannot be captured so."""
    interface = interface_named(settings.interface, where=where)
    with _opened(interface, where):
        compiled_filter(settings.filter, interface, where=where)


def captured(settings: RingSettings, *, where: str) -> tuple[socket.socket, mmap.mmap, int]:
    """Begin to capture; return the socket, its ring and the link type of the frames.

    Raises `Misconfigured` where the interface, the filter or the right to capture is wanting.
    """
    interface = interface_named(settings.interface, where=where)
    opened = _opened(interface, where)
    try:
        program = compiled_filter(settings.filter, interface, where=where)
        memory = _mapped(opened, settings.ring_mib, where)
        _bind(opened, interface, settings)
        _let_pass(opened, program, where)
    except OSError as error:
        opened.close()
        raise Misconfigured(
            f"interface {interface.name} cannot be captured ({error.strerror})", where=where
        ) from error
    except Misconfigured:
        opened.close()
        raise
    return opened, memory, interface.link


def statistics(opened: socket.socket) -> tuple[int, int, int]:
    """Return packets seen, those of them that were dropped, and freezes, since the last call."""
    told = opened.getsockopt(_SOL_PACKET, _STATISTICS, _STATISTICS_FORM.size)
    seen, drops, freezes = _STATISTICS_FORM.unpack(told)
    return seen, drops, freezes


def _opened(interface: Interface, where: str) -> socket.socket:
    """Return a packet socket that receives nothing yet."""
    kind = socket.SOCK_DGRAM if interface.is_bare else socket.SOCK_RAW
    try:
        return socket.socket(socket.AF_PACKET, kind, 0)
    except PermissionError as error:
        raise Misconfigured(CAPABILITY, where=where) from error


def _mapped(opened: socket.socket, ring_mib: int, where: str) -> mmap.mmap:
    blocks = ring_mib * 2**20 // BLOCK_OCTETS
    frames = blocks * (BLOCK_OCTETS // _FRAME_OCTETS)
    request = struct.pack(
        "=7I", BLOCK_OCTETS, blocks, _FRAME_OCTETS, frames, _RETIRE_MILLISECONDS, 0, 0
    )
    try:
        opened.setsockopt(_SOL_PACKET, _VERSION, _VERSION_3)
        opened.setsockopt(_SOL_PACKET, _RX_RING, request)
        return mmap.mmap(opened.fileno(), blocks * BLOCK_OCTETS)
    except OSError as error:
        raise Misconfigured(f"no ring of {ring_mib} MiB ({error.strerror})", where=where) from error


def _bind(opened: socket.socket, interface: Interface, settings: RingSettings) -> None:
    """Bind and join the group; nothing passes before, so no member gets what is another's."""
    _attach(opened, PASS_NOTHING)
    if interface.is_loopback:
        # There each packet comes twice, going out and coming in.
        opened.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    opened.bind((interface.name, _EVERY_PROTOCOL))
    if settings.promiscuous:
        index = socket.if_nametoindex(interface.name)
        member = struct.pack("=iHH8x", index, _PROMISCUOUS, 0)
        opened.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, member)
    if settings.group is not None:
        opened.setsockopt(_SOL_PACKET, _FANOUT, settings.group | _FANOUT_HASH << _MODE_SHIFT)


def _let_pass(opened: socket.socket, program: bytes, where: str) -> None:
    """Let pass what the program takes, all where it is empty, and let nobody change that."""
    try:
        if program:
            _attach(opened, program)
        else:
            opened.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)
        opened.setsockopt(socket.SOL_SOCKET, _LOCK_FILTER, 1)
    except OSError as error:
        raise Misconfigured(
            f"the kernel refuses the filter ({error.strerror})", where=where
        ) from error


def _attach(opened: socket.socket, program: bytes) -> None:
    kept = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // INSTRUCTION_OCTETS, ctypes.addressof(kept))
    opened.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, head)
