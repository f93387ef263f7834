"""Number plates of the mainland (GA 36-2018) and vehicle identification numbers (GB 16735)."""

import re
from typing import Final

from detect.classified.number.check import vehicle
from detect.classified.number.number import Number
from detect.classified.recogniser import LIKELY, SHAPE, Judged

_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN: Final = "[A-HJ-NP-Za-hj-np-z0-9]"
_POWER: Final = "[A-HJKa-hjk]"
"""Letters of electric (A-E) and other (F-K) new-energy vehicles."""
_BETWEEN: Final = "[ \u00b7•・.\\-]?"

_PLATE: Final = Judged(0.7, ("shape",))
_LOOSE: Final = Judged(SHAPE + 0.1, ("shape",))
_VIN: Final = Judged(LIKELY - 0.1, ("check",))
_HEXADECIMAL: Final = Judged(SHAPE + 0.1, ("check",))
_VIN_SHAPE: Final = Judged(SHAPE, ("shape",))

_LETTERS: Final = re.compile("[A-Z]")
_HEX: Final = re.compile("[0-9A-F]+")
_LETTERS_AT_LEAST: Final = 3
"""Letters that a vehicle number has: its maker takes three places, mostly letters."""
MOST_LETTERS: Final = 2
"""Letters among the five signs of an ordinary plate."""


def _plate_form(found: str) -> str:
    return re.sub(r"[\s\u00b7•・.\-]", "", found).upper()


def _plate(value: str) -> Judged:
    """Judge a plate; letters in the tail alone are what words look like."""
    tail = value[2:]
    if len(_LETTERS.findall(tail)) > MOST_LETTERS and tail[-1] not in "使领挂学警港澳":
        return _LOOSE
    return _PLATE


def _vin(value: str) -> Judged | None:
    digits = sum(char.isdigit() for char in value)
    if digits > len(value) - _LETTERS_AT_LEAST or not value[-4:].isdigit():
        return None
    if not vehicle(value):
        return _VIN_SHAPE
    return _HEXADECIMAL if _HEX.fullmatch(value) else _VIN


def _province_wakes() -> str:
    return "(?:" + "|".join(_PROVINCES) + ")"


_WAKE_GAP: Final = r"(?:[ .\-]|\xc2\xb7|\xe2\x80\xa2|\xe3\x83\xbb|\xc2\xa0|\xe3\x80\x80)?"

VEHICLE_NUMBERS: Final = (
    Number(
        kind="plate",
        group=9,
        wakes=(
            f"(?i){_province_wakes()}[A-Z]{_WAKE_GAP}[0-9A-Z]{{3}}",
            f"WJ{_WAKE_GAP}(?:[0-9]|{_province_wakes()}){_WAKE_GAP}[0-9]",
            "[0-9]{6}(?:使|领)",
        ),
        shape=rf"[{_PROVINCES}][A-HJ-NP-Za-hj-np-z]{_BETWEEN}"
        rf"(?:{_POWER}{_SIGN}[0-9]{{4}}(?![0-9A-Za-z])|[0-9]{{5}}{_POWER}(?![0-9A-Za-z])"
        rf"|{_SIGN}{{4}}[挂学警港澳使领]|{_SIGN}{{5}}(?![0-9A-Za-z]))"
        rf"|WJ{_BETWEEN}(?:[{_PROVINCES}]|[0-9]{{2}}){_BETWEEN}[0-9]{{4}}[0-9A-HJ-NP-Z](?![0-9A-Za-z])"
        r"|(?<![0-9A-Za-z])[0-9]{6}[使领](?![馆事])",
        left="",
        right="",
        judge=_plate,
        form=_plate_form,
        decimals=True,
    ),
    Number(
        kind="vin",
        group=9,
        wakes=("(?i)[A-HJ-NPR-Z0-9]{13}[0-9]{4}",),
        shape="[A-HJ-NPR-Z0-9]{13}[0-9]{4}|[a-hj-npr-z0-9]{13}[0-9]{4}",
        judge=_vin,
    ),
)
