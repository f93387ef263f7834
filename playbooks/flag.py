"""Flags of a grade: what the numbers cannot decide is put to a person."""

from collections.abc import Callable
from dataclasses import dataclass

from playbooks.facts import Facts
from playbooks.plan.document import Plan

REPORTED_LEVEL = 3
"""较大: the mildest level that must be reported (报告管理办法, article 4)."""

RANSOM_FIELDS = ("amount", "method", "date")
"""What a ransomware report states of the ransom (报告管理办法, article 7)."""


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A flag with its sentence in both languages."""

    code: str
    zh: str
    en: str

    def document(self) -> dict[str, object]:
        """Return the flag as JSON; `sentence` is the Chinese one."""
        return {"code": self.code, "sentence": self.zh, "zh": self.zh, "en": self.en}


def raised(plan: Plan, code: str) -> RaisedFlag:
    """Return the flag of that code with the plan's sentences."""
    row = plan.flag(code)
    return RaisedFlag(row.code, row.zh, row.en)


def raised_by(plan: Plan, facts: Facts, level: int) -> tuple[RaisedFlag, ...]:
    """Return the flags that the facts raise beside `level`, in the order of the table."""
    return tuple(raised(plan, code) for code, holds in CONDITIONS.items() if holds(facts, level))


def _below_report(level: int) -> bool:
    return level > REPORTED_LEVEL


def _ransom_unknown(facts: Facts) -> bool:
    ransom = facts.ransomware
    return ransom is not None and any(ransom.get(key) is None for key in RANSOM_FIELDS)


CONDITIONS: dict[str, Callable[[Facts, int], bool]] = {
    "exercise": lambda facts, _: facts.exercise,
    "cii_threat_report": lambda facts, level: _below_report(level) and facts.cii_minutes() > 0,
    "leak_human_decision": lambda facts, level: (
        _below_report(level) and facts.measures().get("persons_leaked", 0) > 0
    ),
    "data_class_human_decision": lambda facts, _: (
        facts.data_class in ("core", "important") and facts.sector != "miit"
    ),
    "portal_human_decision": lambda facts, level: (
        _below_report(level) and (facts.outage_minutes.portal_other or 0) > 0
    ),
    "pipl_notice": lambda facts, _: facts.measures().get("persons_leaked", 0) > 0,
    "ransom_fields_missing": lambda facts, _: _ransom_unknown(facts),
    "miit_at_once": lambda facts, level: facts.sector == "miit" and not _below_report(level),
    "finance_human_decision": lambda facts, _: facts.sector == "finance",
}
"""When a flag of the grader is raised, by its code: tells it from the facts and the level."""
