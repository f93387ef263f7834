"""The values of a report that the plan asks for."""

from playbooks.document.data import word
from playbooks.document.data.saying import (
    Said,
    both,
    day,
    field,
    iso_day,
    level_of,
    minute,
    office_of,
    titled,
    worded,
)
from playbooks.plan import Plan
from situation.state.tables import Incident, Report

_HEADING = "heading"
"""The form in the plan that says who reports, when and how often."""
_TO_COME = both("（待补报）", "(to be supplied)")


def report_data(plan: Plan, report: Report, incident: Incident) -> Said:
    """Return the values of a report for the templates report, closing and pi_notice."""
    drill = report.drill_id is not None
    kind = plan.report_kind(report.kind)
    title = titled(
        f"关于{_named(incident)}的{kind.zh}",
        f"{_headed(kind.en)}: {incident.title_en}",
        drill=drill,
    )
    labels = _labels(plan, report)
    reporting = {row.key for row in plan.report_form(report.kind) if row.form == _HEADING}
    return {
        **office_of(plan),
        **_way(report),
        "number": incident.id,
        "title": title,
        "subject": title,
        "kind": both(kind.zh, kind.en),
        "first": report.kind == "first",
        "persons": report.kind == "pi_persons",
        "grade": level_of(plan, incident.level),
        "drill": drill,
        "incident": incident.id,
        "incident_title": both(incident.title_zh, incident.title_en),
        "asset": incident.asset,
        "department": incident.department,
        "fields": _fields(report, labels),
        "reporting": _fields(report, {key: labels[key] for key in labels if key in reporting}),
        "sections": _fields(report, {key: labels[key] for key in labels if key not in reporting}),
        "to_come": _listed([labels[key] for key in labels if key in report.missing]),
    }


def _way(report: Report) -> Said:
    return {
        "serial": report.number,
        "addressee": report.addressee,
        "channel": worded(word.CHANNEL, report.channel),
        "on": iso_day(report.sent_at),
        "dated": day(report.sent_at or report.updated_at),
        "written_by": worded(word.ACTOR, report.written_by),
        "sent_by": worded(word.ACTOR, report.sent_by),
        "sent_at": minute(report.sent_at),
        "received_at": minute(report.received_at),
        "receipt_note": report.receipt_note,
    }


def _labels(plan: Plan, report: Report) -> dict[str, Said]:
    """Return the labels of the form in its order, then what the report has beyond it."""
    known = {row.key: both(row.zh, row.en) for row in plan.report_form(report.kind)}
    beyond = [str(key) for key in (*report.items, *report.missing) if str(key) not in known]
    return known | {key: both(key, key) for key in beyond}


def _fields(report: Report, labels: dict[str, Said]) -> list[Said]:
    return [
        field(label, _TO_COME if key in report.missing else report.items.get(key))
        for key, label in labels.items()
        if key in report.missing or report.items.get(key)
    ]


def _listed(labels: list[Said]) -> Said:
    zh, en = (str(label["zh"]) for label in labels), (str(label["en"]) for label in labels)
    return both("；".join(zh), "; ".join(en)) if labels else both("", "")


def _named(incident: Incident) -> str:
    return incident.title_zh.removeprefix("【演练】")


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]
