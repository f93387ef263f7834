"""The scanner: the classified-data scans that were asked for are done."""

from playbooks.outbox.worker import turn
from playbooks.service import fold
from sensors.input.stopping import Stop
from situation.settings import Settings
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.scan.run.claiming import claim_run, is_due
from soc_api.wiring import City, open_city

LOOK_SECONDS = 1.0
"""Pause between two looks for runs."""

LOCK_NAME = "scan.lock"


def scan(settings: Settings, stop: Stop) -> None:
    """Do the scans that are wanted until `stop`, or until who started it is gone."""
    insist(lambda wanted, voice: scan_due(settings, wanted, voice), stop, Voice("the scan"))


def scan_due(settings: Settings, stop: Stop, voice: Voice) -> None:
    """Do scans until `stop`, one after the other; one process of an installation's folder does.

    Raises `Conflict` while another one is at it, `Unavailable` where a store is away.
    """
    with open_city(settings) as city, turn(settings.store.folder, LOCK_NAME) as owner:
        while not stop.wait(LOOK_SECONDS):
            run_id = _claim(city, owner)
            if run_id is None:
                continue
            _perform(city, run_id, owner, stop)
            voice.well()


def _claim(city: City, owner: str) -> str | None:
    with city.state.reading() as session:
        if not is_due(session, owner, city.clock.now()):
            return None
    with city.state.transaction() as session:
        run = claim_run(session, city.settings, owner, city.clock.now())
        return run.id if run else None


def _perform(city: City, run_id: str, owner: str, stop: Stop) -> None:
    # The rules take memory and a second that most installations never need.
    from soc_api.scan.key import open_key  # noqa: PLC0415
    from soc_api.scan.run.performing import Performance, nobody  # noqa: PLC0415
    from soc_api.scan.tools import open_tools  # noqa: PLC0415

    tools = open_tools(city.settings.scan, open_key(city.settings), city.clock)
    Performance(city, tools, run_id, owner, stop, nobody).perform()
    fold(city.state, city.plan, city.assets, city.clock, drill_id=None)
