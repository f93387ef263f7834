"""A spool and its delivery, opened together."""

import contextlib
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from sensors.delivery.delivery import Delivery
from sensors.spool.spool import Spool
from situation.clock import Clock
from situation.events.store import EventWriter
from situation.settings import SpoolSettings

SPOOLS = "spool"
"""Folder of all spools in that of the installation; each sensor has one below it."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way from the inputs of a sensor to the store."""

    spool: Spool
    delivery: Delivery


@contextlib.contextmanager
def open_way(
    folder: pathlib.Path,
    *,
    sensor: str,
    store: EventWriter,
    clock: Clock,
    settings: SpoolSettings,
) -> Iterator[Way]:
    """Open the spool in `folder`; at the end release it, everything durable.

    Raises `Conflict` where another process holds it.
    """
    with contextlib.ExitStack() as opened:
        spool = Spool(folder, sensor=sensor, clock=clock, settings=settings)
        opened.callback(spool.close)
        delivery = Delivery(spool, store, clock, settings)
        opened.callback(delivery.close)
        yield Way(spool, delivery)
