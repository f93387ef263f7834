"""Rows of the plan for approvals: who has to agree before a playbook acts, and how soon."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from playbooks.plan.row import Level, ObjectImportance, Row, Sourced, keyed

AskingEffect = Literal["asked", "contain", "destroy"]
"""What needs approval: an action that asks for it whatever its effect, one that contains, one that
cannot be taken back."""

Timeout = Literal["fail", "skip", "escalate"]
"""What follows when too few agree in time: the step fails, is left out, or others are asked."""

DeskRole = Literal["analyst", "duty_lead", "data_officer", "administrator"]
"""Roles of accounts that work at the desk."""

NO_LEVEL: Level = 4
"""Level of what belongs to no incident: the mildest."""


class ApprovalRule(Sourced):
    """Who has to agree to an action of that effect for incidents of these levels and objects.

    `quorum` different people of `roles` within `minutes`. Where that is not reached in time,
    `escalate` asks anew by the rule `escalates_to`, and without one the step fails. A rule
    without levels or objects is only escalated to.
    """

    key: str
    effect: AskingEffect
    levels: Annotated[tuple[Level, ...], Field(strict=False)] = ()
    objects: Annotated[tuple[ObjectImportance, ...], Field(strict=False)] = ()
    quorum: Annotated[int, Field(ge=1)]
    roles: Annotated[tuple[DeskRole, ...], Field(strict=False)]
    minutes: Annotated[int, Field(gt=0)]
    on_timeout: Timeout
    escalates_to: str = ""
    zh: str
    en: str

    @model_validator(mode="after")
    def _asks_somebody(self) -> "ApprovalRule":
        if not self.roles:
            raise ValueError("nobody may agree")
        if self.on_timeout == "escalate" and not self.escalates_to:
            raise ValueError("it escalates to no rule")
        return self

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key

    def fits(self, effect: str, level: int, importance: str) -> bool:
        """Say whether the rule is about such an action."""
        return self.effect == effect and level in self.levels and importance in self.objects


class ApprovalPart(Row):
    """The plan's table of approvals; of several rules that fit the first holds."""

    approval_rules: Annotated[tuple[ApprovalRule, ...], Field(alias="approval_rule", strict=False)]

    def approval_rule(
        self, effect: str, level: int | None, object_importance: str
    ) -> ApprovalRule | None:
        """Return who has to agree; None for an effect that needs no approval.

        `effect` is that of the action, or `asked` for an action that asks for approval by
        itself. `level` is None for what belongs to no incident.
        """
        asked = NO_LEVEL if level is None else level
        fitting = (row for row in self.approval_rules if row.fits(effect, asked, object_importance))
        return next(fitting, None)

    def approval_by_key(self, key: str) -> ApprovalRule:
        """Return a rule by its key; raise `Malformed` for an unknown one."""
        return keyed(self.approval_rules, key, "approval_rule")


def approval_gaps(
    rules: Collection[ApprovalRule], levels: Collection[int], objects: Collection[str]
) -> list[str]:
    """Return what no rule answers, and what no quorum of two guards though it cannot be undone."""
    faults = [
        f"approval_rule: none for {effect}, level {level}, object {importance}"
        for effect in ("asked", "contain", "destroy")
        for level in levels
        for importance in objects
        if not any(rule.fits(effect, level, importance) for rule in rules)
    ]
    faults += [
        f"approval_rule {rule.key}: what cannot be taken back needs two people"
        for rule in rules
        if rule.effect == "destroy" and rule.quorum < _TWO
    ]
    return faults + [fault for rule in rules for fault in _escalation_faults(rule, rules)]


_TWO = 2


def _escalation_faults(rule: ApprovalRule, rules: Collection[ApprovalRule]) -> list[str]:
    known = {each.key: each for each in rules}
    passed = {rule.key}
    here = rule
    while here.escalates_to:
        after = known.get(here.escalates_to)
        if after is None:
            return [f"approval_rule {here.key}: unknown rule {here.escalates_to!r}"]
        if after.key in passed:
            return [f"approval_rule {rule.key}: its escalation comes back to {after.key}"]
        if after.effect != rule.effect or after.quorum < rule.quorum:
            return [f"approval_rule {rule.key}: {after.key} asks for less than it"]
        passed.add(after.key)
        here = after
    return []
