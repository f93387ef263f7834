"""The settings of an installation, as the packet sensor takes them."""

from sensors.meter.settings import MeterSettings
from situation.settings import Settings


def meter_settings(settings: Settings) -> MeterSettings:
    """Return the meter's own settings as the installation has them."""
    sensor = settings.sensor
    return MeterSettings(
        tcp_idle_seconds=sensor.tcp_idle_seconds,
        udp_idle_seconds=sensor.other_idle_seconds,
        other_idle_seconds=sensor.other_idle_seconds,
        active_seconds=sensor.active_seconds,
    )
