"""The worker: takes what is due, sends it, writes down what came of it. At least once.

Nothing is sent inside a transaction. A worker that dies between sending and recording sends
again, under the same id, by which the receiver knows the repeat.
"""

import contextlib
import datetime as dt
import fcntl
import pathlib
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from playbooks.outbox.channel import Channels, Way
from playbooks.outbox.claim import HELD, Claimed, claim, is_due
from playbooks.outbox.message import message_of
from playbooks.outbox.parcel import Parcel
from playbooks.outbox.record import Try, give_up, record
from situation.clock import Clock
from situation.faults import Conflict
from situation.state.store import StateStore

THREADS = HELD // 2
"""Messages under way at once."""
LOCK_NAME = "outbox.lock"
ROUNDS = 300
"""How often a pass takes more; what is left is the next pass's."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pass did: deliveries by what became of them, digested ones counted as delivered.

    `again` were put off after a failure or a limit, `waiting` for the pace of their channel.
    """

    delivered: int = 0
    again: int = 0
    dead: int = 0
    skipped: int = 0
    waiting: int = 0


@contextlib.contextmanager
def turn(folder: pathlib.Path, lock_name: str = LOCK_NAME) -> Iterator[str]:
    """Yield the owner's name of the one process that does this from an installation's folder.

    The name is the same after a restart, so what was under way when the process died is taken up
    at once. Raise `Conflict` while another process is at it; one that died is not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / lock_name).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"another process holds {lock_name}", where=str(folder)) from error
        yield f"{socket.gethostname()}:{folder.resolve()}"


def deliver_due(state: StateStore, channels: Channels, clock: Clock, *, owner: str) -> Delivered:
    """Deliver everything that is due; return the counts.

    `owner` is the name of this worker, the same after a restart: it takes back at once what it
    held when it died. Two workers that run at the same time must have two names; see `turn`.
    """
    with state.reading() as session:
        if not is_due(session, clock.now()):
            return Delivered()
    counts: Counter[str] = Counter()
    with state.transaction() as session:
        counts["dead"] += give_up(session, owner, clock.now())
    with ThreadPoolExecutor(THREADS, thread_name_prefix="outbox") as pool:
        for _ in range(ROUNDS):
            claimed = _claimed(state, channels, clock, owner)
            counts["skipped"] += claimed.skipped
            counts["waiting"] += claimed.waiting
            counts += _send_all(state, channels, clock, owner, (pool, claimed))
            if not (claimed.parcels or claimed.skipped or claimed.waiting):
                break
    return Delivered(**{key: counts[key] for key in Delivered.__slots__})


def _claimed(state: StateStore, channels: Channels, clock: Clock, owner: str) -> Claimed:
    with state.transaction() as session:
        return claim(session, channels, owner, clock.now())


def _send_all(
    state: StateStore,
    channels: Channels,
    clock: Clock,
    owner: str,
    work: tuple[ThreadPoolExecutor, Claimed],
) -> Counter[str]:
    pool, claimed = work
    sending: dict[Future[Try], Parcel] = {
        pool.submit(
            _send, parcel, claimed.ways[parcel.carrier.id], channels.public_url, clock.now()
        ): parcel
        for parcel in claimed.parcels
    }
    counts: Counter[str] = Counter()
    for done in as_completed(sending):
        with state.transaction() as session:
            after = record(session, done.result(), owner, clock.now())
        name = "again" if after == "pending" else after
        counts[name] += 1 + len(sending[done].others)
    return counts


def _send(parcel: Parcel, way: Way, public_url: str, now: dt.datetime) -> Try:
    route, address = way
    message = message_of(parcel.carrier, parcel.others, public_url)
    began = time.monotonic()
    outcome = route.channel.send(message, address, now)
    latency_ms = int((time.monotonic() - began) * 1000)
    return Try(parcel.carrier.id, route.bucket(address), outcome, latency_ms)
