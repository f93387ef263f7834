"""DCE/RPC on ports of its own (C706; MS-RPCE)."""

from collections.abc import Iterator

from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample, Session
from sensors.protocol.windows.rpc import (
    HEAD_OCTETS,
    RPC_FIELDS,
    VERSION,
    fragment_octets,
    is_message,
    rpc_records,
    unanswered,
)

NAME = "dce_rpc"

_BINDS = frozenset((11, 14))
_LEAST_BIND = 72


def _begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if not is_message(octets):
        return False
    return not from_client or (octets[2] in _BINDS and fragment_octets(octets) >= _LEAST_BIND)


def _length(octets: bytes) -> int:
    if len(octets) < HEAD_OCTETS:
        return MORE
    size = fragment_octets(octets)
    return size if is_message(octets) and size >= HEAD_OCTETS else LOST


def _read(message: Message) -> Iterator[Fields]:
    return rpc_records(message.octets, message.session, from_client=message.from_client)


def _finish(session: Session) -> Iterator[Fields]:
    return unanswered(session)


_BIND = bytes.fromhex(
    "05000b0310000000480000000100000000100010000000000100000000000100"
    "3542 51e3064bd111ab0400c04fc2dcd2 04000000"
    "045d888aeb1cc9119fe808002b104860 02000000"
)

PARSER = Parser(
    name=NAME,
    standard="C706, MS-RPCE",
    transport="tcp",
    ports=(135,),
    begins=_begins,
    length=_length,
    read=_read,
    finish=_finish,
    fields=RPC_FIELDS,
    anywhere=True,
    first=frozenset((VERSION,)),
    messages=True,
    samples=(
        Sample(
            _BIND,
            {
                "event.action": "dce_rpc_bind",
                "dce_rpc.endpoint": "drsuapi",
                "dce_rpc.interface": "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
            },
        ),
    ),
)
