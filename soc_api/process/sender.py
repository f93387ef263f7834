"""The sender: what is due in the outbox leaves."""

from playbooks.outbox.opening import open_channels
from playbooks.outbox.worker import deliver_due, turn
from sensors.input.stopping import Stop
from situation.faults import Conflict, Unavailable
from situation.settings import Settings
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city

DELIVER_SECONDS = 1.0
"""Pause between two looks into the outbox."""


def tend(settings: Settings, stop: Stop) -> None:
    """Send what is due until `stop`, or until who started it is gone."""

    def send_all(wanted: Stop, voice: Voice) -> None:
        with open_city(settings) as city, turn(settings.store.folder) as owner:
            voice.well()
            attend(settings, city, wanted, owner=owner, voice=voice)

    insist(send_all, stop, Voice("sending"))


def attend(settings: Settings, city: City, stop: Stop, *, owner: str, voice: Voice) -> None:
    """Deliver until `stop`. A database that is away is tried again with the next look."""
    channels = open_channels(settings)
    while not stop.wait(DELIVER_SECONDS):
        try:
            deliver_due(city.state, channels, city.clock, owner=owner)
            voice.well()
        except (Unavailable, Conflict) as fault:
            voice.ill(fault)
