"""Reasons of an alert as bars on a log axis: usual band, medians, observed value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from soc_api.web.text import Text

AXIS_WIDTH = 200
"""Width of the drawing in its own units."""
_MARGIN = 14.0
_LEAST_DECADES = 1.0
"""The axis covers at least a decade, so that like values stand beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonBar:
    """One reason with the places of its marks on the axis, None for what is not known."""

    name: Text
    unit: str
    observed: float
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    peers: float | None
    seen_per_month: float | None
    at_observed: float
    at_usual: float | None
    at_low: float | None
    at_high: float | None
    at_peers: float | None

    @property
    def times_usual(self) -> float | None:
        """How many times the usual value was observed."""
        return self.observed / self.usual if self.usual else None


def reason_bar(reason: Mapping[str, object]) -> ReasonBar:
    """Place one reason, an object with the fields of `situation.claim.Reason`."""
    observed = _figure(reason.get("observed")) or 0.0
    usual, low, high, peers = (
        _figure(reason.get(key)) for key in ("usual", "usual_low", "usual_high", "peers")
    )
    axis = _Axis.around([observed, usual, low, high, peers])
    return ReasonBar(
        name=Text(str(reason.get("zh", "")), str(reason.get("en", ""))),
        unit=str(reason.get("unit", "count")),
        observed=observed,
        usual=usual,
        usual_low=low,
        usual_high=high,
        peers=peers,
        seen_per_month=_figure(reason.get("seen_per_month")),
        at_observed=axis.place(observed),
        at_usual=axis.place_known(usual),
        at_low=axis.place_known(low),
        at_high=axis.place_known(high),
        at_peers=axis.place_known(peers),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """A log axis by the decimal logarithms of its two ends."""

    least: float
    most: float

    @classmethod
    def around(cls, values: list[float | None]) -> "_Axis":
        logs = [math.log10(value) for value in values if value is not None and value > 0]
        most = max(logs, default=0.0)
        return cls(min([*logs, most - _LEAST_DECADES]), most)

    def place(self, value: float) -> float:
        """Return where `value` stands; zero and less stand at the left end."""
        share = 0.0
        if value > 0:
            share = (math.log10(value) - self.least) / (self.most - self.least)
        return round(_MARGIN + max(0.0, min(share, 1.0)) * (AXIS_WIDTH - 2 * _MARGIN), 1)

    def place_known(self, value: float | None) -> float | None:
        return None if value is None else self.place(value)


def _figure(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
