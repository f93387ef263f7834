"""DCE/RPC on the named pipes of SMB (MS-RPCE 2.1.1.2): each open pipe is a connection."""

from collections.abc import Hashable, Iterator
from typing import cast

from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Session
from sensors.protocol.windows.rpc import is_message, rpc_records

_KEY = "pipes"
_MOST = 16


def open_pipe(session: Session, handle: Hashable, name: str) -> None:
    """Remember that a handle is a pipe; of too many the oldest is forgotten."""
    pipes = cast("dict[Hashable, Session]", session.setdefault(_KEY, {}))
    if len(pipes) >= _MOST:
        del pipes[next(iter(pipes))]
    pipes[handle] = {"name": name}


def expect(session: Session, request: int, handle: Hashable) -> None:
    """Remember which pipe a request reads, as its answer does not say so."""
    if handle in cast("dict[Hashable, Session]", session.get(_KEY, {})):
        ask(session, (_KEY, request), {"handle": handle})


def expected(session: Session, request: int) -> Hashable:
    """Return the pipe that a request read, None if it read none."""
    return answer(session, (_KEY, request)).get("handle")


def is_expectation(request: object) -> bool:
    """Tell the key of such a request from that of others."""
    return isinstance(request, tuple)


def pipe_records(
    session: Session, handle: Hashable, data: bytes, *, from_client: bool
) -> Iterator[Fields]:
    """Yield what data on a pipe say; nothing where it is no pipe or they are no message."""
    pipe = cast("dict[Hashable, Session]", session.get(_KEY, {})).get(handle)
    if pipe is None or not is_message(data):
        return
    for fields in rpc_records(data, pipe, from_client=from_client):
        yield {**fields, "dce_rpc.named_pipe": pipe["name"]}
