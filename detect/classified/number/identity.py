"""Numbers of residents of the mainland (GB 11643-1999) and of those who are made like them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detect.classified.number.check import Octets, digits_of, mod_11_2, mod_11_2_all
from detect.classified.number.number import Judge, Many, Number
from detect.classified.number.region import KNOWN, PROVINCES, REGIONS
from detect.classified.recogniser import (
    GAP,
    LIKELY,
    POSSIBLE,
    SEPARATOR,
    SHAPE,
    Judged,
    behind,
)

FIRST_YEAR: Final = 1900

_CHECKED: Final = ("checksum", "date", "region")
FULL: Final = Judged(LIKELY, _CHECKED)
_NEW_REGION: Final = Judged(POSSIBLE, ("checksum", "date", "province"))
_OLD: Final = Judged(SHAPE, ("date", "region"))
_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *[0] * 87], np.int32)

_FEBRUARY: Final = 2

_DATE_WAKES: Final = "(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]"
_TAIL: Final = r"[0-9]{3}[0-9Xx]"


def birth_of(value: str) -> dt.date | None:
    """Return the date in eight digits, None where there is no such day."""
    try:
        return dt.date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return None


def _born(digits: str, today: dt.date) -> bool:
    birth = birth_of(digits)
    return birth is not None and birth.year >= FIRST_YEAR and birth <= today


def _resident(today: dt.date) -> Judge:
    def judge(value: str) -> Judged | None:
        if not mod_11_2(value) or not _born(value[6:14], today):
            return None
        if value[:6] in REGIONS:
            return FULL
        return _NEW_REGION if value[:2] in PROVINCES else None

    return judge


def _near(today: dt.date) -> Callable[[str], bool]:
    return lambda value: value[:6] in REGIONS and _born(value[6:14], today)


def _real_dates(digits: Octets, today: dt.date) -> NDArray[np.bool_]:
    """Tell which rows of YYYYMMDD are days from 1900 to today."""
    figures = digits.astype(np.int32)
    year = figures[:, :4] @ np.array([1000, 100, 10, 1], np.int32)
    month = figures[:, 4:6] @ np.array([10, 1], np.int32)
    day = figures[:, 6:8] @ np.array([10, 1], np.int32)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = np.where((month == _FEBRUARY) & ~leap, 28, _DAYS[np.clip(month, 0, 99)])
    number = (year * 100 + month) * 100 + day
    last = (today.year * 100 + today.month) * 100 + today.day
    return np.asarray((year >= FIRST_YEAR) & (day >= 1) & (day <= longest) & (number <= last))


def _residents(today: dt.date) -> Many:
    def many(values: Sequence[str]) -> NDArray[np.bool_]:
        digits = digits_of(values, 18)
        region = digits[:, :6].astype(np.int32) @ np.array([100_000, 10_000, 1000, 100, 10, 1])
        real = _real_dates(digits[:, 6:14], today)
        return np.asarray(mod_11_2_all(digits) & KNOWN[region] & real)

    return many


def _like(prefix: str, today: dt.date) -> Judge:
    """Judge those whose region is fixed by their kind."""
    judged = Judged(LIKELY, ("checksum", "date", prefix))
    return lambda value: judged if mod_11_2(value) and _born(value[6:14], today) else None


def _permanent(today: dt.date) -> Judge:
    """Judge 9, province (2), country (3), birth (8), order (3), check (the form of 2023)."""
    judged = Judged(LIKELY, ("checksum", "date", "province"))

    def judge(value: str) -> Judged | None:
        fits = value[1:3] in PROVINCES and _born(value[6:14], today) and mod_11_2(value)
        return judged if fits else None

    return judge


def _permanent_old(today: dt.date) -> Judge:
    """Judge three letters, region (4), birth (6), order (1), check (1): the form before 2023."""
    judged = Judged(SHAPE + 0.1, ("date", "province"))
    past = dt.date(1999, 12, 31)

    def judge(value: str) -> Judged | None:
        birth = value[7:13]
        real = _born("19" + birth, past) or _born("20" + birth, today)
        return judged if value[3:5] in PROVINCES and real else None

    return judge


def _resident_15(value: str) -> Judged | None:
    return _OLD if value[:6] in REGIONS and birth_of("19" + value[6:12]) else None


def _student(today: dt.date) -> Judge:
    resident = _resident(today)
    judged = Judged(LIKELY, ("checksum", "date", "region", "letter"))
    return lambda value: judged if resident(value[1:]) == FULL else None


def identity_numbers(today: dt.date) -> tuple[Number, ...]:
    """Return the recognisers; nobody is born after `today`."""
    return (
        Number(
            kind="resident_id",
            group=0,
            wakes=(f"[1-8][0-9]{{5}}{GAP}{_DATE_WAKES}{GAP}{_TAIL}",),
            shape=r"(?!8[123]0000)[1-8][0-9]{16}[0-9Xx]"
            rf"|(?!8[123]0000)[1-8][0-9]{{5}}({SEPARATOR})[0-9]{{8}}\1{_TAIL}",
            left=behind("id", "card", "number"),
            judge=_resident(today),
            near=_near(today),
            many=_residents(today),
            full=FULL,
        ),
        Number(
            kind="residence_permit",
            group=0,
            wakes=(f"8[123]0000{GAP}{_DATE_WAKES}{GAP}{_TAIL}",),
            shape=rf"8[123]0000(?:[0-9]{{11}}[0-9Xx]|({SEPARATOR})[0-9]{{8}}\1{_TAIL})",
            judge=_like("permit", today),
        ),
        Number(
            kind="permanent_residence",
            group=0,
            wakes=(f"9[1-8][0-9]{{4}}{GAP}{_DATE_WAKES}{GAP}{_TAIL}",),
            shape=rf"9[1-8][0-9]{{4}}(?:[0-9]{{11}}[0-9Xx]|({SEPARATOR})[0-9]{{8}}\1{_TAIL})",
            judge=_permanent(today),
        ),
        Number(
            kind="student_number",
            group=0,
            wakes=(f"[GLJglj][1-8][0-9]{{5}}{_DATE_WAKES}{_TAIL}",),
            shape=r"[GLJglj][1-8][0-9]{16}[0-9Xx]",
            judge=_student(today),
        ),
        Number(
            kind="resident_id_15",
            group=1,
            wakes=(f"[1-8][0-9]{{5}}{GAP}[0-9]{{2}}[01][0-9][0-3][0-9]{GAP}[0-9]{{3}}",),
            shape=rf"[1-8][0-9]{{14}}|[1-8][0-9]{{5}}({SEPARATOR})[0-9]{{6}}\1[0-9]{{3}}",
            judge=_resident_15,
        ),
        Number(
            kind="permanent_residence",
            group=1,
            wakes=("[A-Z]{3}[1-8][0-9]{5}[01][0-9][0-3][0-9]{3}",),
            shape=r"[A-Z]{3}[1-8][0-9]{11}",
            judge=_permanent_old(today),
        ),
    )
