"""Addresses that this machine has, and name servers that it asks. Files are read, nothing else."""

import ipaddress
import pathlib
import re

_TRIE = pathlib.Path("/proc/net/fib_trie")
_IF_INET6 = pathlib.Path("/proc/net/if_inet6")
_RESOLV_CONF = pathlib.Path("/etc/resolv.conf")
_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
_NAME_SERVER = re.compile(r"^\s*nameserver\s+([0-9A-Fa-f.:]+)", re.MULTILINE)


def own_addresses(
    trie: pathlib.Path = _TRIE,
    if_inet6: pathlib.Path = _IF_INET6,
    resolv_conf: pathlib.Path = _RESOLV_CONF,
) -> frozenset[str]:
    """Return the addresses; a file that is not there names none."""
    four = _LOCAL.findall(_text(trie))
    six = [str(ipaddress.IPv6Address(int(line[:32], 16))) for line in _text(if_inet6).splitlines()]
    return frozenset((*four, *six, *_NAME_SERVER.findall(_text(resolv_conf))))


def _text(path: pathlib.Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
