"""Rows of the plan for warnings: colours, who may issue which, and what a colour starts."""

from typing import Annotated

from pydantic import Field

from playbooks.plan.notice import Input
from playbooks.plan.row import Keys, Level, Row, Sourced, keyed


class WarningColour(Sourced):
    """A colour of warning with the level of incident that it warns of.

    `issuers` are the keys of the issuers whose power reaches it.
    """

    key: str
    level: Level
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    issuers: Keys

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class WarningDuty(Sourced):
    """What a warning of these colours starts. Without `due_minutes` it lasts until the lifting."""

    colours: Keys
    key: str
    zh: str
    en: str
    due_minutes: Annotated[int, Field(gt=0)] | None = None

    @property
    def name(self) -> str:
        """Return the colours and the key."""
        return f"{','.join(self.colours)}:{self.key}"


class WarningField(Sourced):
    """A field of a warning; `system` ones are columns that are filled in by the platform."""

    key: str
    zh: str
    en: str
    required: bool
    input: Input = "text"

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class Issuer(Sourced):
    """A level that may issue warnings up to a colour. `superior` is whom graver ones go to."""

    key: str
    zh: str
    en: str
    max_colour: str
    superior: str = ""

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class WarningPart(Row):
    """The plan's tables about warnings. Colours stand with the gravest first, issuers too."""

    colours: Annotated[tuple[WarningColour, ...], Field(alias="warning_colour", strict=False)]
    warning_duties: Annotated[tuple[WarningDuty, ...], Field(alias="warning_duty", strict=False)]
    warning_fields: Annotated[tuple[WarningField, ...], Field(alias="warning_field", strict=False)]
    issuers: Annotated[tuple[Issuer, ...], Field(alias="issuer", strict=False)]

    def colour(self, key: str) -> WarningColour:
        """Return a colour; raise `Malformed` for an unknown one."""
        return keyed(self.colours, key, "colour")

    def issuer(self, key: str) -> Issuer:
        """Return who issues at that level; raise `Malformed` for an unknown one."""
        return keyed(self.issuers, key, "issuer_level")

    def colour_duties(self, colour: str) -> tuple[WarningDuty, ...]:
        """Return what a warning of that colour starts."""
        return tuple(row for row in self.warning_duties if colour in row.colours)

    def may_issue(self, issuer: str, colour: str) -> bool:
        """Say whether the power of an issuer reaches a colour."""
        return self.colour(colour).level >= self.colour(self.issuer(issuer).max_colour).level
