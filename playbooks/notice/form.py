"""The form of a notice: its fields in both languages, in the order of the plan.

What stands in it is for one department: assets of others are counted, never named. What the
notice itself says (number, times, status, levels) is stamped on the form and never typed.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.plan import Plan
from playbooks.plan.notice import NoticeDeadline
from situation.assets import UNKNOWN, Assets
from situation.clock import CITY_ZONE
from situation.state.columns import JsonObject
from situation.state.tables import Alert, Incident, Notice

Words = tuple[str, str]
"""The same in Chinese and in English."""

UNKNOWN_WORDS: Words = ("未知", "unknown")
STATUS_WORDS: dict[str, Words] = {
    "sign_off": ("待签发", "waiting for sign-off"),
    "issued": ("已下发", "issued"),
}
NOTHING: Words = ("", "")
DRILL_MARK: Words = ("【演练】", "[DRILL]")
_ALERT_IDS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a notice is filled from. `alerts` are all alerts of the incident, oldest first."""

    plan: Plan
    assets: Assets
    incident: Incident
    alerts: Sequence[Alert]
    contact: str
    deadline: NoticeDeadline

    @property
    def own(self) -> list[Alert]:
        """Return the alerts that the department may see: its own, and those of no department."""
        mine = (self.incident.department, UNKNOWN)
        return [alert for alert in self.alerts if alert.department in mine]


def filled(content: Content) -> JsonObject:
    """Return the fields by key, each with its labels and its value or list of values."""
    return {
        row.key: field_of((row.zh, row.en), FIELDS[row.key](content))
        for row in content.plan.notice_fields
    }


def stamped(plan: Plan, notice: Notice) -> JsonObject:
    """Return the fields of a notice with what the notice itself says, as it is now."""
    return {
        key: _with_value(field, STAMPS[key](plan, notice)) if key in STAMPS else field
        for key, field in notice.fields.items()
    }


def field_of(label: Words, found: Words | list[Words]) -> JsonObject:
    """Return a field with its labels and its value or list of values."""
    value = [_value(words) for words in found] if isinstance(found, list) else _value(found)
    return {"label_zh": label[0], "label_en": label[1], "value": value}


def requested(plan: Plan, level: int) -> JsonObject:
    """Return the field of an incident's notice that says how urgent it is, by its key."""
    label = next((row.zh, row.en) for row in plan.notice_fields if row.key == "request")
    return {"request": field_of(label, _request(plan.notice_deadline(level)))}


def text_of(field: object, language: str = "zh") -> str:
    """Return the value of a field as it is typed: one line for each value."""
    value = field.get("value") if isinstance(field, Mapping) else field
    values = value if isinstance(value, list) else [value]
    return "\n".join(
        str(each.get(language, "")) if isinstance(each, Mapping) else str(each or "")
        for each in values
    )


def title(incident: Incident) -> Words:
    """Return the title of an incident's notice; that of a drill says so."""
    zh, en = f"关于{incident.title_zh}的通报", f"Notice: {incident.title_en}"
    drill_zh, drill_en = DRILL_MARK
    return (f"{drill_zh}{zh}", f"{drill_en} {en}") if incident.drill_id else (zh, en)


def office(plan: Plan) -> Words:
    """Return the office that issues notices."""
    return plan.city.office_zh, plan.city.office_en


def on_screen(at: dt.datetime) -> str:
    """Return a time as the form has it: the city's time to the second."""
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}"


def _with_value(field: object, words: Words) -> object:
    return {**field, "value": _value(words)} if isinstance(field, dict) else field


def _value(words: Words) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def same(text: str) -> Words:
    """Return what is the same in both languages."""
    return UNKNOWN_WORDS if text == UNKNOWN else (text, text)


def _source(content: Content) -> Words:
    city = content.plan.city
    return (
        f"{city.zh}网络安全态势感知平台监测发现",
        f"found by the monitoring platform of {city.en}",
    )


def _request(row: NoticeDeadline) -> Words:
    return (
        f"{row.zh}：在签收时限前签收，按处置要求处置，在反馈时限前反馈结果；逾期督办",
        f"{row.en}: sign for it, do what is required, report back in time; delays are followed up",
    )


def _host(content: Content) -> Alert | None:
    mine = [alert for alert in content.own if alert.host_ip == content.incident.host_ip]
    return mine[0] if mine else None


def _protection_level(content: Content) -> Words:
    host = _host(content)
    if host is None or host.protection_level is None:
        return UNKNOWN_WORDS
    level = host.protection_level
    return f"等保{'一二三四五'[level - 1]}级", f"level {level}"


def _cii(content: Content) -> Words:
    host = _host(content)
    if host is None or host.cii is None:
        return UNKNOWN_WORDS
    return ("是", "yes") if host.cii else ("否", "no")


def _type(content: Content) -> Words:
    category, sub = content.plan.sub_category(content.incident.category)
    return f"{category.zh} / {sub.zh}", f"{category.en} / {sub.en}"


def _level(plan: Plan, notice: Notice) -> Words:
    word = plan.scale_value("level", str(notice.level))
    return word.zh, word.en


def _hazard_level(plan: Plan, notice: Notice) -> Words:
    if notice.hazard_level is None:
        return NOTHING
    word = plan.scale_value("hazard_level", notice.hazard_level)
    return word.zh, word.en


def _colour(plan: Plan, notice: Notice) -> Words:
    row = next(row for row in plan.colours if row.level == notice.level)
    return row.zh, row.en


