"""What all resources of a scan share: the rules of the day and the key for counting."""

import datetime as dt
from dataclasses import dataclass

from detect.classified.ruleset import Ruleset, open_ruleset
from situation.clock import CITY_ZONE, Clock
from situation.scan_settings import ScanSettings


@dataclass(frozen=True, slots=True)
class Tools:
    """The rules, and the key under which values are hashed to count them."""

    ruleset: Ruleset
    key: bytes


def open_tools(settings: ScanSettings, key: bytes, clock: Clock, *, pure: bool = False) -> Tools:
    """Open the rules for the day that it is in the city, by which ages are told.

    `pure` is for a text or two: nothing is compiled, which takes longer than they do.
    Raises `Misconfigured` with every fault of the city's own patterns.
    """
    return Tools(open_ruleset(settings, today_of(clock), pure=pure), key)


def today_of(clock: Clock) -> dt.date:
    """Return the day in the city."""
    return clock.now().astimezone(CITY_ZONE).date()
