"""How delivery is: what an operator and a metrics page are shown."""

import contextlib
import datetime as dt
import json
import pathlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from sensors.delivery.circuit import Circuit, State
from sensors.delivery.dead import DeadLetters
from sensors.spool.spool import Spool

FILE = "health.json"
_BLOCK_OCTETS = 4096

STORED, DUPLICATES = "stored", "duplicates"
REJECTED = "rejected:"
"""Begins the name under which refused rows are counted by their reason."""


@dataclass(frozen=True, slots=True)
class DeliveryHealth:
    """A snapshot, with sums since the spool's folder was new.

    Rows: put = waiting + the sum of `settled` + the sum of `shed`; and of the settled ones
    acknowledged = stored + duplicates + the sum of `rejected`. `circuit` is closed (sending),
    open (the store is away) or stopped (a person has to act), and `circuit_reason` says why.
    `disk_trouble` is why nothing can be written, empty where it can.
    """

    at: dt.datetime
    sensor: str
    lag_seconds: float
    oldest_unsent: dt.datetime | None
    fill_share: float
    octets: int
    budget_octets: int
    alarm: bool
    circuit: State
    circuit_reason: str
    disk_trouble: str
    put: int
    waiting: int
    stored: int
    duplicates: int
    dead_letter_octets: int
    dead_letters_dropped: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    shed: Mapping[str, int] = field(default_factory=dict)
    settled: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether nothing needs an operator."""
        return self.circuit == "closed" and not self.disk_trouble and not self.alarm


def rejected_by_reason(tally: Mapping[str, int]) -> dict[str, int]:
    """Return the refused rows of a tally by their reason."""
    return {
        name.removeprefix(REJECTED): rows
        for name, rows in tally.items()
        if name.startswith(REJECTED)
    }


def health_of(
    spool: Spool, dead: DeadLetters, circuit: Circuit, now: dt.datetime
) -> DeliveryHealth:
    """Return how a spool and its delivery are at `now`."""
    state = spool.state()
    lag = (now - state.oldest).total_seconds() if state.oldest else 0.0
    return DeliveryHealth(
        at=now,
        sensor=spool.sensor,
        lag_seconds=max(lag, 0.0),
        oldest_unsent=state.oldest,
        fill_share=state.share,
        octets=state.octets,
        budget_octets=state.budget_octets,
        alarm=state.alarm,
        circuit=circuit.state,
        circuit_reason=circuit.reason,
        disk_trouble=state.trouble,
        put=state.put,
        waiting=state.waiting,
        stored=state.tally.get(STORED, 0),
        duplicates=state.tally.get(DUPLICATES, 0),
        dead_letter_octets=dead.octets(),
        dead_letters_dropped=dead.dropped,
        rejected=rejected_by_reason(state.tally),
        shed=state.shed,
        settled=state.settled,
    )


def keep_health(folder: pathlib.Path, health: DeliveryHealth) -> None:
    """Leave the snapshot in the spool's folder, for those who cannot ask the process."""
    text = json.dumps(asdict(health), default=dt.datetime.isoformat, ensure_ascii=False).encode()
    octets = text.ljust(-(-len(text) // _BLOCK_OCTETS) * _BLOCK_OCTETS)
    path, beside = folder / FILE, folder / f"{FILE}.part"
    # A full disk must not end delivery; the old snapshot tells its age.
    with contextlib.suppress(OSError):
        try:
            beside.write_bytes(octets)
            beside.rename(path)
        except OSError:
            beside.unlink(missing_ok=True)
            _write_over(path, octets)


def _write_over(path: pathlib.Path, octets: bytes) -> None:
    """Put octets in place of as many or more, for which even a full disk has room."""
    size = path.stat().st_size
    if len(octets) <= size:
        with path.open("r+b") as file:
            file.write(octets.ljust(size))


def kept_health(folder: pathlib.Path) -> DeliveryHealth | None:
    """Return the snapshot that the process that holds the spool left last."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    for name in ("at", "oldest_unsent"):
        told[name] = dt.datetime.fromisoformat(told[name]) if told[name] else None
    return DeliveryHealth(**told)
