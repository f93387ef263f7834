"""What a report says before a person writes: the items that the incident itself can tell.

A report is written in the language that it goes out in, Chinese. An item that nobody knows yet
stays empty, so that it is seen to be missing.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.facts import flat
from playbooks.plan import Plan
from playbooks.plan.report import ReportItem
from situation.assets import UNKNOWN
from situation.clock import CITY_ZONE
from situation.state.tables import Alert, Incident, Task

RANSOMWARE = "malicious_program/ransomware"
"""The type of incident whose reports state the ransom."""

_SHOWN = 20
_PER_CENT = 100
_NO_HARM = ("operator", "object_importance", "exercise", "sector", "ransomware")
_UNITS = {"minutes": " 分钟", "persons": " 人", "rmb": " 元", "count": " 次"}
_RANSOM = {"ransom_amount": "amount", "ransom_method": "method", "ransom_date": "date"}
_EARLIER = {"measures": "measures_taken", "harm": "impact", "remedies": "measures_taken"}
"""Items that an earlier report told under another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a report is filled from. `alerts` oldest first; `earlier` the items told before."""

    plan: Plan
    incident: Incident
    alerts: Sequence[Alert]
    done: Sequence[Task]
    earlier: Mapping[str, object]
    number: int
    reporter: str
    now: dt.datetime


def is_ransomware(incident: Incident) -> bool:
    """Tell whether a report of the incident states the ransom."""
    return incident.category == RANSOMWARE or "ransomware" in incident.facts


def form_of(plan: Plan, incident: Incident, kind: str) -> tuple[ReportItem, ...]:
    """Return the items of a kind of report of this incident, in the order of the form."""
    ransomware = is_ransomware(incident)
    return tuple(row for row in plan.report_form(kind) if row.only is None or ransomware)


def filled(form: Sequence[ReportItem], known: Known) -> dict[str, object]:
    """Return the items by key: what was told before, else what is known; some always fresh."""
    items: dict[str, object] = {}
    for row in form:
        key = row.key
        earlier = known.earlier.get(key) or known.earlier.get(_EARLIER.get(key, ""))
        told = None if key in _FRESH else earlier
        items[key] = str(told or FILLERS.get(key, _nothing)(known))
    return items


def on_paper(at: dt.datetime) -> str:
    """Return a time as a report has it: the city's time to the minute."""
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def _nothing(_known: Known) -> str:
    return ""


def _unit(known: Known) -> str:
    return "" if known.incident.department == UNKNOWN else known.incident.department


def _system(known: Known) -> str:
    incident = known.incident
    name = "" if incident.asset == UNKNOWN else incident.asset
    host = incident.host_ip or ""
    return f"{name}（{host}）" if name and host else name or host


def _place(known: Known) -> str:
    district = known.incident.district
    return known.plan.city.zh + ("" if district == UNKNOWN else district)


def _type(known: Known) -> str:
    category, sub = known.plan.sub_category(known.incident.category)
    return f"{category.zh} / {sub.zh}"


def _level(known: Known) -> str:
    return known.plan.scale_value("level", str(known.incident.level)).zh


def _impact(known: Known) -> str:
    paths = flat(known.incident.facts)
    return "\n".join(
        f"{known.plan.metric(key).zh}：{_value(known.plan, key, value)}{_sureness(known, key)}"
        for key, value in paths.items()
        if key.partition(".")[0] not in _NO_HARM
    )


def _value(plan: Plan, key: str, value: object) -> str:
    unit = plan.metric(key).unit
    if unit == "value":
        return plan.scale_value(key, str(value)).zh
    if unit == "share" and isinstance(value, (int, float)):
        return f"{value * _PER_CENT:g}%"
    return f"{value:,}{_UNITS[unit]}" if isinstance(value, (int, float)) else str(value)


def _sureness(known: Known, key: str) -> str:
    source = known.incident.fact_sources.get(key)
    proved = isinstance(source, Mapping) and source.get("state") == "proved"
    return "" if proved else "（待核实）"


def _measures_taken(known: Known) -> str:
    kept = ["平台已保存事件记录作为证据"] if known.alerts else []
    return "\n".join(kept + [f"已完成：{task.title_zh}" for task in known.done])


def _path(known: Known) -> str:
    return "\n".join(
        f"{on_paper(alert.first_seen)} {alert.sentence_zh}" for alert in known.alerts[:_SHOWN]
    )


def _ransom(known: Known, key: str) -> str:
    told = known.incident.facts.get("ransomware")
    value = told.get(_RANSOM[key]) if isinstance(told, Mapping) else None
    return "" if value is None else str(value)


FILLERS: dict[str, Callable[[Known], str]] = {
    "reported_at": lambda known: on_paper(known.now),
    "report_number": lambda known: f"第{known.number}次",
    "organisation": lambda known: known.plan.city.office_zh,
    "reporter": lambda known: known.reporter,
    "phone": lambda known: known.plan.city.contact,
    "unit": _unit,
    "system": _system,
    "found_at": lambda known: on_paper(known.incident.discovered_at),
    "occurred_at": lambda known: on_paper(known.incident.first_seen),
    "place": _place,
    "type": _type,
    "level": _level,
    "impact": _impact,
    "measures_taken": _measures_taken,
    "ransom_amount": lambda known: _ransom(known, "ransom_amount"),
    "ransom_method": lambda known: _ransom(known, "ransom_method"),
    "ransom_date": lambda known: _ransom(known, "ransom_date"),
    "path": _path,
    "nature": _type,
    "measures": _measures_taken,
    "harm": _impact,
    "remedies": _measures_taken,
}
"""What the incident tells of an item, by its key."""

_FRESH = ("reported_at", "report_number", "reporter", "level", "type")
"""Items that are never taken from an earlier report."""
