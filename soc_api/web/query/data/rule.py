"""The rules of the scan: kinds of data with their classes and base grades, and what is broken."""

from collections.abc import Iterator
from dataclasses import dataclass

from playbooks.finding.rule import RULES
from situation.content.kind import CLASS_NAMES, KINDS, Kind
from soc_api.web.query.data.naming import rule_name, rule_source, rule_todo
from soc_api.web.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    """The kinds of one class."""

    name: Text
    kinds: list[Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule that a place may break: what is wrong, the law, what is to be done."""

    key: str
    name: Text
    source: Text
    todo: Text


def kind_groups() -> list[KindGroup]:
    """Return the kinds by their class, in the order in which people see them."""
    groups = {
        klass: [kind for kind in KINDS.values() if kind.klass == klass] for klass in CLASS_NAMES
    }
    return [
        KindGroup(name=Text(*CLASS_NAMES[klass]), kinds=kinds)
        for klass, kinds in groups.items()
        if kinds
    ]


def rule_lines() -> Iterator[RuleLine]:
    """Return the rules in the order of their keys."""
    for key in RULES:
        yield RuleLine(key=key, name=rule_name(key), source=rule_source(key), todo=rule_todo(key))
