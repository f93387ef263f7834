"""The values of a warning and of its lifting."""

import datetime as dt

from playbooks.document.data import word
from playbooks.document.data.saying import (
    Said,
    both,
    day,
    field,
    iso_day,
    minute,
    office_of,
    titled,
    worded,
)
from playbooks.plan import Plan
from situation.state.tables import CityWarning


def warning_data(plan: Plan, warning: CityWarning) -> Said:
    """Return the values of a warning for the templates warning and lift."""
    drill = warning.drill_id is not None
    title = titled(warning.title_zh, warning.title_en, drill=drill)
    colour = plan.colour(warning.colour)
    return {
        **office_of(plan),
        **_acts(warning),
        "office": _office(plan, warning),
        "number": warning.number,
        "title": title,
        "subject": title,
        "grade": both(colour.zh, colour.en),
        "colour": both(colour.zh, colour.en),
        "category": _category(plan, warning),
        "drill": drill,
        "fields": _fields(plan, warning),
        "duties": [
            {"position": place, "text": both(row.zh, row.en)}
            for place, row in enumerate(plan.colour_duties(warning.colour), 1)
        ],
    }


def _acts(warning: CityWarning) -> Said:
    return {
        "on": iso_day(_last_act(warning)),
        "dated": day(_last_act(warning)),
        "issued_at": minute(warning.issued_at),
        "issued_by": worded(word.ACTOR, warning.issued_by),
        "drafted_by": worded(word.ACTOR, warning.drafted_by),
        "lifted_at": minute(warning.lifted_at),
        "lifted_by": worded(word.ACTOR, warning.lifted_by),
        "lift_reason": warning.lift_reason.rstrip("。. "),
    }


def _office(plan: Plan, warning: CityWarning) -> Said:
    city = plan.city
    known = {city.office_zh: city.office_en}
    return both(warning.issuer, known.get(warning.issuer, warning.issuer))


def _last_act(warning: CityWarning) -> dt.datetime | None:
    return warning.lifted_at or warning.issued_at


def _category(plan: Plan, warning: CityWarning) -> Said:
    """Return the words of a category or sub-category of the plan, or what was written."""
    words = {row.key: (row.zh, row.en) for row in plan.categories}
    words |= {row.name: (row.zh, row.en) for row in plan.sub_categories}
    return worded(words, warning.category)


def _fields(plan: Plan, warning: CityWarning) -> list[Said]:
    colour = plan.colour(warning.colour)
    columns: dict[str, object] = {
        "category": _category(plan, warning),
        "colour": both(colour.zh, colour.en),
        "issuer": _office(plan, warning),
        "issued_at": minute(warning.issued_at),
        "number": warning.number,
    }
    known = {row.key: both(row.zh, row.en) for row in plan.warning_fields}
    labels = known | {key: both(key, key) for key in warning.fields if key not in known}
    values = {**warning.fields, **columns}
    return [
        field(label, values[key])
        for key, label in labels.items()
        if values.get(key) not in (None, "", both("", ""))
    ]
