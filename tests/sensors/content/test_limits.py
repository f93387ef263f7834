"""Limits are those of the settings."""

from sensors.content.limits import Limits, limits_of
from situation.scan_settings import ScanSettings


def test_limits_are_taken_from_the_settings() -> None:
    settings = ScanSettings(memory_mib=256, seconds=5, archive_depth=2, ocr="off")
    limits = limits_of(settings)
    assert (limits.memory_mib, limits.seconds, limits.archive_depth) == (256, 5, 2)
    assert not limits.ocr


def test_limits_and_settings_agree_by_default() -> None:
    assert limits_of(ScanSettings()) == Limits()
