"""A hundred incidents at once: how long from each trigger to the first action of its run.

The real way: alerts come in and are folded, the audit tells of it, the responder looks every
quarter of a second, starts the shipped playbooks and carries them on.
"""

import contextlib
import datetime as dt
import multiprocessing
import pathlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from playbooks.execution.engine import Engine
from playbooks.execution.following import start_due
from playbooks.service import fold
from situation.settings import Settings
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Cursor, PlaybookRun, StepRun
from soc_api.house import install_playbooks, open_house, open_means
from soc_api.process.responder import respond
from soc_api.wiring import City, open_city
from tests import postgresql
from tests.playbooks.intrusion import ASSETS, alert, put

RUNS = 100
TRIES = 3
BAR_SECONDS = 2.0
PATIENCE_SECONDS = 120.0

Waits = Sequence[float]
"""Seconds from each trigger to the first action, sorted."""


def run() -> None:
    """Print the best of three, for incidents that come in one by one and all at one moment."""
    for name, serving in (("SQLite", _sqlite), ("PostgreSQL", postgresql.serving)):
        for told, measured in (("as they come in", _as_they_come), ("at one moment", _at_once)):
            with serving() as url:
                waits = min((_measured(url, measured) for _ in range(TRIES)), key=_p95)
            print(
                f"playbooks: {name}, {RUNS} incidents {told}: first action of 95 % within "
                f"{_p95(waits):.2f} s (bar: {BAR_SECONDS:.0f}), of all within {waits[-1]:.2f} s"
            )


@contextlib.contextmanager
def _sqlite() -> Iterator[str]:
    yield ""


def _measured(url: str, measure: Callable[[Settings, City], Waits]) -> Waits:
    with tempfile.TemporaryDirectory() as name:
        store = {"folder": pathlib.Path(name), "state": url}
        settings = Settings.model_validate({"store": store})
        with open_city(settings) as city:
            _emptied(city.state)
            return measure(settings, city)


def _emptied(state: StateStore) -> None:
    if state.engine.dialect.name == "postgresql":
        tables = ", ".join(PlaybookRun.metadata.tables)
        with state.engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")


def _as_they_come(settings: Settings, city: City) -> Waits:
    """Fold while the responder runs beside, in a process of its own."""
    processes = multiprocessing.get_context("spawn")
    stop = processes.Event()
    responder = processes.Process(target=respond, args=(settings, stop))
    responder.start()
    try:
        _await(lambda: _looks(city.state))
        _fold(city)
        _await(lambda: len(_waits(city.state)) == RUNS)
    finally:
        stop.set()
        responder.join()
    return _waits(city.state)


def _at_once(_settings: Settings, city: City) -> Waits:
    """Fold first; the time runs from the look that finds all of them."""
    install_playbooks(city)
    house = open_house(city)
    start_due(city.state, house, city.clock)
    _fold(city)
    engine = Engine(city.state, house, open_means(city), city.clock, owner="bench")
    began = city.clock.now()
    with contextlib.closing(engine):
        while len(_waits(city.state)) < RUNS:
            start_due(city.state, house, city.clock)
            engine.turn()
    return _waits(city.state, began)


def _fold(city: City) -> None:
    put(
        city.state,
        [
            alert(
                "guessing_success",
                30,
                id=f"guessed-{number}",
                severity=4,
                source_ip=f"203.0.113.{number + 1}",
                host_ip=f"10.20.10.{number + 1}",
                destination_ip=f"10.20.10.{number + 1}",
            )
            for number in range(RUNS)
        ],
    )
    folded = fold(city.state, city.plan, ASSETS, city.clock, drill_id=None)
    if len(folded.incidents) != RUNS:
        raise SystemExit(f"playbooks: {len(folded.incidents)} incidents of {RUNS}")


def _looks(state: StateStore) -> bool:
    with state.reading() as session:
        cursor = session.get(Cursor, "playbooks")
        return cursor is not None and cursor.position is not None


def _waits(state: StateStore, began: dt.datetime | None = None) -> Waits:
    first = (
        sa.select(PlaybookRun.incident_id, sa.func.min(StepRun.ended_at))
        .join(StepRun, StepRun.run_id == PlaybookRun.id)
        .where(StepRun.step_id.startswith("action--"), StepRun.state == "done")
        .group_by(PlaybookRun.incident_id)
    )
    lines = sa.select(AuditLine.object_id, AuditLine.at).where(AuditLine.action == "incident.grade")
    with state.reading() as session:
        acted = dict(session.execute(first).all())
        graded = dict(session.execute(lines).all())
    return sorted(
        (at - (began or graded[incident])).total_seconds()
        for incident, at in acted.items()
        if incident is not None and at is not None
    )


def _p95(waits: Waits) -> float:
    return waits[len(waits) * 95 // 100 - 1]


def _await(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise SystemExit("playbooks: the responder does not come to an end")
        time.sleep(0.1)


if __name__ == "__main__":
    run()
