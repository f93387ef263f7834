"""The figures of the sensors as OpenMetrics text, for a Prometheus to fetch."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SPOOL_COUNTERS: Mapping[str, tuple[str, str]] = {
    "accepted": ("citywatch_spool_accepted", "Events that the spool took"),
    "stored": ("citywatch_stored", "Events that the store took"),
    "duplicates": ("citywatch_duplicate", "Events that the store had already"),
    "damaged": ("citywatch_spool_damaged", "Events that damage to the spool cost"),
}
_SPOOL_GAUGES: Mapping[str, tuple[str, str]] = {
    "octets": ("citywatch_spool_bytes", "Size of the spool"),
    "budget_octets": ("citywatch_spool_budget_bytes", "Size that the spool may have"),
    "waiting": ("citywatch_spool_waiting", "Events that wait for the store"),
}
_INPUT_COUNTERS: Mapping[str, tuple[str, str]] = {
    "received": ("citywatch_input_received", "Lines or records that came in"),
    "octets": ("citywatch_input_bytes", "Octets that came in"),
    "events": ("citywatch_input_events", "Events that were handed over"),
    "flows": ("citywatch_input_flows", "Flows that captured packets opened"),
    "kernel_drops": ("citywatch_input_kernel_drops", "Datagrams or packets that were dropped"),
}
_INPUT_REASONS: Mapping[str, tuple[str, str]] = {
    "faults": ("citywatch_input_faults", "Events that were kept but not parsed whole"),
    "skipped": ("citywatch_input_skipped", "Lines that were no events"),
    "shed": ("citywatch_input_shed", "Lines that were dropped for want of room"),
    "framing": ("citywatch_input_framing_errors", "Messages whose framing was broken"),
    "refused": ("citywatch_input_refused", "Connections, requests or files that were refused"),
}
_STORE_STATES = ("up", "away", "stopped")


def metrics_text(
    sensors: Sequence[SensorStatus], now: dt.datetime, more: Iterable[Collector] = ()
) -> bytes:
    """Return the metrics of `sensors`, and what `more` collectors have to tell.

    No names of hosts, persons or departments are in it.
    """
    registry = CollectorRegistry()
    for collector in (_Sensors(sensors, now), *more):
        registry.register(collector)
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call] # the library's own


class _Sensors(Collector):
    def __init__(self, sensors: Sequence[SensorStatus], now: dt.datetime) -> None:
        self._sensors = sensors
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield every family once, with a sample for each sensor."""
        yield from _reports(self._sensors, self._now)
        yield from _spools([(sensor.name, sensor.spool) for sensor in self._sensors], self._now)
        yield from _inputs([(s.name, one) for s in self._sensors for one in s.inputs])


def _reports(sensors: Iterable[SensorStatus], now: dt.datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "citywatch_sensor_report_age_seconds",
        "Time since the sensor last reported",
        labels=["sensor"],
    )
    for sensor in sensors:
        age.add_metric([sensor.name], (now - sensor.reported_at).total_seconds())
    yield age


def _spools(spools: Sequence[tuple[str, SpoolStatus]], now: dt.datetime) -> Iterator[Metric]:
    for key, (name, help_text) in _SPOOL_COUNTERS.items():
        counter = CounterMetricFamily(name, help_text, labels=["sensor"])
        for sensor, spool in spools:
            counter.add_metric([sensor], getattr(spool, key))
        yield counter
    for key, (name, help_text) in _SPOOL_GAUGES.items():
        gauge = GaugeMetricFamily(name, help_text, labels=["sensor"])
        for sensor, spool in spools:
            gauge.add_metric([sensor], getattr(spool, key))
        yield gauge
    yield from _spool_losses(spools)
    lag = GaugeMetricFamily(
        "citywatch_spool_lag_seconds", "Age of the oldest event that waits", labels=["sensor"]
    )
    state = GaugeMetricFamily(
        "citywatch_store_state", "Whether the store takes events", labels=["sensor", "state"]
    )
    for sensor, spool in spools:
        oldest = spool.oldest_waiting_at
        lag.add_metric([sensor], (now - oldest).total_seconds() if oldest else 0.0)
        for name in _STORE_STATES:
            state.add_metric([sensor, name], float(spool.store == name))
    yield lag
    yield state


def _spool_losses(spools: Sequence[tuple[str, SpoolStatus]]) -> Iterator[Metric]:
    dead = CounterMetricFamily(
        "citywatch_dead_letters", "Events that the store refused", labels=["sensor", "reason"]
    )
    shed = CounterMetricFamily(
        "citywatch_spool_shed", "Events that a full spool dropped", labels=["sensor", "priority"]
    )
    for sensor, spool in spools:
        for reason, count in spool.dead_letters.items():
            dead.add_metric([sensor, reason], count)
        for priority, count in spool.shed.items():
            shed.add_metric([sensor, priority], count)
    yield dead
    yield shed


def _inputs(inputs: Sequence[tuple[str, InputStatus]]) -> Iterator[Metric]:
    for key, (name, help_text) in _INPUT_COUNTERS.items():
        counter = CounterMetricFamily(name, help_text, labels=["sensor", "input"])
        for sensor, one in inputs:
            counter.add_metric([sensor, one.name], getattr(one, key))
        yield counter
    for key, (name, help_text) in _INPUT_REASONS.items():
        counter = CounterMetricFamily(name, help_text, labels=["sensor", "input", "reason"])
        for sensor, one in inputs:
            for reason, count in getattr(one, key).items():
                counter.add_metric([sensor, one.name, reason], count)
        yield counter
    up = GaugeMetricFamily(
        "citywatch_input_up", "Whether the input runs", labels=["sensor", "input"]
    )
    for sensor, one in inputs:
        up.add_metric([sensor, one.name], float(not one.trouble))
    yield up
