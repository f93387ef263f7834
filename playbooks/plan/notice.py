"""Rows of the plan for notices: kinds, forms, deadlines, and what follows when nobody answers."""

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from playbooks.plan.calendar import (
    Calendar,
    CalendarYear,
    Holiday,
    Limit,
    WorkingHours,
    WorkingWeekend,
)
from playbooks.plan.row import Keys, Level, Row, Sourced, keyed, number_pattern
from situation.clock import CITY_ZONE

Input = Literal["text", "lines", "time", "choice", "number", "files", "system"]
"""How a field is entered; `system` fields are filled in by the platform."""

HazardLevel = Literal["low", "medium", "high", "critical"]
"""低危, 中危, 高危, 危急."""


class NoticeKind(Sourced):
    """A kind of notice. `number` and `drill_number` are patterns with `year` and `serial`.

    `request` is what the department is asked to do.
    """

    key: str
    zh: str
    en: str
    number: str
    drill_number: str
    request_zh: str
    request_en: str

    @field_validator("number", "drill_number")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        return number_pattern(pattern)

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class NoticeField(Sourced):
    """A field of a form. A `choice` takes a step of `scale`; `required` ones may not be empty."""

    form: str
    key: str
    zh: str
    en: str
    required: bool = False
    input: Input = "text"
    scale: str = ""

    @model_validator(mode="after")
    def _choices_have_a_scale(self) -> "NoticeField":
        if (self.input == "choice") != bool(self.scale):
            raise ValueError("a choice names the scale that it is taken from, no other does")
        return self

    @property
    def name(self) -> str:
        """Return form and key."""
        return f"{self.form}:{self.key}"


class NoticeDeadline(Sourced):
    """How soon a notice of that level, and of that hazard level, is signed for and answered.

    A row without `hazard_level` is for notices that are about no hazard.
    """

    level: Level
    hazard_level: HazardLevel | None = None
    zh: str
    en: str
    receipt: Limit
    feedback: Limit

    @property
    def key(self) -> str:
        """Return level and hazard level."""
        return f"{self.level}:{self.hazard_level}" if self.hazard_level else str(self.level)

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class ChainStep(Sourced):
    """A step of what follows while a notice of these levels is not signed for or answered.

    It is due so many minutes after the issue, when that share of the time is left, or so many
    minutes after the time ran out: exactly one is given. `on` is what is waited for; a step falls
    away when that happens. `roles` are the contacts of the department that are told.
    """

    levels: Annotated[tuple[Level, ...], Field(strict=False)]
    key: str
    on: Literal["receipt", "feedback"]
    after_issue_minutes: Annotated[int, Field(ge=0)] | None = None
    share_left: Annotated[float, Field(gt=0, lt=1)] | None = None
    overdue_minutes: Annotated[int, Field(ge=0)] | None = None
    action: Literal["remind", "call", "head", "supervise_decision"]
    roles: Keys
    zh: str
    en: str

    @model_validator(mode="after")
    def _has_one_time(self) -> "ChainStep":
        times = (self.after_issue_minutes, self.share_left, self.overdue_minutes)
        if sum(time is not None for time in times) != 1:
            raise ValueError("one of after_issue_minutes, share_left, overdue_minutes is given")
        return self

    @property
    def name(self) -> str:
        """Return the levels and the key."""
        return f"{','.join(map(str, self.levels))}:{self.key}"

    def due(self, issued_at: dt.datetime, due_at: dt.datetime) -> dt.datetime:
        """Return when the step is taken; `due_at` is the end of the time for what it waits on."""
        if self.after_issue_minutes is not None:
            return issued_at + dt.timedelta(minutes=self.after_issue_minutes)
        if self.share_left is not None:
            return due_at - (due_at - issued_at) * self.share_left
        return due_at + dt.timedelta(minutes=self.overdue_minutes or 0)


class QuietHours(Sourced):
    """When messages of mild levels to departments wait for the morning; graver ones never do."""

    from_level: Annotated[int, Field(ge=3, le=4)]
    start: Annotated[dt.time, Field(strict=False)]
    end: Annotated[dt.time, Field(strict=False)]

    def released(self, level: int, at: dt.datetime) -> dt.datetime:
        """Return when a message of that level may go out: `at`, or the end of the quiet hours."""
        local = at.astimezone(CITY_ZONE)
        late, early = local.time() >= self.start, local.time() < self.end
        if level < self.from_level or not (late or early):
            return at
        day = local.date() + dt.timedelta(days=1 if late else 0)
        return dt.datetime.combine(day, self.end, CITY_ZONE).astimezone(dt.UTC)

    @model_validator(mode="after")
    def _spans_midnight(self) -> "QuietHours":
        if self.start <= self.end:
            raise ValueError("quiet hours start in the evening and end in the morning")
        return self


class NoticePart(Row):
    """The plan's tables about notices, with the calendar that their deadlines count in."""

    notice_kinds: Annotated[tuple[NoticeKind, ...], Field(alias="notice_kind", strict=False)]
    form_fields: Annotated[tuple[NoticeField, ...], Field(alias="form_field", strict=False)]
    notice_deadlines: Annotated[
        tuple[NoticeDeadline, ...], Field(alias="notice_deadline", strict=False)
    ]
    chain_steps: Annotated[tuple[ChainStep, ...], Field(alias="chain_step", strict=False)]
    quiet_hours: QuietHours
    calendar_years: Annotated[tuple[CalendarYear, ...], Field(alias="calendar_year", strict=False)]
    holidays: Annotated[tuple[Holiday, ...], Field(alias="holiday", strict=False)]
    working_weekends: Annotated[
        tuple[WorkingWeekend, ...], Field(alias="working_weekend", strict=False)
    ]
    working_hours: WorkingHours

    def notice_kind(self, key: str) -> NoticeKind:
        """Return a kind of notice; raise `Malformed` for an unknown one."""
        return keyed(self.notice_kinds, key, "kind")

    def notice_form(self, form: str) -> tuple[NoticeField, ...]:
        """Return the fields of a form in their order; a kind of notice is a form of that name."""
        return tuple(row for row in self.form_fields if row.form == form)

    @property
    def notice_fields(self) -> tuple[NoticeField, ...]:
        """Return the form of an incident notice."""
        return self.notice_form("incident")

    def notice_deadline(self, level: int, hazard_level: str | None = None) -> NoticeDeadline:
        """Return how soon such a notice is signed for and answered."""
        key = f"{level}:{hazard_level}" if hazard_level else str(level)
        return keyed(self.notice_deadlines, key, "hazard_level" if hazard_level else "level")

    def chain(self, level: int) -> tuple[ChainStep, ...]:
        """Return the steps of the escalation chain of that level in their order."""
        return tuple(row for row in self.chain_steps if level in row.levels)

    @cached_property
    def calendar(self) -> Calendar:
        """Return the calendar of working days."""
        return Calendar(
            self.calendar_years, self.holidays, self.working_weekends, self.working_hours.end
        )
