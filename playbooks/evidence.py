"""Evidence: the facts of an incident that its alerts and the asset table tell."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from playbooks.facts import SCALES, flat, nested
from playbooks.plan import Plan
from playbooks.plan.desk import Detector
from situation.assets import UNKNOWN
from situation.state.tables import Alert

EVIDENCE = "evidence"
"""Origin of a fact that was derived here; facts of any other origin are left alone."""

OUTAGE_GAP = dt.timedelta(minutes=10)
"""Alerts of one outage may lie so far apart; further apart they are two outages."""

_COUNTED = {"persons": "persons_leaked", "sensitive_persons": "sensitive_persons_leaked"}
"""Indicators of an alert that are counts, and the facts that they tell."""

_GRAVEST_RANK = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A fact and where it is from. `state`: proved, assumed."""

    value: object
    state: str
    zh: str
    en: str

    def source(self) -> dict[str, object]:
        """Return the source as it is stored with the incident."""
        return {"state": self.state, "origin": EVIDENCE, "zh": self.zh, "en": self.en}


def kind_of(plan: Plan, alert: Alert) -> Detector:
    """Return what an alert means: by its category, or by its technique where that is unlisted.

    A grave alert of a kind that only the technique names names the incident, and proves the loss
    that the plan says.
    """
    kind = plan.detector(alert.category)
    if kind.key == alert.category:
        return kind
    row = plan.technique(alert.technique)
    if row is None:
        return kind
    _, sub = plan.sub_category(row.sub_category)
    told: dict[str, object] = {"sub_category": sub.name, "zh": sub.zh, "en": sub.en}
    if alert.severity >= plan.correlation.severity_at_least:
        told |= {"rank": _GRAVEST_RANK, "business_loss": row.business_loss}
    return kind.model_copy(update=told)


def is_listed(plan: Plan, alert: Alert) -> bool:
    """Tell whether the plan knows what an alert means."""
    listed = plan.detector(alert.category).key == alert.category
    return listed or plan.technique(alert.technique) is not None


def facts_told(plan: Plan, alerts: Sequence[Alert], drill_id: str | None) -> dict[str, Told]:
    """Return what alerts and asset table tell, by path in the facts file.

    Only hosts that came to harm count for operator and importance; where no alert proves harm,
    all hosts. Social harm is never assumed.
    """
    kinds = {alert.id: kind_of(plan, alert) for alert in alerts}
    harmed = [alert for alert in alerts if kinds[alert.id].business_loss is not None]
    told = _hosts_told(plan, [a for a in harmed or alerts if a.asset != UNKNOWN])
    if harmed:
        told["business_loss"] = _loss([kinds[alert.id] for alert in harmed])
    told |= _outages(plan, alerts)
    told |= _counts(alerts)
    if drill_id is not None:
        told["exercise"] = Told(
            value=True, state="proved", zh=f"演练 {drill_id}", en=f"drill {drill_id}"
        )
    return told


