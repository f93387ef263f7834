"""The sums of one sensor over its whole life: inputs, spool and store tell the same number."""

import pathlib

from situation.sensor_status import SensorStatus
from tests.faults.load import Load
from tests.faults.senders import sending
from tests.faults.site import Site, reported, site
from tests.faults.sums import originals, settled

SEED = 8
LIVES = 2
REPORTS = 2
BLANK, STRANGE = "\n" * 7, "no syslog at all\n\ufffd\n"


def life(own: Site, load: Load) -> SensorStatus:
    """Let a sensor run under load, read some of its reports, and return its last one."""
    own.start()
    with sending(load.senders), (load.logs / "other.log").open("a") as other:
        load.await_traffic(own)
        seen: set[str] = set()
        while len(seen) < REPORTS:
            other.write(BLANK + STRANGE)
            other.flush()
            report = reported(own, lambda report: str(report.reported_at) not in seen)
            seen.add(str(report.reported_at))
    return own.stop()


def test_what_came_in_is_stored_or_counted_in_every_life(tmp_path: pathlib.Path) -> None:
    load = Load(tmp_path, SEED)
    accepted = 0
    with site(tmp_path, load.inputs) as own:
        for _ in range(LIVES):
            last = life(own, load)
            events = sum(one.events for one in last.inputs)
            assert events > 0
            assert last.spool.accepted - accepted == events
            accepted = last.spool.accepted
            files = next(one for one in last.inputs if one.name == "files")
            assert sum(files.skipped.values()) >= len(BLANK)
            assert sum(files.faults.values()) >= 1
            assert settled(last.spool) + last.spool.waiting == accepted
        with own.store() as store:
            assert originals(store).total() == last.spool.stored
    assert last.spool.waiting == 0
    assert last.spool.damaged == 0
