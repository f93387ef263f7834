"""Rows of the plan for the desk: types of incident, what alerts mean and prove, the city."""

import ipaddress
from collections.abc import Collection
from typing import Annotated

from pydantic import Field, field_validator

from playbooks.plan.row import BusinessLoss, Keys, ObjectImportance, Row, Sourced, number_pattern


class Category(Sourced):
    """A category of GB/T 20986-2023."""

    key: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class SubCategory(Sourced):
    """A sub-category of GB/T 20986-2023 within its category."""

    category: str
    key: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return category and sub-category."""
        return f"{self.category}/{self.key}"


class Detector(Sourced):
    """What a kind of alert means: type, stages, and the loss that its evidence starts with.

    `sub_category` is `category/sub-category`; `rank` 1 is the gravest kind. What is `told_apart`
    goes by the channel for secrets, so that no notice is drafted of it alone.
    """

    key: str
    rank: Annotated[int, Field(ge=1)]
    sub_category: str
    tactics: Keys
    business_loss: BusinessLoss | None = None
    told_apart: bool = False
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the kind of alert."""
        return self.key


class ObjectRule(Sourced):
    """What the asset table says about the importance of an object.

    The rule holds for CII if `cii`, else from `protection_level` (等保) upwards.
    """

    object: ObjectImportance
    cii: bool
    protection_level: Annotated[int, Field(ge=1, le=5)] | None = None

    @property
    def name(self) -> str:
        """Return the importance and its condition."""
        return f"{self.object}:{'cii' if self.cii else self.protection_level}"


class Measure(Sourced):
    """What a department is asked to do after an alert of that kind."""

    detector: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the kind of alert."""
        return self.detector


class Technique(Sourced):
    """The type of incident that an ATT&CK technique points to, as `category/sub-category`.

    `business_loss` is the loss that a grave alert of it starts with, none where it proves none.
    """

    id: Annotated[str, Field(pattern=r"^T\d{4}(\.\d{3})?$")]
    sub_category: str
    business_loss: BusinessLoss | None = None
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the id of the technique."""
        return self.id


class OutageRule(Sourced):
    """Which fact an alert tells where it proves how long something was down or defaced.

    `detector` is a kind of alert or a technique. `roles` are roles of the asset table, none for
    any; `cii` None does not ask. `fact` is a path of the facts file. The first rule that fits
    holds.
    """

    detector: str
    roles: Keys
    cii: bool | None = None
    fact: str

    @property
    def name(self) -> str:
        """Return what the rule asks."""
        return f"{self.detector}:{','.join(self.roles) or '*'}:{self.cii}"

    def fits(self, names: Collection[str], role: str, *, cii: bool) -> bool:
        """Say whether the rule is about an alert of these names."""
        asked = self.cii is None or self.cii == cii
        return self.detector in names and asked and (not self.roles or role in self.roles)


class City(Sourced):
    """The city whose desk this is.

    `warning_number` and `warning_drill_number` are patterns of the number of a warning with the
    places `year` and `serial`. `issuer_level` is the level at which the city issues warnings.
    """

    zh: str
    en: str
    warning_number: str
    warning_drill_number: str
    issuer_level: str
    office_zh: str
    office_en: str
    contact: str

    @field_validator("warning_number", "warning_drill_number")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        return number_pattern(pattern)


class Correlation(Sourced):
    """When alerts are of one intrusion, and when that is an incident."""

    window_hours: Annotated[int, Field(gt=0)]
    tactics_at_least: Annotated[int, Field(ge=1)]
    severity_at_least: Annotated[int, Field(ge=1, le=4)]
    never_link: Keys

    @field_validator("never_link")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ipaddress.ip_network(network)
        return networks


class DeskPart(Row):
    """What alerts mean and prove, and the city whose desk this is."""

    categories: Annotated[tuple[Category, ...], Field(alias="category", strict=False)]
    sub_categories: Annotated[tuple[SubCategory, ...], Field(alias="sub_category", strict=False)]
    detectors: Annotated[tuple[Detector, ...], Field(alias="detector", strict=False)]
    techniques: Annotated[tuple[Technique, ...], Field(alias="technique", strict=False)]
    outage_rules: Annotated[tuple[OutageRule, ...], Field(alias="outage_rule", strict=False)]
    object_rules: Annotated[tuple[ObjectRule, ...], Field(alias="object_rule", strict=False)]
    measures: Annotated[tuple[Measure, ...], Field(alias="measure", strict=False)]
    city: City
    correlation: Correlation

    def detector(self, category: str) -> Detector:
        """Return what a kind of alert means; an unlisted kind is `other`."""
        known = {row.key: row for row in self.detectors}
        return known.get(category, known["other"])

    def importance(self, protection_level: int | None, *, cii: bool) -> ObjectImportance:
        """Return how important an object is by what the asset table says of it."""
        level = protection_level or 0
        for rule in self.object_rules:
            reached = rule.protection_level is not None and level >= rule.protection_level
            if (rule.cii and cii) or reached:
                return rule.object
        return "general"

    def measure(self, detector: str) -> Measure:
        """Return what is asked for after an alert of that kind."""
        return next(row for row in self.measures if row.detector == detector)

    def sub_category(self, name: str) -> tuple[Category, SubCategory]:
        """Return category and sub-category of a name `category/sub-category`."""
        sub = next(row for row in self.sub_categories if row.name == name)
        return next(row for row in self.categories if row.key == sub.category), sub

    def technique(self, technique: str) -> Technique | None:
        """Return the row of an ATT&CK technique; a sub-technique's is its parent's.

        None where the table does not know it.
        """
        known = {row.id: row for row in self.techniques}
        return known.get(technique, known.get(_parent(technique)))

    def outage_fact(self, detector: str, technique: str, role: str, *, cii: bool) -> str | None:
        """Return the path of the fact that such an alert tells, None where it proves no outage."""
        names = (detector, technique, _parent(technique))
        fitting = (row.fact for row in self.outage_rules if row.fits(names, role, cii=cii))
        return next(fitting, None)


def _parent(technique: str) -> str:
    return technique.partition(".")[0]
