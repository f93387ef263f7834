"""The sensor as a process: inputs, spool and delivery together, and its reports to the desk."""

import concurrent.futures
import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sensors.delivery.health import DeliveryHealth, keep_health
from sensors.delivery.opening import SPOOLS, Way, open_way
from sensors.input.opening import Opened, Parts, open_inputs
from sensors.input.sensor import LogSensor
from sensors.input.stopping import Stop
from sensors.spool.spool import ACKNOWLEDGED
from sensors.wire.plan import Plan
from situation.assets import read_assets
from situation.clock import Clock, SystemClock
from situation.events.store import Batch, EventStore, WriteResult
from situation.faults import Conflict, Misconfigured, Unavailable
from situation.sensor_status import (
    InputStatus,
    SensorStatus,
    SpoolStatus,
    StoreState,
    input_status,
)
from situation.settings import InputSettings, Settings, without_password
from situation.state.store import StateStore, open_state_store
from soc_api.sensing.bulletin import Bulletin
from soc_api.sensing.packets import meter_settings
from soc_api.sensing.receiver import add_receivers
from soc_api.sensing.reporting import REPORT_SECONDS, keep_report
from soc_api.wiring import open_events, set_up

_LOG = logging.getLogger("citywatch")

LOOK_SECONDS = 1.0
HOLD_TRIES, HOLD_PAUSE_SECONDS = 10, 0.2
"""Patience with who looks at the spool for a moment, as `spool status` does."""
LAST_SECONDS = 5.0
"""How long a sensor that ends goes on delivering what it took; the rest waits in the spool."""

Tell = Callable[[SensorStatus], None]

_COUNTED = (
    "octets",
    "events",
    "flows",
    "faults",
    "skipped",
    "shed",
    "kernel_drops",
    "framing",
    "refused",
    "trouble",
)


