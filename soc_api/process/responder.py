"""The responder: causes start playbooks, the engine carries runs on, points follow."""

import concurrent.futures
import contextlib
import threading
import time
from collections.abc import Callable, Hashable

from playbooks.execution.engine import Engine, Turned
from playbooks.execution.following import start_due
from playbooks.measure.enforcing import enforce, pulse
from playbooks.outbox.worker import turn
from sensors.input.stopping import Stop
from situation.faults import Conflict, Unavailable
from situation.settings import Settings
from soc_api.house import install_playbooks, open_house, open_means
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city

TURN_SECONDS = 0.25
"""Pause between two turns of the engine: a cause that shows itself starts its run within one."""

SPELL_SECONDS = 0.5
"""How long a turn takes up steps before causes are looked for again."""

ENFORCE_SECONDS = 0.5
"""Pause between two looks whether a point has to be brought into line."""

TRUST_SECONDS = 10.0
"""How long points are taken to hold what they held; then what somebody changed is put right."""

LOCK_NAME = "playbooks.lock"

Voices = Callable[[str], Voice]


def respond(settings: Settings, stop: Stop) -> None:
    """Carry the playbooks on until `stop`, or until who started it is gone."""
    insist(lambda wanted, _voice: carry_out(settings, wanted, Voice), stop, Voice("playbooks"))


def carry_out(settings: Settings, stop: Stop, voices: Voices) -> None:
    """Start, carry on and enforce until `stop`; one process of an installation's folder does.

    Raise `Conflict` while another one is at it, `Unavailable` where a store is away,
    `Misconfigured` for a playbook of the city's own that is none.
    """
    with open_city(settings) as city, turn(settings.store.folder, LOCK_NAME) as owner:
        install_playbooks(city)
        over = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="points") as thread:
            enforcing = thread.submit(_enforce, city, stop, over, voices("the points"))
            try:
                _carry_on(city, stop, enforcing, voices("playbooks"), owner)
            finally:
                over.set()
        enforcing.result()


def _carry_on(
    city: City,
    stop: Stop,
    enforcing: "concurrent.futures.Future[None]",
    voice: Voice,
    owner: str,
) -> None:
    house = open_house(city)
    engine = Engine(city.state, house, open_means(city), city.clock, owner=owner)
    with contextlib.closing(engine):
        # A bug of the other thread ends the process, which is started again.
        pause = TURN_SECONDS
        while not stop.wait(pause) and not enforcing.done():
            pause = TURN_SECONDS
            try:
                start_due(city.state, house, city.clock)
                if engine.turn(SPELL_SECONDS) != Turned():
                    pause = 0.0
                voice.well()
            except (Unavailable, Conflict) as fault:
                voice.ill(fault)


def _enforce(city: City, stop: Stop, over: threading.Event, voice: Voice) -> None:
    points, folder = city.settings.points, city.settings.store.folder
    settled: Hashable = None
    trusted_until = 0.0
    while not stop.wait(ENFORCE_SECONDS) and not over.is_set():
        try:
            there = pulse(city.state)
            if there is not None and there == settled and time.monotonic() < trusted_until:
                continue
            settled, trusted_until = None, time.monotonic() + TRUST_SECONDS
            found = enforce(city.state, points, folder, city.clock)
        except (Unavailable, Conflict) as fault:
            voice.ill(fault)
            continue
        if found.away:
            name, reason = next(iter(found.away.items()))
            voice.ill(Unavailable(reason, where=f"points.{name}"))
        else:
            settled = there
            voice.well()
