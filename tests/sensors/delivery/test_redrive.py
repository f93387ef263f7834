"""Dead letters that are redriven reach the store once, whatever is killed in between."""

import itertools
import json
import pathlib
import shutil
import threading
from collections.abc import Iterator

import polars as pl
import pytest

from sensors.delivery.dead import DEAD, DeadLetters, letters_of
from sensors.delivery.delivery import Delivery
from sensors.delivery.redrive import FOLDER, ask, frame_of, take_up
from sensors.record import Priority, Record
from situation.fields import KEYWORD_LIMIT, REST
from tests.sensors.delivery.building import Site
from tests.sensors.delivery.test_dead import letter
from tests.sensors.spool.building import NOW, record, rows

STRANGE = "not.declared"


@pytest.fixture
def site(tmp_path: pathlib.Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def _dead(site: Site) -> DeadLetters:
    return DeadLetters(site.spool.folder / DEAD, site.clock, site.settings)


def _refused(site: Site) -> DeadLetters:
    """Let a site refuse rows 0 to 2 for an undeclared column, 3 for a long value; 4 is fine."""
    strange = rows(0, 3).with_columns(pl.lit(7).alias(STRANGE))
    long = rows(3, 1).with_columns(pl.lit("x" * (KEYWORD_LIMIT + 1)).alias("host.name"))
    for frame in (strange, long):
        site.spool.put(Record("log", frame, Priority.LOG))
    site.spool.put(record(4))
    site.drain()
    assert site.stored() == [4]
    return _dead(site)


def _sequences(dead: DeadLetters) -> list[int]:
    return sorted(one.sequence for path in dead.files() for one in letters_of(path))


def test_letters_of_one_reason_go_back_and_the_others_stay(site: Site) -> None:
    dead = _refused(site)
    assert ask(dead, STRANGE, NOW) == 3
    assert take_up(dead, site.spool) == 3
    site.drain()
    assert site.stored() == [0, 1, 2, 4]
    assert _sequences(dead) == [3]
    assert not list((dead.folder / FOLDER).iterdir())
    found = site.store.get("log", "id-1")
    assert found is not None
    assert found[STRANGE] == 7
    assert found["message"] == "line 1"


def test_what_is_refused_again_is_a_dead_letter_again(site: Site) -> None:
    dead = _refused(site)
    assert ask(dead, "", NOW) == 4
    take_up(dead, site.spool)
    site.drain()
    assert site.stored() == [0, 1, 2, 4]
    (path,) = _dead(site).files()
    (left,) = letters_of(path)
    assert left.document["event.id"] == "id-3"


def test_a_reason_that_nobody_has_moves_nothing(site: Site) -> None:
    dead = _refused(site)
    assert ask(dead, "no such reason", NOW) == 0
    assert take_up(dead, site.spool) == 0
    assert _sequences(dead) == [0, 1, 2, 3]


@pytest.mark.parametrize("synced", [True, False])
def test_a_worker_that_dies_over_a_redrive_neither_loses_nor_repeats(
    site: Site, tmp_path: pathlib.Path, *, synced: bool
) -> None:
    dead = _refused(site)
    ask(dead, STRANGE, NOW)
    aside = dead.folder / FOLDER
    shutil.copytree(aside, tmp_path / "before")
    if synced:
        take_up(dead, site.spool)
        source = next(path.name for path in (tmp_path / "before").glob("*.ndjson"))
        # As if it had died after the rows were durable and before the file was gone.
        place = {f"{FOLDER}/{source}": "done"}
        site.spool.put(Record("", pl.DataFrame(), Priority.ALERT, places=place))
        site.spool.sync()
    shutil.copytree(tmp_path / "before", aside, dirs_exist_ok=True)
    assert take_up(dead, site.spool) == (0 if synced else 3)
    site.drain()
    assert site.stored() == [0, 1, 2, 4]
    assert site.delivery.health().duplicates == 0
    assert _sequences(dead) == [3]


def test_documents_become_the_columns_that_they_were() -> None:
    document = {
        "@timestamp": "2026-03-01T08:00:00.000000005Z",
        "event.id": "a",
        "source.port": 22,
        "citywatch.source.cii": True,
        REST: '{"zone":"dmz"}',
        STRANGE: [1, 2],
    }
    one = letter(0)
    one.document.update(document)
    frame = frame_of([one, letter(1)])
    assert frame["@timestamp"].dt.nanosecond().to_list() == [5, None]
    assert frame["source.port"].to_list() == [22, None]
    assert json.loads(frame[REST][0]) == {"zone": "dmz", STRANGE: [1, 2]}


def test_a_value_of_another_type_is_left_for_the_store_to_refuse() -> None:
    one = letter(0)
    one.document["source.port"] = "ssh"
    assert frame_of([one])["source.port"].to_list() == ["ssh"]


def test_a_delivery_that_runs_takes_up_what_was_asked_for(site: Site) -> None:
    dead = _refused(site)
    ask(dead, STRANGE, NOW)
    ticks, stop = itertools.count(), threading.Event()
    delivery = Delivery(
        site.spool, site.store, site.clock, site.settings, monotonic=lambda: float(next(ticks))
    )
    delivery.run(stop, lambda _health: stop.set())
    delivery.close()
    site.drain()
    assert site.stored() == [0, 1, 2, 4]
