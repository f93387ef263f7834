"""The counts of an input whose packets several workers take, each of them perhaps several times."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

import polars as pl

from sensors.input.counters import Counters
from sensors.meter.counters import Counters as MeterCounters

LEFT_OUT = "_shed"
"""Ends the name of what was left out of packets that were metered."""
DIED = "worker_died"
"""Packets that a worker had counted into flows and died with."""


class Life:
    """What is known of one worker, from its start to its end."""

    def __init__(self) -> None:
        self.totals = MeterCounters()
        self.rows_packets = 0
        """Packets of the flow records that came."""
        self.is_lost = False
        """Whether it died before it had said all."""

    @property
    def lost(self) -> int:
        """Packets whose flows died with it, as far as it had told of them."""
        return max(self.totals.metered - self.rows_packets, 0) if self.is_lost else 0


class Tally:
    """Adds up lives in the counts of their input.

    lines = handed_lines (in flows) + skipped (refused, by reason) + shed (died with a worker);
    what a busy sensor left out of metered packets is a fault of these, and in no sum.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._lives: list[Life] = []
        self._lock = threading.Lock()

    def begin(self) -> Life:
        """Return a life that counts from now on."""
        life = Life()
        with self._lock:
            self._lives.append(life)
        return life

    def add(self, life: Life, totals: MeterCounters) -> None:
        """Take the newest totals of a life."""
        life.totals = totals
        self.sum_up()

    def add_rows(self, life: Life, flows: pl.DataFrame) -> None:
        """Take flow records that came. Packets inside of tunnels are in those around them, too."""
        if "citywatch.flow.tunnel.depth" in flows.columns:
            flows = flows.filter(pl.col("citywatch.flow.tunnel.depth").fill_null(0) == 0)
        life.rows_packets += int(flows["network.packets"].sum())

    def end(self, life: Life, *, is_lost: bool) -> None:
        """Note the end of a life, and whether it died before all was said."""
        life.is_lost = is_lost
        if life.totals.packets == life.totals.kernel_drops == 0:
            with self._lock:
                self._lives.remove(life)
        self.sum_up()

    def sum_up(self) -> None:
        """Put the sums into the counts."""
        with self._lock:
            totals = [life.totals for life in self._lives]
            lost = sum(life.lost for life in self._lives)
            counters = self._counters
            counters.handed_lines = sum(one.metered for one in totals) - lost
            counters.skipped = _added(one.refused for one in totals)
            counters.shed = Counter({DIED: lost} if lost else {})
            counters.faults = _added(left_out(one) for one in totals)
            counters.octets = sum(one.bytes for one in totals)
            counters.flows = sum(one.flows for one in totals)
            counters.kernel_drops = sum(one.kernel_drops for one in totals)
            counters.lines = sum(one.packets for one in totals)


def left_out(totals: MeterCounters) -> dict[str, int]:
    """Return what a meter left out of metered packets, by reason."""
    refused = {f"dns_{name}": count for name, count in totals.dns_refused.items()}
    return {f"{name}{LEFT_OUT}": count for name, count in totals.shed.items()} | refused


def _added(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found
