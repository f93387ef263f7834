"""The follow loop: what came in since the last time is judged, and claims become alerts.

The cursor is stored after the alerts. Alert ids are deterministic and unchanged alerts write
nothing, so a worker that dies in between repeats its work without harm.
"""

import datetime as dt
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from detect import lease
from detect.catalogue import DETECTORS
from detect.desk import put_on_desk
from detect.detector import DAY, HOUR, Detector, Inspection, Windows
from situation.assets import Assets
from situation.clock import Clock
from situation.events.dataset import DNS, FLOW, LOG, dataset_of
from situation.events.store import EventStore, Query
from situation.fields import frame_schema
from situation.state.store import StateStore

_LOG = logging.getLogger(__name__)
_DATASETS = (FLOW, DNS, LOG)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Detected:
    """What a run did: alerts that were made or changed, and every count by its name.

    `counters` holds `followed_<dataset>` (rows), `windows`, `claims`, the outcomes of
    `desk.put_on_desk`, `cold_<detector>` (windows without enough history) and
    `failed_<detector>` (inspections that failed).
    """

    alert_ids: tuple[str, ...]
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Task:
    """One detector over some windows that are read together."""

    detector: Detector
    windows: Windows


def detect(
    events: EventStore,
    state: StateStore,
    assets: Assets,
    clock: Clock,
    *,
    drill_id: str | None,
    place: str = "",
    progress: Progress | None = None,
    detectors: Sequence[Detector] = DETECTORS,
) -> Detected:
    """Judge what came in since the last run of the city, or of a drill.

    Raises `Unavailable` while a store is away and `Conflict` while another worker holds the
    lease; the next run goes on where this one stood. `progress` is told tasks done and in all.
    `place` names the event store, which has a cursor of its own: positions of one store say
    nothing in another.
    """
    name, owner = _cursor_name(drill_id, place), uuid.uuid4().hex
    positions = lease.take(state, name, owner, clock)
    try:
        dirty, reached, counters = _follow(events, positions, drill_id)
        touched: list[str] = []
        tasks = list(_tasks(detectors, dirty))
        for done, task in enumerate(tasks):
            _tell(progress, done, len(tasks))
            inspection = _inspect(task, events, assets, counters, drill_id)
            ids, outcome = put_on_desk(inspection.claims, state, assets, clock.now(), drill_id)
            touched += ids
            counters.update(outcome)
            lease.renew(state, name, owner, clock)
        _tell(progress, len(tasks), len(tasks))
        lease.store(state, name, owner, reached)
    finally:
        lease.give_back(state, name, owner)
    return Detected(tuple(dict.fromkeys(touched)), dict(sorted(counters.items())))


def _cursor_name(drill_id: str | None, place: str) -> str:
    whose = f"detect-{drill_id or 'city'}"
    return f"{whose}@{place}" if place else whose


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _follow(
    events: EventStore, positions: lease.Positions, drill_id: str | None
) -> tuple[dict[str, set[dt.datetime]], lease.Positions, Counter[str]]:
    """Return the dirty hours of each dataset, where it ends now, and how many rows came in."""
    dirty: dict[str, set[dt.datetime]] = {}
    reached = dict(positions)
    counters: Counter[str] = Counter()
    for name in _DATASETS:
        hours: set[dt.datetime] = set()
        for followed in events.follow(dataset_of(name, drill_id), positions.get(name)):
            hours.update(followed.frame["@timestamp"].dt.truncate("1h").unique())
            counters[f"followed_{name}"] += followed.frame.height
            reached[name] = followed.cursor
        dirty[name] = hours
    return dirty, reached, counters


def _tasks(detectors: Sequence[Detector], dirty: dict[str, set[dt.datetime]]) -> Iterator[_Task]:
    for detector in detectors:
        starts = sorted({_window_of(hour, detector.window) for hour in dirty[detector.dataset]})
        for group in _groups(starts, detector):
            yield _Task(detector, Windows(group, detector.window))


def _window_of(hour: dt.datetime, window: dt.timedelta) -> dt.datetime:
    """Return the start of the window; windows are whole hours, aligned to the epoch."""
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return hour - (hour - epoch) % window


def _groups(starts: list[dt.datetime], detector: Detector) -> Iterator[tuple[dt.datetime, ...]]:
    """Group windows so that one reading spans at most a day and does not bridge long gaps."""
    group: list[dt.datetime] = []
    for start in starts:
        if group and (start - group[0] >= DAY or start - group[-1] > detector.lookback + HOUR):
            yield tuple(group)
            group = []
        group.append(start)
    if group:
        yield tuple(group)


def _inspect(
    task: _Task,
    events: EventStore,
    assets: Assets,
    counters: Counter[str],
    drill_id: str | None,
) -> Inspection:
    """Let one detector judge its windows; its failure is counted and stops nobody else."""
    detector, windows = task.detector, task.windows
    frame = _read(task, events, drill_id)
    counters["windows"] += len(windows.starts)
    try:
        inspection = detector.inspect(frame, windows, assets)
    except Exception:  # noqa: BLE001 - the boundary of a detector run
        _LOG.exception("detector %s failed on windows from %s", detector.name, windows.starts[0])
        counters[f"failed_{detector.name}"] += 1
        return Inspection()
    counters["claims"] += len(inspection.claims)
    if inspection.cold:
        counters[f"cold_{detector.name}"] += inspection.cold
    return inspection


def _read(task: _Task, events: EventStore, drill_id: str | None) -> pl.DataFrame:
    """Read the columns that the detector needs, from its look-back to its last window."""
    detector, windows = task.detector, task.windows
    query = Query(
        dataset_of(detector.dataset, drill_id),
        windows.starts[0] - detector.lookback,
        windows.until,
        where=detector.where,
    )
    columns = tuple(dict.fromkeys(detector.columns))
    empty = pl.DataFrame(schema=frame_schema(columns))
    return pl.concat([empty, *events.scan(query, columns)])
