"""The packet sensor as the desk runs it: with the settings of the installation, and watched."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sensors.meter.settings import MeterSettings
from situation.settings import Settings

if TYPE_CHECKING:
    from sensors.metering import Metered, Metering
    from sensors.sharding import Sharding

Progress = Callable[[str, int, int], None]
"""Told of a stage's name, how much of it is done and how much there is."""


def meter_settings(settings: Settings) -> MeterSettings:
    """Return the meter's own settings as the installation has them."""
    sensor = settings.sensor
    return MeterSettings(
        tcp_idle_seconds=sensor.tcp_idle_seconds,
        udp_idle_seconds=sensor.other_idle_seconds,
        other_idle_seconds=sensor.other_idle_seconds,
        active_seconds=sensor.active_seconds,
    )


def watched(metering: "Metering | Sharding", progress: Progress) -> "Iterator[Metered]":
    """Yield the batches, telling of the compilation that a fresh installation begins with."""
    from sensors.compilation import needs_compilation  # noqa: PLC0415 - a live sensor needs no compiler

    compiles = needs_compilation()
    if compiles:
        progress("compile", 0, 1)
    for metered in metering.batches(lambda done, total: progress("meter", done, total)):
        if compiles:
            progress("compile", 1, 1)
            compiles = False
        yield metered