class LateStore:
    """A store that is set up before its first batch, so that a sensor starts without it."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._is_set_up = False

    def write(self, batch: Batch) -> WriteResult:
        """Store `batch` durably, as `EventStore.write` does."""
        if not self._is_set_up:
            set_up(self._events)
            self._is_set_up = True
        return self._events.write(batch)


@dataclass(slots=True)
class Observation:
    """What is known of a running sensor from look to look."""

    settings: Settings
    started_at: dt.datetime
    lines: dict[str, int] = field(default_factory=dict)
    heard_at: dict[str, dt.datetime] = field(default_factory=dict)

    def status(
        self,
        delivery: DeliveryHealth,
        inputs: Mapping[str, Mapping[str, object]],
        now: dt.datetime,
    ) -> SensorStatus:
        """Return the status at `now`; an input that counts more lines than before was heard."""
        for name, counted in inputs.items():
            lines = int(str(counted["lines"]))
            if lines > self.lines.get(name, 0):
                self.heard_at[name] = now
            self.lines[name] = lines
        return SensorStatus(
            name=self.settings.sensor.observer,
            started_at=self.started_at,
            reported_at=now,
            spool=spool_status(delivery),
            inputs=tuple(self._input(name, counted) for name, counted in inputs.items()),
        )

    def _input(self, name: str, counted: Mapping[str, object]) -> InputStatus:
        settings = self.settings.inputs[name]
        return input_status(
            name=name,
            type=settings.type,
            kind=settings.kind,
            received=counted["lines"],
            last_event_at=self.heard_at.get(name),
            silent_minutes=settings.silent_minutes,
            **{key: counted[key] for key in _COUNTED},
        )


def spool_status(health: DeliveryHealth) -> SpoolStatus:
    """Return how spool and delivery are, as the desk keeps it."""
    lost = sum(rows for name, rows in health.settled.items() if name != ACKNOWLEDGED)
    return SpoolStatus(
        octets=health.octets,
        budget_octets=health.budget_octets,
        waiting=health.waiting,
        oldest_waiting_at=health.oldest_unsent,
        accepted=health.put - sum(health.shed.values()),
        stored=health.stored,
        duplicates=health.duplicates,
        dead_letters=dict(health.rejected),
        shed=dict(health.shed),
        damaged=lost,
        store=_store_state(health),
        store_reason=health.circuit_reason,
        disk_trouble=health.disk_trouble,
    )


def _store_state(health: DeliveryHealth) -> StoreState:
    if health.circuit == "stopped":
        return "stopped"
    return "away" if health.circuit_reason else "up"


def run_sensor(
    settings: Settings,
    stop: Stop,
    tell: Tell,
    clock: Clock | None = None,
    captures: Mapping[str, Plan] | None = None,
) -> None:
    """Run all inputs of the settings until `stop`; what they accepted is durable then.

    `captures` are inputs that capture already, by name.

    Raises `Misconfigured` with every fault of the inputs, `Conflict` where the spool is held by
    another process. The stores may be away: events wait in the spool, reports are left out.
    """
    if not settings.inputs:
        raise Misconfigured("there is none; add [inputs.NAME] to the settings", where="inputs")
    clock = clock or SystemClock()
    events = open_events(settings)
    with contextlib.closing(events), contextlib.ExitStack() as entered:
        way = _entered(entered, lambda: _way(settings, LateStore(events), clock), stop)
        observer, assets = settings.sensor.observer, read_assets(settings.city.assets)
        parts = Parts(
            way.spool,
            clock,
            assets,
            observer,
            meter=meter_settings(settings),
            folder=settings.store.folder,
            captures=captures or {},
        )
        opened = open_inputs(settings.inputs, parts)
        add_receivers(opened)
        _tell_start(settings, opened)
        _run(settings, opened, way, stop, tell=tell, clock=clock)


def _entered(
    entered: contextlib.ExitStack,
    way: Callable[[], contextlib.AbstractContextManager[Way]],
    stop: Stop,
) -> Way:
    for _ in range(HOLD_TRIES):
        with contextlib.suppress(Conflict):
            return entered.enter_context(way())
        stop.wait(HOLD_PAUSE_SECONDS)
    return entered.enter_context(way())


def _tell_start(settings: Settings, opened: Opened) -> None:
    for name, one in settings.inputs.items():
        _LOG.info("inputs.%s: %s", name, way_in(one, opened.addresses.get(name)))
    for warning in opened.warnings:
        _LOG.warning("%s", warning)
    store = without_password(settings.events_url)
    _LOG.info("sensor %s runs and sends to %s", settings.sensor.observer, store)


def way_in(one: InputSettings, address: tuple[str, int] | None) -> str:
    """Return in words how the events of an input come in."""
    if one.type == "packet":
        return f"packets of {one.interface}" + (f", filter {one.filter}" if one.filter else "")
    if address is None:
        return f"{one.type} {', '.join(one.paths)}"
    by = one.transport if one.type == "syslog" else _TRANSPORTS[one.type]
    return f"{one.type} by {by} on {address[0]} port {address[1]}"


_TRANSPORTS = {"http": "tcp", "netflow": "udp"}


def _way(
    settings: Settings, store: LateStore, clock: Clock
) -> contextlib.AbstractContextManager[Way]:
    observer = settings.sensor.observer
    return open_way(
        settings.store.folder / SPOOLS / observer,
        sensor=observer,
        store=store,
        clock=clock,
        settings=settings.spool,
    )


def _run(
    settings: Settings, opened: Opened, way: Way, stop: Stop, *, tell: Tell, clock: Clock
) -> None:
    sensor, ending, inputs_ended = LogSensor(opened), threading.Event(), threading.Event()
    observation, bulletin = Observation(settings, clock.now()), Bulletin()

    def look() -> SensorStatus:
        return observation.status(way.delivery.health(), sensor.health(), clock.now())

    with ThreadPoolExecutor(2, "sensor") as pool, contextlib.closing(Reporter(settings)) as desk:
        workers = (pool.submit(sensor.run, ending), pool.submit(_deliver, way, inputs_ended))
        try:
            while not stop.wait(LOOK_SECONDS) and not any(one.done() for one in workers):
                status = look()
                tell(status)
                for sentence in bulletin.look(status):
                    _LOG.warning("%s", sentence)
                desk.report(status)
        finally:
            ending.set()
            # What the inputs hand over last is delivered, too.
            concurrent.futures.wait(workers[:1])
            inputs_ended.set()
            concurrent.futures.wait(workers)
        for worker in workers:
            worker.result()
        desk.report(look(), at_once=True)


def _deliver(way: Way, ending: threading.Event) -> None:
    way.delivery.run(ending, lambda health: keep_health(way.spool.folder, health))
    with contextlib.suppress(Unavailable, Misconfigured):
        way.delivery.drain(LAST_SECONDS)
    keep_health(way.spool.folder, way.delivery.health())


class Reporter:
    """Brings reports to the desk every few seconds; a desk that is away misses some."""

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._state: StateStore | None = None
        self._due = 0.0
        self._trouble = ""

    def report(self, status: SensorStatus, *, at_once: bool = False) -> None:
        """Keep the report if one is due."""
        if not at_once and self._monotonic() < self._due:
            return
        self._due = self._monotonic() + REPORT_SECONDS
        try:
            self._state = self._state or open_state_store(self._settings.state_url)
            keep_report(self._state, status)
            self._trouble = ""
        except (Unavailable, Conflict) as fault:
            if str(fault) != self._trouble:
                _LOG.warning("no report to the desk: %s", fault)
            self._trouble = str(fault)

    def close(self) -> None:
        """Let go of the state store."""
        if self._state is not None:
            self._state.close()
