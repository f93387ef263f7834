"""A store that goes away under load and comes back: what waits is told, nothing is lost."""

import pathlib
from typing import Final

import pytest

from tests.faults.gate import gate
from tests.faults.load import Load
from tests.faults.senders import sending
from tests.faults.site import reported, site, spool_status, until

SEED: Final = 5


@pytest.mark.elastic
@pytest.mark.xdist_group("elastic")
def test_a_store_that_was_away_under_load_has_each_line_once(
    elasticsearch_url: str, prefix: str, tmp_path: pathlib.Path
) -> None:
    load = Load(tmp_path, SEED)
    with (
        gate(elasticsearch_url) as between,
        site(tmp_path, load.inputs, events=between.url, prefix=prefix) as own,
    ):
        with sending(load.senders):
            own.start()
            reported(own, lambda report: report.spool.stored > 0)
            between.shut()
            away = reported(own, lambda report: report.spool.store == "away")
            assert away.spool.waiting > 0
            assert "refused" in away.spool.store_reason
            told = spool_status(own)
            between.open()
        last = load.finish(own)
    assert told["waiting"]
    assert told["circuit_reason"]
    assert last.spool.store == "up"
    assert last.spool.waiting == 0


@pytest.mark.elastic
@pytest.mark.xdist_group("elastic")
def test_a_sensor_started_without_its_store_keeps_what_it_takes_until_it_is_there(
    elasticsearch_url: str, prefix: str, tmp_path: pathlib.Path
) -> None:
    load = Load(tmp_path, SEED)
    with (
        gate(elasticsearch_url) as between,
        site(tmp_path, load.inputs, events=between.url, prefix=prefix) as own,
    ):
        between.shut()
        with sending(load.senders):
            own.start()
            until(lambda: len(load.pusher.sent) > 0, own.said)
            reported(own, lambda report: report.spool.store == "away" and report.spool.waiting > 0)
            assert own.stop().spool.waiting > 0
            between.open()
            own.start()
            load.await_traffic(own)
        load.finish(own)
