"""The whole way once: captures become flows, alerts, an incident and a notice."""

import datetime as dt
import pathlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from detect.service import detect
from playbooks.service import fold
from sensors.metering import Metering
from situation.faults import Conflict
from situation.mirror import mirror_alerts
from situation.state.tables import Capture
from soc_api.drills.host_log import log_batches
from soc_api.drills.scenario import HostLog
from soc_api.evidence import keep_slices
from soc_api.sensing.packets import Progress, meter_settings, watched
from soc_api.spool.transfer import Transfer, Written, clear_transfer, open_transfer
from soc_api.wiring import City

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

PATIENCE_SECONDS = 120
FAILED = "failed_"
"""Begins the name of each detector's counter of inspections that failed."""


@dataclass(frozen=True)
class Replayed:
    """One capture that lies in the stores; `kept` if it had been there before."""

    capture: Capture
    kept: bool


def replay(
    city: City,
    files: Sequence[pathlib.Path],
    *,
    logs: Sequence[HostLog] = (),
    drill_id: str | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Replayed:
    """Meter the captures, store, judge, fold; what was replayed before is kept as it is.

    `logs` are what hosts wrote meanwhile; their events go the same way beside the flows.

    Raises `Malformed` before anything is stored when a file is no capture, `Unavailable` when the
    store stays away. A replay that was cut off is taken up by the next one where its spool ends.
    """
    metering = Metering(
        files,
        observer=city.settings.sensor.observer,
        drill_id=drill_id,
        settings=meter_settings(city.settings),
    )
    capture_id = f"{metering.fingerprint}{drill_id or ''}"
    known = _find(city, capture_id)
    if known is not None:
        judge(city, drill_id=drill_id, progress=progress)
        return Replayed(known, kept=True)
    with open_transfer(city, capture_id, drill_id) as transfer:
        for metered in watched(metering, progress):
            transfer.put(metered)
        _put_logs(city, transfer, logs, drill_id)
        written = transfer.finish()
    judged = judge(city, drill_id=drill_id, progress=progress)
    keep_slices(city.state, city.events, files, city.clock.now(), drill_id=drill_id)
    name = ", ".join(file.name for file in files)
    capture = _capture(city, metering, written)
    unknown = {
        "unknown_endpoints": transfer.unknown_endpoints,
        "log_events": transfer.log_events,
    }
    capture.counters = {**capture.counters, **unknown, **judged}
    capture.id, capture.name, capture.drill_id = capture_id, name, drill_id
    capture.files = [str(file.resolve()) for file in files]
    with city.state.transaction() as session:
        replayed = Replayed(session.merge(capture), kept=False)
    clear_transfer(city, capture_id)
    return replayed


def _put_logs(
    city: City, transfer: Transfer, logs: Sequence[HostLog], drill_id: str | None
) -> None:
    observer, now = city.settings.sensor.observer, city.clock.now()
    for log in logs:
        for name, events in log_batches(
            log, city.assets, now, observer=observer, drill_id=drill_id
        ):
            transfer.put_log(name, events)


def judge(
    city: City,
    *,
    drill_id: str | None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> dict[str, dict[str, int]]:
    """Detect, fold into incidents and mirror; harmless to repeat.

    Return what was counted: `judged`, and `judging_losses` with failed inspections and alerts
    that the store refused. Another worker that judges the same telemetry is waited for; raise
    `Conflict` if it does not come to an end within `PATIENCE_SECONDS`.
    """
    for _ in range(PATIENCE_SECONDS - 1):
        try:
            return _judge_once(city, drill_id, progress)
        except Conflict:
            time.sleep(1)
    return _judge_once(city, drill_id, progress)


def _judge_once(city: City, drill_id: str | None, progress: Progress) -> dict[str, dict[str, int]]:
    detected = detect(
        city.events,
        city.state,
        city.assets,
        city.clock,
        drill_id=drill_id,
        place=city.settings.events_url,
        progress=lambda done, total: progress("detect", done, total),
    )
    folded = fold(city.state, city.plan, city.assets, city.clock, drill_id=drill_id)
    mirrored = mirror_alerts(city.state, city.events, city.clock)
    counted = {**detected.counters, **folded.counters}
    failed = {name: count for name, count in counted.items() if name.startswith(FAILED)}
    refused = {"alerts_not_mirrored": mirrored.rejected} if mirrored.rejected else {}
    return {"judged": counted, "judging_losses": {**failed, **refused}}


def _find(city: City, capture_id: str) -> Capture | None:
    with city.state.reading() as session:
        capture = session.get(Capture, capture_id)
    return capture if capture and capture.event_store == city.settings.events_url else None


def _capture(city: City, metering: Metering, written: Written) -> Capture:
    counters = metering.counters
    return Capture(
        packets=counters.packets,
        bytes=counters.bytes,
        flows=counters.flows,
        first_packet=_time(counters.first_packet),
        last_packet=_time(counters.last_packet),
        counters={
            **asdict(counters),
            "stored": written.stored,
            "duplicates": written.duplicates,
            "rejected_by_store": dict(written.rejected),
        },
        replayed_at=city.clock.now(),
        event_store=city.settings.events_url,
    )


def _time(nanoseconds: int | None) -> dt.datetime | None:
    if nanoseconds is None:
        return None
    return EPOCH + dt.timedelta(microseconds=nanoseconds // 1000)
