"""The cursor: how far the store has the spool, with the sums up to there, as one small file."""

import json
import pathlib
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from sensors.spool.disk import Disk

FILE = "cursor"
RESERVE = "reserve"
RESERVE_OCTETS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the spool: a record of a segment, and the sequence of the next row."""

    segment: int = 0
    offset: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything before `position` is settled, and this is what became of it.

    `settled` counts rows by outcome: acknowledged, damaged, gap, aged. `shed` counts rows by
    priority that never entered. `tally` is the reader's own count, kept at the same moment.
    Rows before `durable` were in the segments then; where they end before, octets were lost.
    """

    epoch: int
    position: Position = field(default_factory=Position)
    settled: Mapping[str, int] = field(default_factory=dict)
    shed: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)
    durable: int = 0

    def moved(
        self, position: Position, settled: Mapping[str, int], tally: Mapping[str, int]
    ) -> "Ledger":
        """Return the ledger after the rows up to `position` came to their outcome."""
        return replace(
            self,
            position=position,
            settled=dict(Counter(self.settled) + Counter(settled)),
            tally=dict(Counter(self.tally) + Counter(tally)),
        )


def read_ledger(disk: Disk, folder: pathlib.Path) -> Ledger | None:
    """Return the ledger of a spool; None where there is none or it is damaged."""
    path = folder / FILE
    try:
        file = disk.open(path)
    except FileNotFoundError:
        return None
    try:
        octets = file.read(0, 2**20)
    finally:
        file.close()
    check, _, text = octets.partition(b"\n")
    if check != _check(text):
        return None
    told = json.loads(text)
    return Ledger(**told | {"position": Position(**told["position"])})


def keep_ledger(disk: Disk, folder: pathlib.Path, ledger: Ledger) -> None:
    """Make the ledger durable.

    On a full disk the reserve makes room for it: without a cursor no segment may go, and
    without a segment gone the disk stays full.
    """
    text = json.dumps(asdict(ledger), separators=(",", ":")).encode()
    octets = _check(text) + b"\n" + text
    try:
        disk.replace(folder / FILE, octets)
    except OSError:
        disk.unlink(folder / RESERVE)
        disk.replace(folder / FILE, octets)


def keep_reserve(disk: Disk, folder: pathlib.Path) -> None:
    """Hold a little room back for the cursor, if it is not held already."""
    if RESERVE not in disk.sizes(folder):
        disk.replace(folder / RESERVE, bytes(RESERVE_OCTETS))


def _check(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()
