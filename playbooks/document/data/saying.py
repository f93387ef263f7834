"""How values are said in a document: times, words of codes, fields of a form."""

import datetime as dt
from collections.abc import Mapping, Sequence

from playbooks.plan import Plan
from situation.clock import CITY_ZONE

Said = dict[str, object]
"""Values for a template; what differs by language is a mapping of `zh` and `en`."""

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def both(zh: str, en: str) -> Said:
    """Return the same in both languages."""
    return {"zh": zh, "en": en}


def worded(words: Mapping[str, tuple[str, str]], code: str | None) -> Said:
    """Return the words of a code; one that is unknown stands for itself."""
    return both(*words.get(code or "", (code or "", code or "")))


def day(at: dt.datetime | None) -> Said:
    """Return the day of the city, as a document is dated; nothing for None."""
    if at is None:
        return both("", "")
    local = at.astimezone(CITY_ZONE)
    zh = f"{local.year}年{local.month}月{local.day}日"
    return both(zh, f"{local.day} {_MONTHS[local.month - 1]} {local.year}")


def iso_day(at: dt.datetime | None) -> str:
    """Return the day of the city for machines; nothing for None."""
    return at.astimezone(CITY_ZONE).date().isoformat() if at else ""


def minute(at: dt.datetime | None) -> Said:
    """Return day and minute in the city's time; nothing for None."""
    if at is None:
        return both("", "")
    date, local = day(at), at.astimezone(CITY_ZONE)
    return both(f"{date['zh']}{local.hour}时{local:%M}分", f"{date['en']} {local:%H:%M}")


def stamp(at: dt.datetime | None) -> str:
    """Return the city's time to the second, as tables have it; nothing for None."""
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}" if at else ""


def level_of(plan: Plan, level: int) -> Said:
    """Return the plan's words of a level."""
    return step_of(plan, "level", str(level))


def step_of(plan: Plan, scale: str, code: str | None) -> Said:
    """Return the plan's words of a step of a scale; nothing for None, else the code itself."""
    words = {row.key: (row.zh, row.en) for row in plan.scale_values if row.scale == scale}
    return worded(words, code)


def office_of(plan: Plan) -> Said:
    """Return the office that writes the documents, and how it is reached."""
    city = plan.city
    return {
        "office": both(city.office_zh, city.office_en),
        "issuer": both(city.zh, city.en),
        "contact": city.contact,
    }


def titled(zh: str, en: str, *, drill: bool) -> Said:
    """Return a title; that of a drill says so, once."""
    if not drill:
        return both(zh, en)
    return both(zh if "演练" in zh else f"【演练】{zh}", en if "[DRILL]" in en else f"[DRILL] {en}")


def field(label: Said, value: object) -> Said:
    """Return a line of a form; a list of values becomes lines of text."""
    return {"label": label, "value": text_of(value)}


def text_of(value: object) -> Said:
    """Return a value as text in both languages: words, a list of them, or anything plain."""
    if isinstance(value, Mapping):
        return both(_line(value.get("zh")), _line(value.get("en")))
    if isinstance(value, Sequence) and not isinstance(value, str):
        each = [text_of(part) for part in value]
        return both(*("\n".join(str(part[key]) for part in each) for key in ("zh", "en")))
    if isinstance(value, bool):
        return both(*(("是", "yes") if value else ("否", "no")))
    return both(_line(value), _line(value))


def _line(value: object) -> str:
    return "" if value is None else str(value)
