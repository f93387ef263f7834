"""Sockets that inputs listen on, opened before anything starts, so that a fault is told in time."""

import errno
import ipaddress
import socket

from situation.faults import Misconfigured

_BACKLOG = 1024
_RECEIVE_OCTETS = 32 * 2**20
"""Asked of the kernel for datagrams that wait; it gives what its limit allows."""

_RCVBUFFORCE = 33
"""SO_RCVBUFFORCE of Linux (socket(7)), which Python has no name for: beyond the limit as root."""


def listener(host: str, port: int, *, where: str) -> socket.socket:
    """Return a listening TCP socket; raise `Misconfigured` where the address cannot be had."""
    opened = _bound(host, port, socket.SOCK_STREAM, where)
    opened.listen(_BACKLOG)
    return opened


def receiver(host: str, port: int, *, where: str) -> socket.socket:
    """Return a bound UDP socket with a large buffer; raise `Misconfigured` as `listener`."""
    opened = _bound(host, port, socket.SOCK_DGRAM, where)
    for option in (socket.SO_RCVBUF, _RCVBUFFORCE):
        try:
            opened.setsockopt(socket.SOL_SOCKET, option, _RECEIVE_OCTETS)
        except PermissionError:
            break
    return opened


def _bound(host: str, port: int, kind: socket.SocketKind, where: str) -> socket.socket:
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET  # noqa: PLR2004 - the version's number
    except ValueError as error:
        raise Misconfigured(f"{host} is no IP address to listen on", where=where) from error
    opened = socket.socket(family, kind)
    opened.settimeout(0.0)
    if kind is socket.SOCK_STREAM:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        taken = "is taken" if error.errno == errno.EADDRINUSE else "cannot be listened on"
        raise Misconfigured(
            f"{host} port {port} {taken} ({error.strerror})", where=where
        ) from error
    return opened


def peer_text(host: str) -> str:
    """Return the address of a peer as fields hold it: no scope, IPv4 not mapped into IPv6."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
