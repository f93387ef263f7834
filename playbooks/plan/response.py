"""Rows of the plan for the response to incidents: levels I to IV, heightened duty."""

import datetime as dt
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from playbooks.plan.row import Level, Row, Sourced, keyed


class ResponseTask(Sourced):
    """What a response starts. Without `due_minutes` it lasts as long as the response."""

    key: str
    zh: str
    en: str
    due_minutes: Annotated[int, Field(gt=0)] | None = None

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class Response(Sourced):
    """The response to incidents of a level: who leads, who watches, how often is reported.

    A report of progress is due every `cadence_minutes`, None where the text says "in time" only.
    `ended_by` is who ends it.
    """

    level: Level
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    duty_zh: str
    duty_en: str
    cadence_minutes: Annotated[int, Field(gt=0)] | None = None
    ended_by_zh: str
    ended_by_en: str
    tasks: Annotated[tuple[ResponseTask, ...], Field(strict=False)]

    @property
    def key(self) -> str:
        """Return the level as a key."""
        return str(self.level)

    @property
    def name(self) -> str:
        """Return the level."""
        return self.key

    def parts(self) -> tuple[tuple[str, Sourced], ...]:
        """Return the tasks, which have sources of their own."""
        return tuple(("response_tasks", task) for task in self.tasks)

    @model_validator(mode="after")
    def _has_each_task_once(self) -> "Response":
        keys = [task.key for task in self.tasks]
        if len(keys) != len(set(keys)):
            raise ValueError("a task stands twice")
        return self


class HeightenedPeriod(Sourced):
    """Days of heightened duty (重保): from `start` until `end`, stricter deadlines.

    Deadlines of notices are multiplied by `sla_factor`. `daily_report_time` is when each day's
    report is due even with nothing to report (零报告). `forced_warning` is a colour whose duties
    hold though nobody issued a warning.
    """

    key: str
    zh: str
    en: str
    start: Annotated[AwareDatetime, Field(strict=False)]
    end: Annotated[AwareDatetime, Field(strict=False)]
    sla_factor: Annotated[float, Field(gt=0, le=1)]
    daily_report_time: Annotated[dt.time, Field(strict=False)] | None = None
    duty_roster: str = ""
    forced_warning: str = ""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "HeightenedPeriod":
        if self.end <= self.start:
            raise ValueError("it ends before it starts")
        return self

    @property
    def name(self) -> str:
        """Return the key."""
        return self.key


class ResponsePart(Row):
    """The plan's tables about the response."""

    responses: Annotated[tuple[Response, ...], Field(alias="response", strict=False)]
    heightened: Annotated[
        tuple[HeightenedPeriod, ...], Field(alias="heightened_period", strict=False)
    ]

    def response(self, level: int) -> Response:
        """Return the response to incidents of that level."""
        return keyed(self.responses, str(level), "level")

    def heightened_at(self, at: dt.datetime) -> HeightenedPeriod | None:
        """Return the period of heightened duty that `at` falls into, the strictest of several."""
        holding = [row for row in self.heightened if row.start <= at < row.end]
        return min(holding, key=lambda row: row.sla_factor, default=None)
