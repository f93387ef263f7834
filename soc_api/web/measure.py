"""How a number, a size or a length of time is written in either language."""

from dataclasses import dataclass

from soc_api.web.text import LANGUAGES, Language
from soc_api.web.word import WORDS

_OCTETS = ("B", "kB", "MB", "GB", "TB", "PB")
_THOUSAND = 1000
_ROUNDS_UP = 999.5
_PLAIN_EXPONENT = -2
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_THIN_SPACE = "\u2009"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SIZES = (1, _MINUTE, _HOUR, _DAY)
_UNITS: dict[Language, tuple[str, str, str, str]] = {
    "zh": ("秒", "分", "小时", "天"),
    "en": ("s", "min", "h", "d"),
}


def number(value: float) -> str:
    """Write `value` with comma groups and about three figures after a decimal point."""
    if value == int(value):
        return f"{int(value):,}"
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2  # noqa: PLR2004 - three figures
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def octets(value: float) -> str:
    """Write a size in decimal units with at most three figures: 3.4 GB."""
    scaled, unit = float(value), 0
    while scaled >= _ROUNDS_UP and unit < len(_OCTETS) - 1:
        scaled, unit = scaled / _THOUSAND, unit + 1
    return f"{number(scaled if unit else round(scaled))} {_OCTETS[unit]}"


def power(value: float) -> str:
    """Write a small probability with a power of ten: 2.1 × 10⁻⁷."""
    digits, _, exponent = f"{value:.1e}".partition("e")
    if int(exponent) >= _PLAIN_EXPONENT:
        return number(value) if value >= 1 else f"{value:.2g}"
    return f"{digits} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def left(seconds: float, language: Language) -> str:
    """Write what is left of a clock: mm:ss, hh:mm:ss, days with hh:mm; or by how much it is over.

    The module `clock.js` writes the same every second.
    """
    size = abs(int(seconds))
    days, rest = divmod(size, _DAY)
    hours, minutes, second = rest // _HOUR, rest // _MINUTE % 60, rest % 60
    if days:
        text = f"{days:,} {_UNITS[language][3]} {hours:02d}:{minutes:02d}"
    elif hours:
        text = f"{hours:02d}:{minutes:02d}:{second:02d}"
    else:
        text = f"{minutes:02d}:{second:02d}"
    return WORDS["over"][LANGUAGES.index(language)].format(left=text) if seconds < 0 else text


@dataclass(frozen=True, slots=True)
class Measure:
    """Writes values with their units in one language."""

    language: Language

    def duration(self, seconds: float) -> str:
        """Write a length of time by its two largest units."""
        units = _UNITS[self.language]
        if seconds < _MINUTE:
            return f"{number(round(seconds, 2 if seconds < 1 else 1))} {units[0]}"
        rank = 1 if seconds < _HOUR else 2 if seconds < _DAY else 3
        whole, rest = divmod(int(seconds), _SIZES[rank])
        smaller = rest // _SIZES[rank - 1]
        return f"{whole:,} {units[rank]}" + (f" {smaller:02d} {units[rank - 1]}" if smaller else "")

    def age(self, seconds: float) -> str:
        """Write an age by its largest unit."""
        rank = sum(seconds >= size for size in _SIZES[1:])
        return f"{max(int(seconds), 0) // _SIZES[rank]:,} {_UNITS[self.language][rank]}"

    def share(self, value: float) -> str:
        """Write a share of one in per cent."""
        space = "" if self.language == "zh" else _THIN_SPACE
        return f"{number(round(value * 100, 1))}{space}%"

    def quantity(self, value: float | None, unit: str) -> str:
        """Write a value of a reason in its unit; what is not known is said so."""
        if value is None:
            return self._word("unknown")
        match unit:
            case "octets":
                return octets(value)
            case "seconds":
                return self.duration(value)
            case "share":
                return self.share(value)
            case "per_minute":
                return self._word("per_minute").format(value=number(value))
            case _:
                return number(value)

    def band(self, low: float | None, high: float, unit: str) -> str:
        """Write what is usual from `low` to `high`, the unit once if both have the same."""
        first, last = self.quantity(low, unit), self.quantity(high, unit)
        figure, _, unit_first = first.rpartition(" ")
        shared = figure and unit_first == last.rpartition(" ")[2]
        return f"{figure if shared else first}–{last}"

    def _word(self, key: str) -> str:
        return WORDS[key][LANGUAGES.index(self.language)]
