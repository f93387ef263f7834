"""Fields of our flow records beside those of other programs, conversation by conversation."""

import pathlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tests.sensors.building import meter
from tests.sensors.reference.ladder import ICMP, Endpoint, Key, rung

Row = Mapping[str, Any]
Conversations = Mapping[Key, list[Row]]

WAYS = ("forward", "backward")
_SILENT = (0, 0, 0, 0)


@dataclass
class Agreement:
    """How often each field agrees, and where it does not."""

    name: str
    compared: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)

    def compare(self, name: str, where: object, theirs: object, ours: Container[object]) -> None:
        """Count a value of theirs, which has to be among ours."""
        self.compared[name] += 1
        if theirs not in ours:
            self.missed.append((name, f"{where} they {theirs} we {ours}"))

    def share(self, name: str) -> float:
        """Share of a field's values that agree."""
        return 1 - self._wrong(name) / self.compared[name]

    def _wrong(self, name: str) -> int:
        return sum(missed == name for missed, _ in self.missed)

    def __str__(self) -> str:
        return "\n".join(
            f"{self.name:<12} {name:<12} {count - self._wrong(name):>6,} of {count:>6,}"
            for name, count in self.compared.items()
        )


def key_of(transport: str, ends: Sequence[Endpoint], portless: frozenset[str] = ICMP) -> Key:
    """Return the key of a conversation between two endpoints."""
    return rung(transport, ends[0], ends[1], _SILENT, portless)[0]


def conversations(capture: pathlib.Path, portless: frozenset[str] = ICMP) -> Conversations:
    """Return our records of a capture by conversation, times in nanoseconds."""
    found: dict[Key, list[Row]] = defaultdict(list)
    flows = meter(capture).flows.with_columns(pl.selectors.datetime().dt.epoch("ns"))
    for row in flows.sort("event.start").iter_rows(named=True):
        ends = [(row[f"{side}.ip"], row[f"{side}.port"] or 0) for side in ("source", "destination")]
        found[key_of(row["network.transport"], ends, portless)].append(row)
    return found


def flag_count(rows: Iterable[Row], flag: str) -> int:
    """Return how many packets had a flag of TCP."""
    return sum(row[f"citywatch.flow.{way}.flags.{flag}"] for row in rows for way in WAYS)