def _issued_at(_plan: Plan, notice: Notice) -> Words:
    return same(on_screen(notice.issued_at)) if notice.issued_at else STATUS_WORDS["sign_off"]


def _status(_plan: Plan, notice: Notice) -> Words:
    return STATUS_WORDS["issued" if notice.issued_at else "sign_off"]


def _scope(content: Content) -> list[Words]:
    mine = content.incident.department
    hosts = {(a.asset, a.host_ip) for a in content.alerts if a.department == mine and a.host_ip}
    others = {
        alert.host_ip
        for alert in content.alerts
        if alert.host_ip and alert.department not in (mine, UNKNOWN)
    }
    found = [same(f"{asset} {ip}") for asset, ip in sorted(hosts)]
    if others:
        found.append((f"另涉及其他单位资产 {len(others)} 个", f"{len(others)} assets of others"))
    return found


def _indicators(content: Content) -> list[Words]:
    addresses, domains, ports = set[str](), set[str](), set[str]()
    for alert in content.own:
        remote = (alert.source_ip, alert.destination_ip, alert.indicators.get("address"))
        addresses |= {str(ip) for ip in remote if ip and content.assets.of(str(ip)) is None}
        domains |= {str(name) for name in (alert.indicators.get("domain"),) if name}
        ports |= {str(port) for port in (alert.indicators.get("port"),) if port}
    rows = (("地址", "address", addresses), ("域名", "domain", domains), ("端口", "port", ports))
    return [(f"{zh} {each}", f"{en} {each}") for zh, en, found in rows for each in sorted(found)]


def _evidence(content: Content) -> list[Words]:
    own = content.own
    events = sum(alert.event_count for alert in own)
    start = on_screen(min(alert.window_start for alert in own))
    end = on_screen(max(alert.window_end for alert in own))
    ids = "、".join(alert.id[:12] for alert in own[:_ALERT_IDS_SHOWN])
    return [
        (f"告警 {len(own)} 条，事件记录 {events} 条", f"{len(own)} alerts, {events} event records"),
        (f"时间窗 {start} – {end}", f"window {start} – {end}"),
        (f"告警编号 {ids}", f"alert ids {ids.replace('、', ', ')}"),
    ]


def _path(content: Content) -> list[Words]:
    return [_stage(content.plan, alert) for alert in content.own]


def _stage(plan: Plan, alert: Alert) -> Words:
    kind = plan.detector(alert.category)
    stages = [word for word in plan.tactics if word.key in kind.tactics]
    zh = "、".join(word.zh for word in stages) or kind.zh
    en = ", ".join(word.en for word in stages) or kind.en
    at = on_screen(alert.first_seen)
    return (
        f"{at} {zh}（{alert.technique}）：{alert.sentence_zh}",
        f"{at} {en} ({alert.technique}): {alert.sentence_en}",
    )


def _measures_taken(_content: Content) -> Words:
    return (
        "平台已保存事件记录作为证据，未采取阻断措施",
        "event records kept as evidence; nothing blocked",
    )


def _measures_required(content: Content) -> list[Words]:
    kinds = {content.plan.detector(alert.category).key for alert in content.own}
    rows = [content.plan.measure(row.key) for row in content.plan.detectors if row.key in kinds]
    return [(row.zh, row.en) for row in rows]


def _contact(content: Content) -> list[Words]:
    theirs, ours = same(content.contact), content.plan.city.contact
    return [
        (f"处置单位：{theirs[0]}", f"department: {theirs[1]}"),
        (f"发文单位：{ours}", f"issuer: {ours}"),
    ]


FIELDS: dict[str, Callable[[Content], Words | list[Words]]] = {
    "number": lambda _: NOTHING,
    "title": lambda content: title(content.incident),
    "source": _source,
    "issuer": lambda content: office(content.plan),
    "department": lambda content: same(content.incident.department),
    "issued_at": lambda _: NOTHING,
    "handling_due": lambda _: NOTHING,
    "request": lambda content: _request(content.deadline),
    "status": lambda _: NOTHING,
    "asset": lambda content: same(content.incident.asset),
    "address": lambda content: same(content.incident.host_ip or UNKNOWN),
    "district": lambda content: same(content.incident.district),
    "protection_level": _protection_level,
    "cii": _cii,
    "type": _type,
    "level": lambda _: NOTHING,
    "first_seen": lambda content: same(on_screen(content.incident.first_seen)),
    "scope": _scope,
    "indicators": _indicators,
    "evidence": _evidence,
    "path": _path,
    "measures_taken": _measures_taken,
    "measures_required": _measures_required,
    "receipt_due": lambda _: NOTHING,
    "feedback_due": lambda _: NOTHING,
    "contact": _contact,
}
"""How each field of an incident's notice is filled, by its key in the plan."""

STAMPS: dict[str, Callable[[Plan, Notice], Words]] = {
    "number": lambda _, notice: same(notice.number),
    "title": lambda _, notice: (notice.title_zh, notice.title_en),
    "department": lambda _, notice: same(notice.department),
    "issued_at": _issued_at,
    "handling_due": lambda _, notice: same(on_screen(notice.feedback_due)),
    "status": _status,
    "level": _level,
    "hazard_level": _hazard_level,
    "colour": _colour,
    "receipt_due": lambda _, notice: same(on_screen(notice.receipt_due)),
    "feedback_due": lambda _, notice: same(on_screen(notice.feedback_due)),
}
"""What a notice itself says on its form, by the key of the field; of every kind of notice."""

FOLLOWING = ("issued_at", "handling_due", "status", "receipt_due", "feedback_due")
"""Stamps that follow from others: nobody sets them."""
