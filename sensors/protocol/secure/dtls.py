"""DTLS 1.0 to 1.3 (RFC 6347; RFC 9147): records in datagrams, handshake messages in fragments."""

import struct
from collections.abc import Iterable, Iterator

from sensors.protocol.cursor import Short
from sensors.protocol.parser import Fields, Message, Parser, Sample, Session
from sensors.protocol.secure.description import FIELDS
from sensors.protocol.secure.handshake import CLIENT_HELLO, MOST_OCTETS, SERVER_HELLO, Handshake
from sensors.protocol.secure.piece import Pieces
from sensors.protocol.secure.record import (
    CHANGE,
    HANDSHAKE,
    finish,
    handshake_of,
    take_other,
    told,
)
from sensors.protocol.secure.record import (
    MOST_OCTETS as MOST_CONTENT,
)

_RECORD = struct.Struct(">BHH6xH")
_FRAGMENT = struct.Struct(">B3sH3s3s")
_VERSIONS = (0xFEFF, 0xFEFD, 0x0100)
_CONTENTS = range(CHANGE, 25)
_HELLO_VERIFY = 3
_KINDS = (CLIENT_HELLO, SERVER_HELLO, _HELLO_VERIFY)
_MOST_MESSAGES = 16
_KEY = "fragments"

_Fragments = dict[tuple[bool, int], Pieces]
"""What is there of each message, by whether the initiator sent it, and its number."""


def begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a datagram begins with a hello under no keys."""
    if len(octets) <= _RECORD.size:
        return False
    kind, version, epoch, length = _RECORD.unpack_from(octets)
    return (
        kind == HANDSHAKE
        and version in _VERSIONS
        and epoch == 0
        and _FRAGMENT.size <= length <= MOST_CONTENT
        and octets[_RECORD.size] in _KINDS
    )


def read(message: Message) -> Iterable[Fields]:
    """Read the records of a datagram; yield the record of the handshake once it is over."""
    handshake = handshake_of(message.session, "d")
    octets, at = message.octets, 0
    while at + _RECORD.size <= len(octets):
        kind, version, epoch, length = _RECORD.unpack_from(octets, at)
        at += _RECORD.size
        if kind not in _CONTENTS or version not in _VERSIONS:
            break
        if at + length > len(octets):
            if message.cut:
                break
            raise Short(length, len(octets) - at)
        _take(message, handshake, (kind, epoch), octets[at : at + length])
        at += length
    return told(message.session, handshake)


def _take(message: Message, handshake: Handshake, kind: tuple[int, int], content: bytes) -> None:
    """Hand the content of a record of a kind and an epoch to the handshake."""
    sender = message.from_client
    number, epoch = kind
    if epoch:
        handshake.protect(len(content), from_client=sender)
    elif number == HANDSHAKE:
        for what, body in _messages(message.session, content, from_client=sender):
            handshake.take(what, body, from_client=sender, time=message.time)
    else:
        take_other(handshake, number, content, from_client=sender)


def _messages(
    session: Session, content: bytes, *, from_client: bool
) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the messages that the fragments in a record make whole."""
    fragments = _fragments_of(session)
    at = 0
    while at + _FRAGMENT.size <= len(content):
        kind, total, number, *span = _FRAGMENT.unpack_from(content, at)
        begin, length = (int.from_bytes(octets) for octets in span)
        whole = int.from_bytes(total)
        at += _FRAGMENT.size
        if at + length > len(content) or begin + length > whole:
            raise Short(length, len(content) - at)
        piece = content[at : at + length]
        at += length
        if length == whole:
            yield kind, piece
            continue
        known = fragments.get((from_client, number))
        if known is None and len(fragments) >= _MOST_MESSAGES:
            continue
        pieces = fragments.setdefault((from_client, number), known or Pieces(MOST_OCTETS))
        was_whole = len(pieces.front) == whole
        pieces.add(begin, piece)
        if len(pieces.front) == whole and not was_whole:
            yield kind, pieces.front


def _fragments_of(session: Session) -> _Fragments:
    known = session.get(_KEY)
    if isinstance(known, dict):
        return known
    made: _Fragments = {}
    session[_KEY] = made
    return made


_SAMPLE = bytes.fromhex(
    "16fefd00000000000000000053010000470000000000000047fefd63636363636363636363636363"
    "63636363636363636363636363636363636363000000061301c02f009c0100001700000013001100"
    "000e7468696e67732e6578616d706c65"
)

PARSER = Parser(
    name="dtls",
    standard="RFC 9147, RFC 6347",
    transport="udp",
    ports=(443, 853, 2221, 3391, 4433, 5061, 5349, 5684),
    begins=begins,
    read=read,
    finish=finish,
    fields=FIELDS,
    anywhere=True,
    first=frozenset((HANDSHAKE,)),
    samples=(
        Sample(
            _SAMPLE,
            {
                "tls.client.server_name": "things.example",
                "citywatch.tls.client.ja4": "dd2d030100_159d175d8039_000000000000",
            },
        ),
    ),
)
