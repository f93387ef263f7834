"""Children under 14: all data about them is sensitive (个人信息保护法 art 28)."""

import datetime as dt
from typing import Final

AGE: Final = 14


class Childhood:
    """Tells by a date of birth who is under 14 on a day."""

    def __init__(self, today: dt.date) -> None:
        self._last = f"{today:%Y%m%d}"
        self._first = f"{today.year - AGE:04}{self._last[4:]}"

    def young(self, number: str) -> bool:
        """Return whether the holder of an 18-digit identity number is under 14."""
        return self.born(number[6:14])

    def born(self, day: str) -> bool:
        """Return whether who was born on a day (YYYYMMDD) is under 14 and born at all."""
        return self._first < day <= self._last
