"""SSH (RFC 4253): banners, key exchange, host key, and HASSH of both sides.

HASSH (Reardon, Boldt, Salusky) is the MD5 of what one side offers: key exchange, encryption,
authentication and compression.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import DONE, LOST, MORE, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of

_BANNER = b"SSH-"
_LONGEST_BANNER = 255
_HEAD_OCTETS, _MOST_OCTETS, _LEAST_PADDING = 4, 35_000, 4
_KEXINIT, _NEWKEYS, _REPLY, _GROUP_REPLY = 20, 21, 31, 33
_COOKIE_OCTETS = 16
_LISTS = 10
_KEX, _HOST_KEY, _CIPHER, _MAC, _COMPRESSION = 0, 1, 2, 4, 6
"""Positions of the lists; of the last three the one for the other direction follows."""
_SIDES = 2
_KEY = "exchange"

FIELDS = (
    "@timestamp", "event.action", "ssh.version", "ssh.client", "ssh.server", "ssh.kex_alg",
    "ssh.host_key_alg", "ssh.cipher_alg", "ssh.mac_alg", "ssh.compression_alg",
    "ssh.host_key_fingerprint", "citywatch.ssh.hassh", "citywatch.ssh.hassh_server", "related.hash",
)  # fmt: skip


@dataclass(slots=True)
class _Exchange:
    """What both sides said in clear."""

    begun: int
    banners: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """What the sides offer, by side, in the order of RFC 4253, 7.1."""
    host_key: bytes = b""


def begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a stream begins with a banner."""
    return octets.startswith(_BANNER)


def length(octets: bytes) -> int:
    """Return the octets of the line or the packet in front.

    A packet is told from one under keys by its lengths and its type.
    """
    if octets.startswith(_BANNER[: len(octets)]):
        end = octets.find(b"\n", 0, _LONGEST_BANNER) + 1
        return end or (MORE if len(octets) < _LONGEST_BANNER else LOST)
    if len(octets) < _HEAD_OCTETS + 2:
        return MORE
    size = int.from_bytes(octets[:_HEAD_OCTETS])
    fits = _LEAST_PADDING + 2 <= size <= _MOST_OCTETS and octets[_HEAD_OCTETS] >= _LEAST_PADDING
    return _HEAD_OCTETS + size if fits else LOST


def read(message: Message) -> Iterable[Fields]:
    """Read a line or a packet; yield the record once keys are in use."""
    exchange = _exchange_of(message)
    side = "client" if message.from_client else "server"
    if message.octets.startswith(_BANNER):
        banner = message.octets.rstrip(b"\r\n")
        exchange.banners.setdefault(side, text_of(banner))
        return ()
    if _take(exchange, side, message.octets):
        message.session[DONE] = True
        return (_description(exchange),)
    return ()


def _exchange_of(message: Message) -> _Exchange:
    known = message.session.get(_KEY)
    if isinstance(known, _Exchange):
        return known
    message.session[_KEY] = made = _Exchange(message.time)
    return made


def _take(exchange: _Exchange, side: str, packet: bytes) -> bool:
    """Take a packet (RFC 4253, 6); tell whether nothing more is to be heard in clear."""
    cursor = Cursor(packet, _HEAD_OCTETS)
    padding = cursor.octet()
    payload = cursor.part(cursor.left - padding)
    kind = payload.octet()
    if kind == _KEXINIT:
        payload.skip(_COOKIE_OCTETS)
        lists = tuple(payload.take(payload.big(4)) for _ in range(_LISTS))
        exchange.lists.setdefault(side, lists)
    elif kind in (_REPLY, _GROUP_REPLY) and side == "server":
        key = payload.take(payload.big(4))
        # Of a group exchange 31 is the group, whose numbers name no kind of key.
        if key[3:4] and key[4 : 4 + key[3]].isascii() and key[:3] == b"\0\0\0":
            exchange.host_key = key
    return kind == _NEWKEYS or bool(exchange.host_key)


