"""Rows of the plan for reports: what the law wants to be told, by kind of report."""

from typing import Annotated, Literal

from pydantic import Field

from playbooks.plan.notice import Input
from playbooks.plan.row import Keys, Row, Sourced, keyed


class ReportItem(Sourced):
    """An item of a report's form.

    `number` is the item of the law that it belongs to. `required_first`: it stands in the first
    report already; what else is `required` may follow. `only` limits it to that kind of incident.
    """

    form: str
    key: str
    number: Annotated[int, Field(ge=1, le=8)]
    zh: str
    en: str
    required: bool = True
    required_first: bool = False
    only: Literal["ransomware"] | None = None
    input: Input = "lines"

    @property
    def name(self) -> str:
        """Return form and key."""
        return f"{self.form}:{self.key}"


class ReportKind(Sourced):
    """A kind of report. `forms` are the forms that it consists of, in their order."""

    key: str
    zh: str
    en: str
    forms: Keys
    addressee_zh: str
    addressee_en: str

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class ReportPart(Row):
    """The plan's tables about reports."""

    report_kinds: Annotated[tuple[ReportKind, ...], Field(alias="report_kind", strict=False)]
    report_fields: Annotated[tuple[ReportItem, ...], Field(alias="report_item", strict=False)]

    @property
    def report_items(self) -> tuple[ReportItem, ...]:
        """Return the items of an incident report."""
        return self._form("event")

    def report_kind(self, key: str) -> ReportKind:
        """Return a kind of report; raise `Malformed` for an unknown one."""
        return keyed(self.report_kinds, key, "kind")

    def report_form(self, kind: str) -> tuple[ReportItem, ...]:
        """Return all items of a kind of report in their order."""
        return tuple(row for form in self.report_kind(kind).forms for row in self._form(form))

    def _form(self, form: str) -> tuple[ReportItem, ...]:
        return tuple(row for row in self.report_fields if row.form == form)