def merged(
    facts: Mapping[str, object], sources: Mapping[str, object], told: Mapping[str, Told]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return facts and sources with what was told; a step or a number never goes down.

    What a person has entered stays as it is, even that something is not known.
    """
    paths, new_sources = flat(facts), dict(sources)
    for key, fact in told.items():
        source = sources.get(key)
        entered = isinstance(source, dict) and source.get("origin") != EVIDENCE
        if entered or (key in paths and not _graver(key, fact.value, paths[key])):
            continue
        paths[key], new_sources[key] = fact.value, fact.source()
    return nested(paths), new_sources


def _graver(key: str, value: object, than: object) -> bool:
    if isinstance(value, (int, float)) and isinstance(than, (int, float)):
        return value > than
    scale: tuple[object, ...] = SCALES.get(key, ("other", "cii"))
    return value in scale and than in scale and scale.index(value) > scale.index(than)


def _gravest(facts: Iterable[tuple[str, Told]]) -> dict[str, Told]:
    told: dict[str, Told] = {}
    for key, fact in facts:
        if key not in told or _graver(key, fact.value, told[key].value):
            told[key] = fact
    return told


def _hosts_told(plan: Plan, alerts: Sequence[Alert]) -> dict[str, Told]:
    return _gravest(
        pair
        for alert in alerts
        for pair in (
            ("operator", _operator(alert)),
            ("object_importance", _importance(plan, alert)),
        )
    )


def _operator(alert: Alert) -> Told:
    if alert.cii:
        return Told(
            "cii",
            "proved",
            f"资产台账：{alert.asset}为关键信息基础设施",
            f"asset table: {alert.asset} is CII",
        )
    return Told(
        "other",
        "assumed",
        f"资产台账未将{alert.asset}列为关键信息基础设施",
        f"the asset table does not list {alert.asset} as CII",
    )


def _importance(plan: Plan, alert: Alert) -> Told:
    level = alert.protection_level
    zh = f"资产台账：{alert.asset}，等保{_level_zh(level)}" + (
        "，关键信息基础设施" if alert.cii else ""
    )
    en = f"asset table: {alert.asset}, protection level {level or 'unknown'}" + (
        ", CII" if alert.cii else ""
    )
    importance = plan.importance(level, cii=bool(alert.cii))
    assumed = importance == "general" and level is None
    return Told(importance, "assumed" if assumed else "proved", zh, en)


def _level_zh(level: int | None) -> str:
    return "级别未知" if level is None else f"{'一二三四五'[level - 1]}级"


def _loss(kinds: Sequence[Detector]) -> Told:
    scale = SCALES["business_loss"]
    gravest = max(kinds, key=lambda kind: (scale.index(kind.business_loss or scale[0]), -kind.rank))
    return Told(
        gravest.business_loss,
        "assumed",
        f"由告警推定：{gravest.zh}，损失待核实",
        f"assumed from the alert: {gravest.en}; the loss is to be confirmed",
    )


def _outages(plan: Plan, alerts: Sequence[Alert]) -> dict[str, Told]:
    found: dict[tuple[str, str, str], list[Alert]] = {}
    for alert in alerts:
        names = (alert.category, alert.technique)
        fact = plan.outage_fact(*names, alert.role, cii=bool(alert.cii))
        if fact is not None:
            found.setdefault((fact, alert.asset, alert.host_ip or ""), []).append(alert)
    stretches = (
        (fact, _outage(plan, asset, together))
        for (fact, asset, _), group in found.items()
        for together in _stretches(group)
    )
    return _gravest((fact, told) for fact, told in stretches if told.value)


def _stretches(alerts: Sequence[Alert]) -> Iterator[list[Alert]]:
    together: list[Alert] = []
    for alert in sorted(alerts, key=lambda each: (each.first_seen, each.id)):
        if together and alert.first_seen > _end(together) + OUTAGE_GAP:
            yield together
            together = []
        together.append(alert)
    yield together


def _end(alerts: Iterable[Alert]) -> dt.datetime:
    return max(alert.last_seen for alert in alerts)


def _outage(plan: Plan, asset: str, alerts: Sequence[Alert]) -> Told:
    minutes = (_end(alerts) - alerts[0].first_seen) // dt.timedelta(minutes=1)
    kinds = {kind.key: kind for kind in (kind_of(plan, alert) for alert in alerts)}.values()
    zh, en = "、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds)
    return Told(
        minutes,
        "assumed",
        f"由告警推定：{asset} {zh}，持续 {minutes} 分钟，待核实",
        f"assumed from the alerts: {asset}, {en}, for {minutes} min; to be confirmed",
    )


def _counts(alerts: Sequence[Alert]) -> dict[str, Told]:
    return _gravest(
        (fact, _count(alert, int(str(alert.indicators[name]))))
        for alert in alerts
        for name, fact in _COUNTED.items()
        if str(alert.indicators.get(name, "")).isdecimal()
    )


def _count(alert: Alert, persons: int) -> Told:
    return Told(
        persons,
        "assumed",
        f"由告警推定：{alert.asset}，识别出 {persons} 人，人数待核实",
        f"assumed from the alert: {alert.asset}, {persons} persons found; to be confirmed",
    )
