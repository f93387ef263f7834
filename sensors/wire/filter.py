"""Filters in the words of pcap-filter(7), compiled by libpcap to what the kernel runs."""

import contextlib
import ctypes
from collections.abc import Iterator

from sensors.wire.interface import Interface
from situation.faults import Misconfigured

_LIBRARIES = ("libpcap.so.1", "libpcap.so.0.8", "libpcap.so")
_ERROR_OCTETS = 256
_BARE_LINK = 12
_SNAP_OCTETS = 262_144
_NO_NETMASK = 0xFFFFFFFF
INSTRUCTION_OCTETS = 8

PASS_NOTHING = bytes([6, 0, 0, 0, 0, 0, 0, 0])
"""The program that takes no packet: return 0."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.c_void_p))


def compiled_filter(text: str, interface: Interface, *, where: str) -> bytes:
    """Return the program of a filter, 8 octets an instruction; empty for an empty text.

    libpcap compiles it for the interface itself, since a VLAN tag stands beside the frame there.
    Raises `Misconfigured` with libpcap's words where the text is no filter, or it is absent.
    """
    if not text.strip():
        return b""
    library = _library(where)
    with _handle(library, interface, where) as handle:
        program = _Program()
        failed = library.pcap_compile(
            handle, ctypes.byref(program), text.encode(), 1, ctypes.c_uint(_NO_NETMASK)
        )
        if failed:
            words = f"{_words(library, handle)} (see pcap-filter(7))"
            raise Misconfigured(f"filter {text!r}: {words}", where=where)
        octets = program.length * INSTRUCTION_OCTETS
        try:
            return ctypes.string_at(program.instructions or 0, octets)
        finally:
            library.pcap_freecode(ctypes.byref(program))


def _library(where: str) -> ctypes.CDLL:
    for name in _LIBRARIES:
        with contextlib.suppress(OSError):
            library = ctypes.CDLL(name)
            library.pcap_create.restype = ctypes.c_void_p
            library.pcap_open_dead.restype = ctypes.c_void_p
            library.pcap_geterr.restype = ctypes.c_char_p
            return library
    raise Misconfigured("a filter needs libpcap (libpcap0.8), which is not installed", where=where)


@contextlib.contextmanager
def _handle(library: ctypes.CDLL, interface: Interface, where: str) -> Iterator[ctypes.c_void_p]:
    if interface.is_bare:
        handle = ctypes.c_void_p(library.pcap_open_dead(_BARE_LINK, _SNAP_OCTETS))
        yield handle
        library.pcap_close(handle)
        return
    error = ctypes.create_string_buffer(_ERROR_OCTETS)
    handle = ctypes.c_void_p(library.pcap_create(interface.name.encode(), error))
    try:
        if library.pcap_activate(handle) < 0:
            raise Misconfigured(f"filter: {_words(library, handle)}", where=where)
        yield handle
    finally:
        library.pcap_close(handle)


def _words(library: ctypes.CDLL, handle: ctypes.c_void_p) -> str:
    return bytes(library.pcap_geterr(handle)).decode(errors="replace")
