"""The sender: what is due in the outbox leaves."""

import contextlib

from playbooks.outbox.opening import open_channels
from playbooks.outbox.worker import deliver_due, turn
from sensors.input.stopping import Stop
from situation.clock import Clock, SystemClock
from situation.faults import Conflict, Unavailable
from situation.settings import Settings
from situation.state.store import StateStore
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.wiring import open_state

DELIVER_SECONDS = 1.0
"""Pause between two looks into the outbox."""


def tend(settings: Settings, stop: Stop) -> None:
    """Send what is due until `stop`, or until who started it is gone."""

    def send_all(wanted: Stop, voice: Voice) -> None:
        clock = SystemClock()
        with (
            contextlib.closing(open_state(settings, clock)) as state,
            turn(settings.store.folder) as owner,
        ):
            voice.well()
            attend(settings, (state, clock), wanted, owner=owner, voice=voice)

    insist(send_all, stop, Voice("sending"))


def attend(
    settings: Settings, desk: tuple[StateStore, Clock], stop: Stop, *, owner: str, voice: Voice
) -> None:
    """Deliver until `stop`. A database that is away is tried again with the next look.

    It opens the state store alone.
    """
    state, clock = desk
    channels = open_channels(settings)
    while not stop.wait(DELIVER_SECONDS):
        try:
            deliver_due(state, channels, clock, owner=owner)
            voice.well()
        except (Unavailable, Conflict) as fault:
            voice.ill(fault)
