"""What the pages are told of the scan by the settings: its targets, its limits, its rules."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from detect.classified.ruleset import Ruleset, open_ruleset
from situation.clock import CITY_ZONE
from situation.scan_settings import ScanTargetSettings
from situation.settings import Settings

Edition = tuple[dt.date, float]
"""Day and time of the file of own patterns: a ruleset holds for one of both."""


@dataclass(frozen=True, slots=True)
class Scanning:
    """The scan of one installation, as its settings have it; of none where there are none."""

    settings: Settings = field(default_factory=lambda: Settings.model_validate({}))
    _made: dict[Edition, Ruleset] = field(default_factory=dict, compare=False, repr=False)

    @property
    def targets(self) -> Mapping[str, ScanTargetSettings]:
        """The targets by their names."""
        return self.settings.scans

    def ruleset(self, now: dt.datetime) -> Ruleset:
        """Return the ruleset of now; it is made once for a day and an edition of own patterns.

        Raises `Misconfigured` with every fault of the file of own patterns.
        """
        today = now.astimezone(CITY_ZONE).date()
        edition = (today, self._edited())
        if edition not in self._made:
            # Without Vectorscan it finds the same and is made at once, which is what a page needs.
            made = open_ruleset(self.settings.scan, today, pure=True)
            self._made.clear()
            self._made[edition] = made
        return self._made[edition]

    def _edited(self) -> float:
        file = self.settings.scan.patterns
        return file.stat().st_mtime if file and file.exists() else 0.0
