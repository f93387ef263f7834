"""The plan's tables for grading an incident: bars, matrix, clocks, duties, flags."""

from typing import Annotated

from pydantic import Field

from playbooks.plan.row import (
    Clock,
    Duty,
    Flag,
    MatrixCell,
    Rest,
    Row,
    Split,
    Threshold,
    ValueGrade,
)


class GradingPart(Row):
    """What makes a level, and what a level starts by law."""

    thresholds: Annotated[tuple[Threshold, ...], Field(alias="threshold", strict=False)]
    value_grades: Annotated[tuple[ValueGrade, ...], Field(alias="value_grade", strict=False)]
    matrix: Annotated[tuple[MatrixCell, ...], Field(strict=False)]
    splits: Annotated[tuple[Split, ...], Field(alias="split", strict=False)]
    rest: Rest
    clocks: Annotated[tuple[Clock, ...], Field(alias="clock", strict=False)]
    duties: Annotated[tuple[Duty, ...], Field(alias="duty", strict=False)]
    flags: Annotated[tuple[Flag, ...], Field(alias="flag", strict=False)]

    def flag(self, code: str) -> Flag:
        """Return the sentence of a flag."""
        return next(row for row in self.flags if row.code == code)
