"""How a phrase or a time is written in either language."""

import datetime as dt
from dataclasses import dataclass

from situation.clock import CITY_ZONE
from soc_api.web.text import LANGUAGES, Language, Text
from soc_api.web.word import WORDS

ONE = (1, "1")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes in one language, for a reader in the city's time zone at `now`."""

    language: Language
    now: dt.datetime

    def word(self, key: str, **values: object) -> str:
        """Return the phrase of `key` with `values` in their places.

        A phrase with `count` may have a form of its own for one, under `key` and `_one`.
        """
        if values.get("count") in ONE:
            key = f"{key}_one" if f"{key}_one" in WORDS else key
        phrase = WORDS[key][LANGUAGES.index(self.language)]
        return phrase.format(**values) if values else phrase

    def say(self, text: Text) -> str:
        """Return the text in this language."""
        return text.zh if self.language == "zh" else text.en

    def day(self, at: dt.datetime) -> str:
        """Write the day: month and day, with the year if it is another one."""
        local = at.astimezone(CITY_ZONE)
        other_year = local.year != self.now.astimezone(CITY_ZONE).year
        if self.language == "zh":
            year = f"{local.year} 年 " if other_year else ""
            return f"{year}{local.month} 月 {local.day} 日"
        year = f" {local.year}" if other_year else ""
        return f"{local.day} {_MONTHS[local.month - 1]}{year}"

    def time(self, at: dt.datetime) -> str:
        """Write the minute; with the day unless it is today."""
        local = at.astimezone(CITY_ZONE)
        return f"{self._short_day(local)}{local:%H:%M}"

    def brief(self, at: dt.datetime) -> str:
        """Write the time of day if it is today, else the day alone."""
        return self._short_day(at.astimezone(CITY_ZONE)).strip() or self.time(at)

    def stamp(self, at: dt.datetime) -> str:
        """Write day and second, as evidence asks."""
        return f"{self.day(at)} {at.astimezone(CITY_ZONE):%H:%M:%S}"

    def instant(self, at: dt.datetime) -> str:
        """Write the time of day to the millisecond, for rows of one window."""
        local = at.astimezone(CITY_ZONE)
        return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"

    def span(self, start: dt.datetime, end: dt.datetime) -> str:
        """Write a span to the minute, the day only where it is not today."""
        if _same_day(start, end):
            return f"{self.time(start)}–{end.astimezone(CITY_ZONE):%H:%M}"
        return f"{self.time(start)} – {self.time(end)}"

    def window(self, start: dt.datetime, end: dt.datetime) -> str:
        """Write a window to the second: one day, two times; both days where they differ."""
        if _same_day(start, end):
            return f"{self.stamp(start)}–{end.astimezone(CITY_ZONE):%H:%M:%S}"
        return f"{self.stamp(start)} – {self.stamp(end)}"

    def _short_day(self, local: dt.datetime) -> str:
        today = self.now.astimezone(CITY_ZONE)
        if local.date() == today.date():
            return ""
        if self.language == "zh" and (local.year, local.month) == (today.year, today.month):
            return f"{local.day} 日 "
        return f"{self.day(local)} "


def _same_day(start: dt.datetime, end: dt.datetime) -> bool:
    return start.astimezone(CITY_ZONE).date() == end.astimezone(CITY_ZONE).date()
