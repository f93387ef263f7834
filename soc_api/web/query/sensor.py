"""The sensors: what comes in, what waits, what was lost and why, and what is silent."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from sensors.wire.tally import LEFT_OUT
from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus
from soc_api.sensing.line import CAPTURES, PACKET
from soc_api.sensing.reporting import sensor_statuses

FULL_SHARE = 0.8
"""Share of the spool's budget from which it is told of."""

Tone = Literal["run", "soon", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong: a key of the dictionary, with what stands in its places."""

    tone: Tone
    key: str
    name: str
    reason: str = ""
    share: float = 0.0
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """One input of a sensor as a row."""

    row: InputStatus
    tone: Tone
    state: str
    """Key of the dictionary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorCard:
    """One sensor with its inputs."""

    row: SensorStatus
    tone: Tone
    state: str
    inputs: list[InputLine]
    lag_seconds: float

    @property
    def spool(self) -> SpoolStatus:
        """What waits and how the store is."""
        return self.row.spool


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorsView:
    """What the page of the sensors shows."""

    cards: list[SensorCard]
    troubles: list[Trouble]
    received: int
    stored: int
    waiting: int
    dead_letters: int
    shed: int
    losses: list[tuple[str, str, int]]
    """Kind of loss (a key of the dictionary), reason and amount; most first."""

    @property
    def silent(self) -> int:
        """How many sensors do not report."""
        return sum(card.state == "sensor_silent" for card in self.cards)


def troubled_count(session: Session, now: dt.datetime) -> tuple[int, int]:
    """Return how many sensors there are, and how many of them are silent or have a silent input."""
    statuses = sensor_statuses(session, now)
    troubled = [s for s in statuses if any(t.tone == "late" for t in troubles_of(s, now))]
    return len(statuses), len(troubled)


def sensors_view(session: Session, now: dt.datetime) -> SensorsView:
    """Read the newest report of every sensor."""
    statuses = sensor_statuses(session, now)
    spools = [status.spool for status in statuses]
    inputs = [one for status in statuses for one in status.inputs]
    troubles = [trouble for status in statuses for trouble in troubles_of(status, now)]
    return SensorsView(
        cards=[_card(status, now) for status in statuses],
        troubles=sorted(troubles, key=lambda trouble: trouble.tone != "late"),
        received=sum(one.received for one in inputs),
        stored=sum(spool.stored for spool in spools),
        waiting=sum(spool.waiting for spool in spools),
        dead_letters=sum(sum(spool.dead_letters.values()) for spool in spools),
        shed=sum(_sums(spool.shed for spool in spools)) + sum(_sums(one.shed for one in inputs)),
        losses=_losses(spools, inputs),
    )


def troubles_of(status: SensorStatus, now: dt.datetime) -> list[Trouble]:
    """Return what is wrong with one sensor, the gravest first."""
    if status.is_silent(now):
        silence = Trouble(
            tone="late", key="sensor_silent_what", name=status.name, since=status.reported_at
        )
        return [silence]
    spool = status.spool
    found = [
        Trouble(tone="late", key="disk_trouble", name=status.name, reason=spool.disk_trouble)
        if spool.disk_trouble
        else None,
        Trouble(
            tone="late" if spool.store == "stopped" else "soon",
            key=f"store_{spool.store}",
            name=status.name,
            reason=spool.store_reason,
        )
        if spool.store != "up"
        else None,
        Trouble(tone="soon", key="spool_filling", name=status.name, share=spool.fill)
        if spool.fill >= FULL_SHARE
        else None,
    ]
    lines = [_input_trouble(status, one, now) for one in status.inputs]
    return [trouble for trouble in (*found, *lines) if trouble is not None]


def _input_trouble(status: SensorStatus, one: InputStatus, now: dt.datetime) -> Trouble | None:
    name = f"{status.name} / {one.name}"
    if one.trouble:
        return Trouble(tone="late", key="input_down_what", name=name, reason=one.trouble)
    if one.is_silent(now, status.started_at):
        since = one.last_event_at or status.started_at
        return Trouble(tone="late", key="input_silent_what", name=name, since=since)
    return None


def _card(status: SensorStatus, now: dt.datetime) -> SensorCard:
    silent = status.is_silent(now)
    oldest = status.spool.oldest_waiting_at
    return SensorCard(
        row=status,
        tone="late" if silent else "run",
        state="sensor_silent" if silent else "sensor_reports",
        inputs=[_line(status, one, now) for one in status.inputs],
        lag_seconds=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
    )


def _line(status: SensorStatus, one: InputStatus, now: dt.datetime) -> InputLine:
    if status.is_silent(now):
        return InputLine(row=one, tone="soon", state="input_unknown")
    trouble = _input_trouble(status, one, now)
    if trouble is None:
        return InputLine(row=one, tone="run", state="input_runs")
    return InputLine(row=one, tone="late", state=trouble.key.removesuffix("_what"))


def _losses(
    spools: Sequence[SpoolStatus], inputs: Sequence[InputStatus]
) -> list[tuple[str, str, int]]:
    found: Counter[tuple[str, str]] = Counter()
    for spool in spools:
        found.update({("loss_dead_letter", reason): n for reason, n in spool.dead_letters.items()})
        found.update({("loss_shed", reason): n for reason, n in spool.shed.items()})
        found[("loss_damaged", "")] += spool.damaged
    for one in inputs:
        found.update({("loss_input_shed", reason): n for reason, n in one.shed.items()})
        found.update({("loss_refused", reason): n for reason, n in one.refused.items()})
        found[("loss_kernel", "")] += one.kernel_drops
        if one.type in (PACKET, CAPTURES):
            found.update({("loss_no_flow", reason): n for reason, n in one.skipped.items()})
            left_out = {name: n for name, n in one.faults.items() if name.endswith(LEFT_OUT)}
            found.update({("loss_left_out", reason): n for reason, n in left_out.items()})
    rows = [(kind, reason, count) for (kind, reason), count in found.items() if count]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _sums(counts: Iterable[Mapping[str, int]]) -> Iterable[int]:
    return (sum(one.values()) for one in counts)
