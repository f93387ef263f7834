"""What an operator learns of the spools on the command line, and how refused documents go again."""

import pathlib

import polars as pl
import pytest

from sensors.delivery.opening import SPOOLS, open_way
from sensors.delivery.redrive import FOLDER
from sensors.record import Priority, Record
from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from situation.settings import SpoolSettings, read_settings
from soc_api.spool.listing import reasons, redrive, statuses
from tests.sensors.delivery.building import stored
from tests.sensors.spool.building import record, rows
from tests.soc_api.test_cli import citywatch


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """An installation whose store refused rows 0 and 1, has 2 to 4, and is to get 5 and 6."""
    store = ParquetStore(tmp_path / "events", SystemClock())
    store.setup()
    strange = rows(0, 2).with_columns(pl.lit(7).alias("not.declared"))
    with open_way(
        tmp_path / SPOOLS / "gate",
        sensor="gate",
        store=store,
        clock=SystemClock(),
        settings=SpoolSettings(),
    ) as way:
        way.spool.put(Record("log", strange, Priority.LOG))
        way.spool.put(record(2, 3))
        way.spool.sync()
        way.delivery.drain(1.0)
        way.spool.put(record(5, 2))
    store.close()
    return tmp_path


def _stored(folder: pathlib.Path) -> list[int]:
    store = ParquetStore(folder / "events", SystemClock())
    found = sorted(stored(store))
    store.close()
    return found


def test_the_status_tells_what_waits_and_what_was_refused(folder: pathlib.Path) -> None:
    shown = citywatch("spool", "status", "--data", folder)
    assert (shown.code, shown.err) == (0, "")
    for words in (
        "gate: idle at",
        "2 rows wait",
        "7 put, 3 stored",
        "2 refused",
        "closed",
        "writes",
    ):
        assert words in shown.out
    again = citywatch("spool", "status", "--data", folder)
    assert "2 rows wait" in again.out


def test_dead_letters_are_listed_by_reason_with_samples(folder: pathlib.Path) -> None:
    shown = citywatch("spool", "dead", "--data", folder)
    assert shown.code == 0
    for words in ("gate: 2 documents refused", "not.declared is not declared", "line 1"):
        assert words in shown.out
    none = citywatch("spool", "dead", "--data", folder, "--reason", "no such reason")
    assert (none.code, none.out) == (0, "")


def test_a_redrive_sends_them_again_once(folder: pathlib.Path) -> None:
    shown = citywatch("spool", "redrive", "--data", folder, "--reason", "not.declared")
    assert (shown.code, shown.out) == (0, "gate: 2 documents sent again\n")
    assert _stored(folder) == list(range(7))
    again = citywatch("spool", "redrive", "--data", folder)
    assert "nothing to send again" in again.err
    assert _stored(folder) == list(range(7))


def test_a_spool_that_a_sensor_holds_is_told_of_and_redriven_by_it(folder: pathlib.Path) -> None:
    settings = read_settings(None, {"store": {"folder": folder}})
    store = ParquetStore(folder / "events", SystemClock())
    with open_way(
        folder / SPOOLS / "gate",
        sensor="gate",
        store=store,
        clock=SystemClock(),
        settings=SpoolSettings(),
    ):
        (status,) = statuses(settings, SystemClock())
        assert (status.name, status.running) == ("gate", True)
        (done,) = redrive(settings, store, SystemClock())
        assert (done.asked, done.put) == (2, 0)
    assert list((folder / SPOOLS / "gate" / "dead" / FOLDER).glob("*.ndjson"))
    assert reasons(settings, SystemClock()) == {}
    store.close()


def test_an_installation_without_a_spool_says_so(tmp_path: pathlib.Path) -> None:
    shown = citywatch("spool", "status", "--data", tmp_path)
    assert (shown.code, shown.out) == (0, "")
    assert "no spool yet" in shown.err
