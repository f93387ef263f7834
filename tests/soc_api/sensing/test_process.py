"""The sensor as a process, run in a thread: real files, a real store, reports on a real desk."""

import contextlib
import datetime as dt
import pathlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import polars as pl
import pytest

from sensors.delivery.health import DeliveryHealth
from sensors.delivery.opening import SPOOLS, open_way
from sensors.input.counters import Counters
from sensors.wire.plan import Plan
from sensors.wire.worker_process import WorkerProcess
from situation.clock import SetClock, SystemClock
from situation.events.dataset import FLOW, LOG
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, Query
from situation.faults import Conflict, Misconfigured, Unavailable
from situation.sensor_status import SensorStatus, SpoolStatus
from situation.settings import InputSettings, SensorSettings, Settings, StoreSettings
from situation.state.store import open_state_store
from soc_api.sensing.beginning import begin_captures
from soc_api.sensing.process import (
    LateStore,
    Observation,
    Reporter,
    run_sensor,
    spool_status,
    way_in,
)
from soc_api.sensing.reporting import REPORT_SECONDS, sensor_statuses
from tests.sensors.building import tcp, udp
from tests.sensors.wire.cables import FAR, cable, send

NOW = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
SECONDS = 60
LINES = [f"<13>1 2026-03-01T08:00:00Z host-1 app - - - line {number}" for number in range(50)]


def settings_of(folder: pathlib.Path, **inputs: InputSettings) -> Settings:
    return Settings(
        store=StoreSettings(folder=folder / "data"),
        sensor=SensorSettings(observer="gate"),
        inputs=inputs,
    )


def following(folder: pathlib.Path) -> Settings:
    """Settings of a sensor that follows one log file, which is there."""
    (folder / "app.log").write_text("".join(f"{line}\n" for line in LINES))
    return settings_of(
        folder, app=InputSettings(type="file", kind="syslog", paths=(f"{folder}/*.log",))
    )


def health(**values: object) -> DeliveryHealth:
    given: dict[str, object] = {
        "at": NOW,
        "sensor": "gate",
        "lag_seconds": 0.0,
        "oldest_unsent": None,
        "fill_share": 0.0,
        "octets": 0,
        "budget_octets": 100,
        "alarm": False,
        "circuit": "closed",
        "circuit_reason": "",
        "disk_trouble": "",
        "put": 0,
        "waiting": 0,
        "stored": 0,
        "duplicates": 0,
        "dead_letter_octets": 0,
        "dead_letters_dropped": 0,
    }
    return DeliveryHealth(**given | values)  # type: ignore[arg-type]  # fields by name


@contextlib.contextmanager
def running(
    settings: Settings, captures: Mapping[str, Plan] | None = None
) -> Iterator[list[SensorStatus]]:
    """Run the sensor beside; yield what it tells, and let it come to its end."""
    told: list[SensorStatus] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=run_sensor, args=(settings, stop, told.append), kwargs={"captures": captures}
    )
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


def until(told: list[SensorStatus], holds: Callable[[SensorStatus], bool]) -> SensorStatus:
    end = time.monotonic() + SECONDS
    while not (told and holds(told[-1])):
        assert time.monotonic() < end, told[-1:]
        time.sleep(0.02)
    return told[-1]


def originals(settings: Settings) -> list[str]:
    store = ParquetStore(settings.store.folder / "events", SystemClock())
    asked = Query(LOG, NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=1))
    found = [frame["event.original"] for frame in store.scan(asked, ["event.original"])]
    store.close()
    return pl.concat(found).sort().to_list() if found else []


def reports(settings: Settings) -> list[SensorStatus]:
    state = open_state_store(settings.state_url)
    with contextlib.closing(state), state.transaction() as session:
        return sensor_statuses(session, SystemClock().now())


def test_what_a_file_holds_comes_into_the_store_and_onto_the_desk(tmp_path: pathlib.Path) -> None:
    settings = following(tmp_path)
    with running(settings) as told:
        status = until(told, lambda status: status.spool.stored == len(LINES))
    assert originals(settings) == sorted(LINES)
    assert status.inputs[0].received == status.inputs[0].events == len(LINES)
    assert status.inputs[0].last_event_at is not None
    (report,) = reports(settings)
    assert report.name == "gate"
    assert report.spool.accepted == report.spool.stored == len(LINES)
    assert report.spool.waiting == 0


