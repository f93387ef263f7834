"""Rows of the plan for the desk: types of incident, what alerts mean, notices, the city."""

import ipaddress
from typing import Annotated

from pydantic import Field, field_validator

from playbooks.plan.row import BusinessLoss, Keys, Level, ObjectImportance, Sourced

Minutes = Annotated[int, Field(gt=0)]


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

    `sub_category` is `category/sub-category`; `rank` 1 is the gravest kind.
    """

    key: str
    rank: Annotated[int, Field(ge=1)]
    sub_category: str
    tactics: Keys
    business_loss: BusinessLoss | None = None
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


class NoticeDeadline(Sourced):
    """How soon a notice of that level is signed for and answered."""

    level: Level
    zh: str
    en: str
    receipt_minutes: Minutes
    feedback_minutes: Minutes

    @property
    def name(self) -> str:
        """Return the level."""
        return str(self.level)


class NoticeField(Sourced):
    """A field of the form of an incident notice."""

    key: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class City(Sourced):
    """The city whose desk this is.

    `notice_number` and `drill_number` are patterns of the number of a notice with the places
    `year` and `serial`; drills are numbered apart.
    """

    zh: str
    en: str
    notice_number: str
    drill_number: str
    office_zh: str
    office_en: str
    contact: str

    @field_validator("notice_number", "drill_number")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            distinct = pattern.format(year=1, serial=1) != pattern.format(year=1, serial=2)
        except (KeyError, IndexError) as error:
            raise ValueError(f"no pattern with year and serial: {error}") from error
        if not distinct:
            raise ValueError("the serial is missing, so numbers would repeat")
        return pattern


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
