"""Logs of clocks that went mad: all is kept and tagged, in few indices and partitions."""

import datetime as dt
import pathlib
from collections import Counter

import pytest

from situation.events.dataset import LOG
from situation.events.store import EventStore
from tests.faults.site import Site, files, site, until
from tests.faults.sums import ALL, originals

MAD = (
    "1969-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "2099-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "-2026-01-01T00:00:00Z",
    "99999-01-01T00:00:00Z",
    "2026-13-45T99:99:99Z",
)
OLD = ("1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z")
DAYS = 2000


def mad_lines() -> list[str]:
    """Return lines at times that are no days of a log, and one line of each of many days."""
    days = [dt.date(2080, 1, 1) + dt.timedelta(days=number) for number in range(DAYS)]
    times = [*MAD, *OLD, *(f"{day}T12:00:00Z" for day in days)]
    return [f"<13>1 {time} host-1 app - - - skew-{at}" for at, time in enumerate(times)]


def kept(own: Site, lines: list[str]) -> None:
    """Let the sensor read the lines and assert that the store has each of them once."""

    def is_there() -> bool:
        with own.store() as store:
            return store.count(ALL) >= len(lines)

    (own.folder / "logs").mkdir()
    own.start()
    (own.folder / "logs" / "app.log").write_text("".join(f"{one}\n" for one in lines))
    until(lambda: own.config.exists() and is_there(), own.said)
    report = own.stop()
    assert report.spool.dead_letters == {}
    assert report.spool.stored == len(lines)
    with own.store() as store:
        assert originals(store) == Counter(lines)
        _are_tagged(store)
        assert len(store.held(LOG)) <= len(OLD) + 2


def _are_tagged(store: EventStore) -> None:
    (frame,) = store.scan(ALL, ["event.original", "citywatch.log.fault"])
    faults = dict(frame.iter_rows())
    of_day = [fault for text, fault in faults.items() if int(text.rsplit("-", 1)[1]) > len(MAD)]
    assert Counter(of_day)["future"] == DAYS
    assert all(faults[line] for line in mad_lines()[: len(MAD)])


def test_a_folder_keeps_what_mad_clocks_wrote_in_few_partitions(tmp_path: pathlib.Path) -> None:
    with site(tmp_path, {"files": files(tmp_path / "logs")}) as own:
        kept(own, mad_lines())


@pytest.mark.elastic
@pytest.mark.xdist_group("elastic")
def test_elasticsearch_keeps_what_mad_clocks_wrote_in_few_indices(
    elasticsearch_url: str, prefix: str, tmp_path: pathlib.Path
) -> None:
    inputs = {"files": files(tmp_path / "logs")}
    with site(tmp_path, inputs, events=elasticsearch_url, prefix=prefix) as own:
        kept(own, mad_lines())
