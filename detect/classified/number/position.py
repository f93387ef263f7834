"""Coordinates: pairs of degrees within the country, in either order (WGS 84, GCJ-02)."""

import re
from typing import Final

from detect.classified.number.number import Number
from detect.classified.recogniser import Judged

LATITUDES: Final = (3.8, 53.6)
LONGITUDES: Final = (73.5, 135.1)

_PAIR: Final = Judged(0.7, ("box",))
_KEYED: Final = Judged(0.8, ("box", "keys"))
_DEGREES: Final = re.compile(r"[0-9]{1,3}\.[0-9]{4,}")


def _within(degrees: float, box: tuple[float, float]) -> bool:
    return box[0] <= degrees <= box[1]


def in_country(first: float, second: float) -> bool:
    """Tell whether two degrees, in either order, lie in the box around the country."""
    return (_within(first, LATITUDES) and _within(second, LONGITUDES)) or (
        _within(second, LATITUDES) and _within(first, LONGITUDES)
    )


def _form(found: str) -> str:
    return ",".join(_DEGREES.findall(found)) + (
        "k" if re.search("[A-Za-z经纬\u00b0]", found) else ""
    )


def _position(value: str) -> Judged | None:
    first, second = map(float, value.rstrip("k").split(","))
    if not in_country(first, second):
        return None
    return _KEYED if value.endswith("k") else _PAIR


_FIGURE: Final = r"[0-9]{1,3}\.[0-9]{4,15}"
_KEY: Final = (
    r"(?:[\"']?(?:lng|lon|longitude|lat|latitude|经度|纬度|东经|北纬|[xyXYEN])"
    r"[\"']?\s*[:=]?\s*[\"']?)"
)
_BETWEEN: Final = (
    r"[\"']?(?:\u00b0?\s?[ENen]?\s*[,，;；、/|]\s*|\u00b0\s?[ENen]?\s+|\s?[ENen]\s+"
    r"|\s+(?=[\"'A-Za-z经纬东北]))"
)
_PAIR_FOLLOWS: Final = rf"[ \t]+{_FIGURE}(?:\s?[,，;]|[ \t]+{_FIGURE}(?![0-9]|[ \t]+-?[0-9]))"
_ALONE: Final = r"(?![ \t]+-?[0-9]{1,3}\.[0-9]{4})"
_BLANKS: Final = rf"{_FIGURE}[ \t]+{_FIGURE}(?![0-9])(?:(?={_PAIR_FOLLOWS})|{_ALONE})"
"""Two figures with nothing but a blank between, and at most another pair behind them: more of
them in a row are measurements."""
_RUN: Final = re.compile(rf"([,，;]\s?)?(?<![0-9.])((?:{_FIGURE}[ \t]+)+)$")


def _may_begin(before: str) -> bool:
    """Tell whether the figures that stand before a pair are pairs themselves."""
    run = _RUN.search(before)
    return run is None or (len(run[2].split()) - bool(run[1])) % 2 == 0


_WAKES: Final = (r"[0-9]{1,3}\.[0-9]{4}[^\n]{0,40}[0-9]\.[0-9]{4}",)

POSITIONS: Final = (
    Number(
        kind="gps",
        group=14,
        wakes=_WAKES,
        shape=rf"{_KEY}?{_FIGURE}{_BETWEEN}{_KEY}?{_FIGURE}(?:\u00b0\s?[ENen]?)?",
        judge=_position,
        form=_form,
        left=r"(?<![0-9A-Za-z.\-])",
        decimals=True,
    ),
    Number(
        kind="gps",
        group=14,
        wakes=_WAKES,
        shape=_BLANKS,
        judge=_position,
        form=_form,
        left=r"(?<![0-9A-Za-z.\-])",
        beside=_may_begin,
        decimals=True,
    ),
)
