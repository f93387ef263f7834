"""The spools of an installation as an operator sees them: fill, lag, dead letters, redrive."""

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.delivery.circuit import Circuit
from sensors.delivery.dead import DEAD, DeadLetters, Letter, letters_of
from sensors.delivery.health import DeliveryHealth, health_of, kept_health
from sensors.delivery.opening import SPOOLS, open_way
from sensors.delivery.redrive import ask, set_aside, take_up
from sensors.spool.spool import Spool
from situation.clock import Clock
from situation.events.store import EventStore
from situation.faults import Conflict
from situation.settings import Settings

PATIENCE_SECONDS = 60.0
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Status:
    """A spool by its folder's name; `running` tells whether a process holds it now."""

    name: str
    running: bool
    health: DeliveryHealth | None


@dataclass(slots=True)
class Reason:
    """Dead letters of one reason: how many, of when, and some of them."""

    reason: str
    count: int = 0
    first: str = ""
    last: str = ""
    datasets: set[str] = field(default_factory=set)
    samples: list[Letter] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of a redrive: documents that were asked for, and how many were put at once.

    Those that were not are taken up by the process that holds the spool.
    """

    name: str
    asked: int
    put: int


def statuses(settings: Settings, clock: Clock) -> list[Status]:
    """Return how each spool is: told by the process that holds it, or read from the disk."""
    return [_status(folder, settings, clock) for folder in _folders(settings)]


def reasons(settings: Settings, clock: Clock, wanted: str = "") -> dict[str, list[Reason]]:
    """Return the dead letters of each spool by reason, most frequent first.

    `wanted` keeps the reasons that hold it.
    """
    found = {}
    for folder in _folders(settings):
        by_reason: dict[str, Reason] = {}
        for letter in _letters(folder, settings, clock):
            if wanted in letter.reason:
                _count(by_reason.setdefault(letter.reason, Reason(letter.reason)), letter)
        if by_reason:
            found[folder.name] = sorted(by_reason.values(), key=lambda one: -one.count)
    return found


def redrive(
    settings: Settings, store: EventStore, clock: Clock, wanted: str = ""
) -> list[Redriven]:
    """Send dead letters to the store once more through their spool.

    Raises `Unavailable` where the store is away; the spool then keeps what was put back.
    """
    done = []
    for folder in _folders(settings):
        asked = ask(_dead(folder, settings, clock), wanted, clock.now())
        put = _delivered(folder, settings, store, clock) if set_aside(folder / DEAD) else 0
        done.append(Redriven(folder.name, asked, put))
    return done


def _delivered(folder: pathlib.Path, settings: Settings, store: EventStore, clock: Clock) -> int:
    try:
        with open_way(
            folder, sensor=folder.name, store=store, clock=clock, settings=settings.spool
        ) as way:
            put = take_up(_dead(folder, settings, clock), way.spool)
            way.delivery.drain(PATIENCE_SECONDS)
            return put
    except Conflict:
        # Whoever runs holds the spool, and looks for what was set aside.
        return 0


def _status(folder: pathlib.Path, settings: Settings, clock: Clock) -> Status:
    try:
        spool = Spool(folder, sensor=folder.name, clock=clock, settings=settings.spool)
    except Conflict:
        return Status(folder.name, running=True, health=kept_health(folder))
    spool.take(1, 1)  # its time is that of the oldest row which was not sent
    health = health_of(spool, _dead(folder, settings, clock), Circuit(), clock.now())
    spool.close()
    return Status(folder.name, running=False, health=health)


def _count(reason: Reason, letter: Letter) -> None:
    reason.count += 1
    reason.first = reason.first or letter.time
    reason.last = letter.time
    reason.datasets.add(letter.dataset)
    if len(reason.samples) < SAMPLES:
        reason.samples.append(letter)


def _letters(folder: pathlib.Path, settings: Settings, clock: Clock) -> Iterator[Letter]:
    for path in _dead(folder, settings, clock).files():
        yield from letters_of(path)


def _dead(folder: pathlib.Path, settings: Settings, clock: Clock) -> DeadLetters:
    return DeadLetters(folder / DEAD, clock, settings.spool)


def _folders(settings: Settings) -> list[pathlib.Path]:
    root = settings.store.folder / SPOOLS
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