def finish(session: Session) -> Iterator[Fields]:
    """Yield the record of an exchange that was not heard to its end."""
    exchange = session.get(_KEY)
    if isinstance(exchange, _Exchange) and not session.get(DONE):
        yield _description(exchange)


def _description(exchange: _Exchange) -> Fields:
    said: dict[str, object] = {"@timestamp": exchange.begun, "event.action": "ssh_handshake"}
    for side, banner in exchange.banners.items():
        said[f"ssh.{side}"] = banner
    said |= _version(exchange.banners)
    said |= _chosen(exchange.lists)
    hashes = list(_fingerprints(exchange.lists))
    said |= dict(hashes)
    if hashes:
        said["related.hash"] = [digest for _, digest in hashes]
    if exchange.host_key:
        digest = base64.b64encode(hashlib.sha256(exchange.host_key).digest())
        said["ssh.host_key_fingerprint"] = f"SHA256:{digest.decode().rstrip('=')}"
    return said


def _version(banners: dict[str, str]) -> dict[str, object]:
    """Return 1 or 2; 1.99 speaks both (RFC 4253, 5.1)."""
    majors = [banner[4:].partition("-")[0] for banner in banners.values()]
    if not majors:
        return {}
    is_old = any(major.startswith("1.") and major != "1.99" for major in majors)
    return {"ssh.version": "1" if is_old else "2"}


def _chosen(lists: dict[str, tuple[bytes, ...]]) -> dict[str, object]:
    """Return what both agree on (RFC 4253, 7.1).

    Of each list of the client it is the first that the server offers too.
    """
    if len(lists) < _SIDES:
        return {}
    said: dict[str, object] = {}
    for name, position in (
        ("kex_alg", _KEX),
        ("host_key_alg", _HOST_KEY),
        ("cipher_alg", _CIPHER),
        ("mac_alg", _MAC),
        ("compression_alg", _COMPRESSION),
    ):
        offered = set(lists["server"][position].split(b","))
        wanted = lists["client"][position].split(b",")
        common = next((one for one in wanted if one in offered), b"")
        if common:
            said[f"ssh.{name}"] = text_of(common)
    return said


def _fingerprints(lists: dict[str, tuple[bytes, ...]]) -> Iterator[tuple[str, str]]:
    """Yield HASSH of the client by what it sends with, and of the server likewise."""
    for side, name, later in (
        ("client", "citywatch.ssh.hassh", 0),
        ("server", "citywatch.ssh.hassh_server", 1),
    ):
        offered: Sequence[bytes] = lists.get(side, ())
        if offered:
            places = (_KEX, _CIPHER + later, _MAC + later, _COMPRESSION + later)
            text = b";".join(offered[place] for place in places)
            yield name, hashlib.md5(text, usedforsecurity=False).hexdigest()


_SAMPLE = bytes.fromhex(
    "0000009504146363636363636363636363636363636300000011637572766532353531392d736861"
    "3235360000000b7373682d656432353531390000000a6165733132382d6374720000000a61657331"
    "32382d6374720000000d686d61632d736861322d3235360000000d686d61632d736861322d323536"
    "000000046e6f6e65000000046e6f6e650000000000000000000000000000000000"
)

PARSER = Parser(
    name="ssh",
    standard="RFC 4253",
    transport="tcp",
    ports=(22, 2222),
    begins=begins,
    length=length,
    read=read,
    finish=finish,
    fields=FIELDS,
    anywhere=True,
    first=frozenset(_BANNER[:1]),
    samples=(
        Sample(_SAMPLE, {"citywatch.ssh.hassh": "e97d07603350d1111ec2b64bf25413c9"}),
        Sample(
            b"SSH-2.0-OpenSSH_9.6\r\n",
            {"ssh.server": "SSH-2.0-OpenSSH_9.6", "ssh.version": "2"},
            from_client=False,
        ),
    ),
)
