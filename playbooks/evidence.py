"""Evidence: the facts of an incident that its alerts and the asset table tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.facts import SCALES
from playbooks.plan import Plan
from playbooks.plan.desk import Detector
from situation.assets import UNKNOWN
from situation.state.tables import Alert

EVIDENCE = "evidence"
"""Origin of a fact that was derived here; facts of any other origin are left alone."""


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


def facts_told(plan: Plan, alerts: Sequence[Alert], drill_id: str | None) -> dict[str, Told]:
    """Return what alerts and asset table tell, by the keys of the facts file.

    Only hosts that came to harm count for operator and importance; where no alert proves harm,
    all hosts. Social harm is never assumed.
    """
    kinds = {alert.id: plan.detector(alert.category) for alert in alerts}
    harmed = [alert for alert in alerts if kinds[alert.id].business_loss is not None]
    told = _hosts_told(plan, [a for a in harmed or alerts if a.asset != UNKNOWN])
    if harmed:
        told["business_loss"] = _loss([kinds[alert.id] for alert in harmed])
    if drill_id is not None:
        told["exercise"] = Told(
            value=True, state="proved", zh=f"演练 {drill_id}", en=f"drill {drill_id}"
        )
    return told


def merged(
    facts: Mapping[str, object], sources: Mapping[str, object], told: Mapping[str, Told]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return facts and sources with what was told; a step of a scale never goes down.

    What a person has entered stays as it is.
    """
    new_facts, new_sources = dict(facts), dict(sources)
    for key, fact in told.items():
        source = sources.get(key)
        entered = isinstance(source, dict) and source.get("origin") != EVIDENCE
        if entered or (key in facts and not _graver(key, fact.value, facts[key])):
            continue
        new_facts[key], new_sources[key] = fact.value, fact.source()
    return new_facts, new_sources


def _graver(key: str, value: object, than: object) -> bool:
    scale: tuple[object, ...] = SCALES.get(key, ("other", "cii"))
    return value in scale and than in scale and scale.index(value) > scale.index(than)


def _hosts_told(plan: Plan, alerts: Sequence[Alert]) -> dict[str, Told]:
    told: dict[str, Told] = {}
    for alert in alerts:
        for key, fact in (
            ("operator", _operator(alert)),
            ("object_importance", _importance(plan, alert)),
        ):
            if key not in told or _graver(key, fact.value, told[key].value):
                told[key] = fact
    return told


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
    for rule in plan.object_rules:
        reached = level is not None and level >= (rule.protection_level or level + 1)
        if (rule.cii and alert.cii) or reached:
            return Told(rule.object, "proved", zh, en)
    return Told("general", "assumed" if level is None else "proved", zh, en)


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
