"""Figures as people read them, alike in both languages."""

import datetime as dt

from situation.clock import CITY_ZONE

_UNITS = ("B", "kB", "MB", "GB", "TB")
_THREE_DIGITS, _TWO_DIGITS = 100, 10
_ROUNDS_TO_NEXT_UNIT = 999.5


def octets(value: float) -> str:
    """Write octets with a decimal unit, for example `182 MB`."""
    number, unit = float(value), 0
    while number >= _ROUNDS_TO_NEXT_UNIT and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{figure(number)} {_UNITS[unit]}"


def figure(value: float) -> str:
    """Write a number with at most three digits after its size demands them."""
    if abs(value) >= _THREE_DIGITS or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= _TWO_DIGITS else f"{value:.2g}"


def span(seconds: float) -> tuple[str, str]:
    """Write a duration in Chinese and English."""
    for size, zh, en in ((3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size * 1.5:
            value = figure(round(seconds / size, 1))
            return f"{value} {zh}", f"{value} {en}"
    return f"{figure(seconds)} 秒", f"{figure(seconds)} s"


def moment(time: dt.datetime) -> str:
    """Write a moment as the city's clocks show it."""
    return f"{time.astimezone(CITY_ZONE):%m-%d %H:%M}"


def percent(share: float) -> str:
    """Write a share as percent."""
    return f"{figure(round(100 * share, 1))}%"


def as_a_rule(usual: float | None, unit_zh: str, text: str | None = None) -> tuple[str, str]:
    """Write what is usual in Chinese and English; None is said as it is: nothing to compare."""
    if usual is None:
        return "尚无往常可比", "nothing earlier to compare"
    value = text or figure(usual)
    return f"往常 {value}{' ' + unit_zh if unit_zh else ''}", f"{value} as a rule"