@pytest.mark.parametrize("is_early", [False, True])
def test_packets_of_an_interface_come_into_the_store_as_flows(
    tmp_path: pathlib.Path, *, is_early: bool
) -> None:
    wire = InputSettings(type="packet", interface=FAR, ring_mib=8)
    settings = settings_of(tmp_path, wire=wire)
    with cable(), contextlib.ExitStack() as entered:
        idle = [WorkerProcess(), WorkerProcess()] if is_early else []
        captures = begin_captures(settings, idle) if is_early else None
        told = entered.enter_context(running(settings, captures))
        end = time.monotonic() + SECONDS
        while not told or told[-1].inputs[0].received == 0:
            assert time.monotonic() < end
            send([udp(), tcp("S")])
            time.sleep(0.1)
    report = reports(settings)[0]
    store = ParquetStore(settings.store.folder / "events", SystemClock())
    today = SystemClock().now()
    asked = Query(FLOW, today - dt.timedelta(days=1), today + dt.timedelta(days=1))
    flows = pl.concat(list(store.scan(asked, ["network.packets", "observer.name"])))
    store.close()
    (counted,) = report.inputs
    assert counted.received == flows["network.packets"].sum()
    assert (counted.flows, counted.events) == (2, flows.height)
    assert set(flows["observer.name"]) == {"gate"}
    assert report.spool.stored == report.spool.accepted == flows.height


def test_a_store_that_comes_later_gets_what_was_taken_meanwhile(tmp_path: pathlib.Path) -> None:
    settings = following(tmp_path)
    settings.store.folder.mkdir()
    (settings.store.folder / "events").touch()
    with running(settings) as told:
        away = until(
            told, lambda status: status.spool.store == "away" and bool(status.spool.waiting)
        )
        (settings.store.folder / "events").unlink()
        until(told, lambda status: status.spool.stored == len(LINES))
    assert away.spool.waiting == len(LINES)
    assert away.spool.store_reason
    assert told[-1].spool.store == "up"
    assert originals(settings) == sorted(LINES)


def test_what_waits_at_the_end_is_delivered_by_the_next_run(tmp_path: pathlib.Path) -> None:
    settings = following(tmp_path)
    settings.store.folder.mkdir()
    (settings.store.folder / "events").touch()
    with running(settings) as told:
        until(told, lambda status: status.spool.waiting == len(LINES))
    assert reports(settings)[0].spool.waiting == len(LINES)
    (settings.store.folder / "events").unlink()
    with running(settings) as told:
        until(told, lambda status: status.spool.stored == len(LINES))
    assert originals(settings) == sorted(LINES)


def test_a_sensor_without_inputs_does_not_start(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="inputs"):
        run_sensor(settings_of(tmp_path), threading.Event(), lambda _: None)


def test_every_fault_of_the_inputs_is_told_at_once(tmp_path: pathlib.Path) -> None:
    settings = settings_of(
        tmp_path, first=InputSettings(type="file"), second=InputSettings(type="http")
    )
    with pytest.raises(Misconfigured, match=r"inputs\.first(.|\n)*inputs\.second"):
        run_sensor(settings, threading.Event(), lambda _: None)


def test_a_spool_that_another_process_holds_is_left_to_it(tmp_path: pathlib.Path) -> None:
    settings = following(tmp_path)
    held = open_way(
        settings.store.folder / SPOOLS / "gate",
        sensor="gate",
        store=ParquetStore(tmp_path / "other", SystemClock()),
        clock=SystemClock(),
        settings=settings.spool,
    )
    with held, pytest.raises(Conflict):
        run_sensor(settings, threading.Event(), lambda _: None)


