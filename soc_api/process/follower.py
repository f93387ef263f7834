"""The follower: whatever comes into the stores is judged, and live packets are kept for it."""

import time

from sensors.input.stopping import Stop
from situation.faults import Conflict, Unavailable
from situation.settings import Settings
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.replay import judge
from soc_api.slices import Slices
from soc_api.wiring import open_city

FOLLOW_SECONDS = 2.0
"""Pause between two looks at what came in."""

SLICE_SECONDS = 10.0
"""Pause between two looks at the packets that live capture left."""


def follow(settings: Settings, stop: Stop) -> None:
    """Judge whatever comes into the stores until `stop`; a store that is away is waited for.

    It ends with the process that started it, too, even one that was killed.
    """

    def judge_all(wanted: Stop, voice: Voice) -> None:
        with open_city(settings) as city:
            slices, tried, due = Slices(city), set[str](), 0.0
            while not wanted.wait(FOLLOW_SECONDS):
                try:
                    judge(city, drill_id=None)
                    if time.monotonic() >= due:
                        due = time.monotonic() + SLICE_SECONDS
                        slices.keep_live(tried)
                    voice.well()
                except (Unavailable, Conflict) as fault:
                    voice.ill(fault)

    insist(judge_all, stop, Voice("following"))
