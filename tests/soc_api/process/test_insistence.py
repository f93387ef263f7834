"""A process insists: what a person has to mend is said once, and it ends when asked."""

import pathlib
import signal
import threading

import pytest

from situation.settings import InputSettings, Settings, StoreSettings
from soc_api.process import insistence
from soc_api.process.sensor import sense


def test_a_sensor_that_a_person_has_to_mend_is_said_once_and_ends_with_its_console(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insistence, "MENDING_SECONDS", 0.05)
    stop = threading.Event()
    settings = Settings(
        store=StoreSettings(folder=tmp_path),
        inputs={"door": InputSettings(type="file"), "gate": InputSettings(type="http")},
    )
    handled = signal.getsignal(signal.SIGINT)
    asked = threading.Timer(2.0, stop.set)
    asked.start()
    try:
        sense(settings, stop)
    finally:
        signal.signal(signal.SIGINT, handled)
        asked.cancel()
    said = [record.getMessage() for record in caplog.records]
    assert len([one for one in said if one.startswith("the sensor waits: ")]) == 1
    assert "inputs.door: paths is needed" in said[0]
    assert "inputs.gate: api_key_file is needed" in said[0]