@pytest.mark.parametrize(
    ("one", "address", "words"),
    [
        (InputSettings(type="packet", interface="eth0"), None, "packets of eth0"),
        (
            InputSettings(type="packet", interface="eth0", filter="not port 22"),
            None,
            "packets of eth0, filter not port 22",
        ),
        (InputSettings(type="file", paths=("a.log", "b/*")), None, "file a.log, b/*"),
        (InputSettings(type="syslog"), ("::1", 514), "syslog by udp on ::1 port 514"),
        (InputSettings(type="http"), ("127.0.0.1", 80), "http by tcp on 127.0.0.1 port 80"),
        (InputSettings(type="netflow"), ("127.0.0.1", 1), "netflow by udp on 127.0.0.1 port 1"),
    ],
)
def test_the_way_in_is_told_in_words(
    one: InputSettings, address: tuple[str, int] | None, words: str
) -> None:
    assert way_in(one, address) == words


def test_a_late_store_is_set_up_before_its_first_batch(tmp_path: pathlib.Path) -> None:
    root = tmp_path / "events"
    root.touch()
    late = LateStore(ParquetStore(root, SetClock(NOW)))
    frame = pl.DataFrame({"@timestamp": [NOW], "event.id": ["a"]}).with_columns(
        pl.col("@timestamp").cast(pl.Datetime("ns", "UTC"))
    )
    batch = Batch(LOG, "gate-1", frame)
    with pytest.raises(Unavailable):
        late.write(batch)
    root.unlink()
    assert late.write(batch).acked == 1
    assert late.write(batch).duplicates == 1


def test_an_input_was_heard_when_its_lines_grew(tmp_path: pathlib.Path) -> None:
    observation = Observation(following(tmp_path), NOW)
    counted = Counters().plain()
    heard = []
    for second, lines in enumerate((0, 3, 3, 5)):
        now = NOW + dt.timedelta(seconds=second)
        status = observation.status(health(), {"app": {**counted, "lines": lines}}, now)
        heard.append(status.inputs[0].last_event_at)
    first, last = NOW + dt.timedelta(seconds=1), NOW + dt.timedelta(seconds=3)
    assert heard == [None, first, first, last]


def test_the_sums_of_a_spool_tell_every_loss() -> None:
    status = spool_status(
        health(
            put=100,
            waiting=10,
            stored=60,
            duplicates=5,
            rejected={"no time": 4},
            shed={"sample": 7},
            settled={"acknowledged": 69, "damaged": 8, "gap": 4, "aged": 2},
        )
    )
    assert status.accepted == 93
    assert status.damaged == 14
    assert sum(status.dead_letters.values()) == 4
    gone = status.stored + status.duplicates + 4 + status.damaged
    assert status.accepted == gone + status.waiting


@pytest.mark.parametrize(
    ("circuit", "reason", "state"),
    [
        ("closed", "", "up"),
        ("closed", "connection refused", "away"),
        ("open", "connection refused", "away"),
        ("stopped", "a right is missing", "stopped"),
    ],
)
def test_the_store_is_up_away_or_waits_for_a_person(circuit: str, reason: str, state: str) -> None:
    status = spool_status(health(circuit=circuit, circuit_reason=reason))
    assert (status.store, status.store_reason) == (state, reason)


def test_a_reporter_reports_every_few_seconds(tmp_path: pathlib.Path) -> None:
    settings, seconds = following(tmp_path), 0.0
    made = [
        SensorStatus(
            name="gate",
            started_at=SystemClock().now(),
            reported_at=SystemClock().now(),
            spool=SpoolStatus(stored=number),
        )
        for number in range(3)
    ]
    with contextlib.closing(Reporter(settings, monotonic=lambda: seconds)) as desk:
        desk.report(made[0])
        desk.report(made[1])
        assert reports(settings) == [made[0]]
        seconds = REPORT_SECONDS
        desk.report(made[1])
        assert reports(settings) == [made[1]]
        desk.report(made[2], at_once=True)
        assert reports(settings) == [made[2]]


def test_a_desk_that_is_away_misses_a_report_and_gets_the_next(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = following(tmp_path)
    status = SensorStatus(
        name="gate",
        started_at=SystemClock().now(),
        reported_at=SystemClock().now(),
        spool=SpoolStatus(),
    )
    settings.store.folder.touch()
    with contextlib.closing(Reporter(settings)) as desk:
        desk.report(status, at_once=True)
        assert "no report to the desk" in caplog.text
        settings.store.folder.unlink()
        desk.report(status, at_once=True)
    assert reports(settings) == [status]
