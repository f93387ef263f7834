"""The sensor: the inputs of the settings are read."""

from sensors.input.stopping import Stop
from situation.settings import Settings
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.sensing.process import run_sensor


def sense(settings: Settings, stop: Stop) -> None:
    """Read the inputs of the settings until `stop`, or until who started it is gone."""

    def read(wanted: Stop, voice: Voice) -> None:
        run_sensor(settings, wanted, lambda _status: voice.well())

    insist(read, stop, Voice("the sensor"))
