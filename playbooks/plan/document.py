"""The whole plan: read from its TOML files, checked at once, then frozen."""

import itertools
import pathlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field, ValidationError

from playbooks.plan.desk import (
    Category,
    City,
    Correlation,
    Detector,
    Measure,
    NoticeDeadline,
    NoticeField,
    ObjectRule,
    SubCategory,
)
from playbooks.plan.row import (
    Clock,
    Duty,
    Flag,
    Instrument,
    MatrixCell,
    Metric,
    Rest,
    Row,
    ScaleValue,
    Sourced,
    Split,
    Threshold,
    ValueGrade,
    Word,
)
from situation.faults import Misconfigured

FOLDER = pathlib.Path(__file__).parent
"""Where the plan that comes with the distribution lies."""

_LEVELS = (1, 2, 3, 4)
_MATRIX_CELLS = 12


class Plan(Row):
    """The emergency plan: bars, matrix, clocks, categories, deadlines, words."""

    instruments: Annotated[tuple[Instrument, ...], Field(alias="instrument", strict=False)]
    thresholds: Annotated[tuple[Threshold, ...], Field(alias="threshold", strict=False)]
    value_grades: Annotated[tuple[ValueGrade, ...], Field(alias="value_grade", strict=False)]
    matrix: Annotated[tuple[MatrixCell, ...], Field(strict=False)]
    splits: Annotated[tuple[Split, ...], Field(alias="split", strict=False)]
    rest: Rest
    clocks: Annotated[tuple[Clock, ...], Field(alias="clock", strict=False)]
    duties: Annotated[tuple[Duty, ...], Field(alias="duty", strict=False)]
    flags: Annotated[tuple[Flag, ...], Field(alias="flag", strict=False)]
    categories: Annotated[tuple[Category, ...], Field(alias="category", strict=False)]
    sub_categories: Annotated[tuple[SubCategory, ...], Field(alias="sub_category", strict=False)]
    detectors: Annotated[tuple[Detector, ...], Field(alias="detector", strict=False)]
    object_rules: Annotated[tuple[ObjectRule, ...], Field(alias="object_rule", strict=False)]
    measures: Annotated[tuple[Measure, ...], Field(alias="measure", strict=False)]
    notice_deadlines: Annotated[
        tuple[NoticeDeadline, ...], Field(alias="notice_deadline", strict=False)
    ]
    notice_fields: Annotated[tuple[NoticeField, ...], Field(alias="notice_field", strict=False)]
    city: City
    correlation: Correlation
    metrics: Annotated[tuple[Metric, ...], Field(alias="metric", strict=False)]
    scale_values: Annotated[tuple[ScaleValue, ...], Field(alias="scale_value", strict=False)]
    tactics: Annotated[tuple[Word, ...], Field(alias="tactic", strict=False)]

    def sourced(self) -> Iterator[tuple[str, Sourced]]:
        """Yield every row that states a rule, with the kind of table it stands in."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            rows = value if isinstance(value, tuple) else (value,)
            for row in rows:
                if isinstance(row, Sourced):
                    yield field, row

    def instrument(self, key: str) -> Instrument:
        """Return the instrument that a row cites."""
        return next(row for row in self.instruments if row.key == key)

    def metric(self, key: str) -> Metric:
        """Return the words of a metric."""
        return next(row for row in self.metrics if row.key == key)

    def scale_value(self, scale: str, key: str) -> ScaleValue:
        """Return the words of one step of a scale; levels are steps of the scale `level`."""
        return next(row for row in self.scale_values if (row.scale, row.key) == (scale, key))

    def flag(self, code: str) -> Flag:
        """Return the sentence of a flag."""
        return next(row for row in self.flags if row.code == code)

    def detector(self, category: str) -> Detector:
        """Return what a kind of alert means; an unlisted kind is `other`."""
        known = {row.key: row for row in self.detectors}
        return known.get(category, known["other"])

    def measure(self, detector: str) -> Measure:
        """Return what is asked for after an alert of that kind."""
        return next(row for row in self.measures if row.detector == detector)

    def sub_category(self, name: str) -> tuple[Category, SubCategory]:
        """Return category and sub-category of a name `category/sub-category`."""
        sub = next(row for row in self.sub_categories if row.name == name)
        return next(row for row in self.categories if row.key == sub.category), sub

    def notice_deadline(self, level: int) -> NoticeDeadline:
        """Return how soon a notice of that level is signed for and answered."""
        return next(row for row in self.notice_deadlines if row.level == level)


def load_plan(folder: pathlib.Path = FOLDER) -> Plan:
    """Read all `*.toml` of `folder`; raise `Misconfigured` with every fault at once."""
    tables, files, faults = _read(folder)
    try:
        plan = Plan.model_validate(tables)
    except ValidationError as error:
        faults += [_plain(fault["loc"], fault["msg"], files) for fault in error.errors()]
        raise Misconfigured.listing(faults, where=str(folder)) from error
    faults += _inconsistencies(plan)
    if faults:
        raise Misconfigured.listing(faults, where=str(folder))
    return plan


def _read(folder: pathlib.Path) -> tuple[dict[str, object], dict[str, str], list[str]]:
    tables: dict[str, object] = {}
    files: dict[str, str] = {}
    faults = []
    for path in sorted(folder.glob("*.toml")):
        try:
            read = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            faults.append(f"{path.name}: {error}")
            continue
        faults += [f"{path.name}: {key} stands in {files[key]} too" for key in read if key in files]
        tables |= read
        files |= dict.fromkeys(read, path.name)
    return tables, files, faults


def _plain(place: tuple[int | str, ...], message: str, files: dict[str, str]) -> str:
    file = files.get(str(place[0]), "no file") if place else "no file"
    return f"{file}: {'.'.join(str(part) for part in place)}: {message}"


def _inconsistencies(plan: Plan) -> list[str]:
    return [*_unknown_names(plan), *_doubles(plan), *_wrong_order(plan), *_gaps(plan)]


def _unknown_names(plan: Plan) -> Iterator[str]:
    instruments = {row.key for row in plan.instruments} | {""}
    for kind, row in plan.sourced():
        if row.instrument not in instruments:
            yield f"{kind} {row.name}: unknown instrument {row.instrument!r}"
    metrics = {row.key for row in plan.metrics}
    bars: list[Threshold | ValueGrade | Split] = [
        *plan.thresholds,
        *plan.value_grades,
        *plan.splits,
    ]
    yield from (
        f"{bar.name}: unknown metric {bar.metric!r}" for bar in bars if bar.metric not in metrics
    )
    types = {row.name for row in plan.sub_categories}
    stages = {row.key for row in plan.tactics}
    for detector in plan.detectors:
        if detector.sub_category not in types:
            yield f"detector {detector.key}: unknown type {detector.sub_category!r}"
        yield from (
            f"detector {detector.key}: unknown stage {stage!r}"
            for stage in detector.tactics
            if stage not in stages
        )


def _doubles(plan: Plan) -> Iterator[str]:
    seen = Counter((kind, row.name) for kind, row in plan.sourced())
    yield from (f"{kind} {name} stands twice" for (kind, name), times in seen.items() if times > 1)


def _wrong_order(plan: Plan) -> Iterator[str]:
    bars: dict[tuple[str, str], list[Threshold]] = {}
    for row in plan.thresholds:
        bars.setdefault((row.instrument, row.metric), []).append(row)
    for rows in bars.values():
        ordered = sorted(rows, key=lambda row: row.level)
        yield from (
            f"{graver.name}: bar {graver.at_least} is not above that of level {milder.level}"
            for graver, milder in itertools.pairwise(ordered)
            if graver.at_least <= milder.at_least
        )


def _gaps(plan: Plan) -> Iterator[str]:
    if len(plan.matrix) != _MATRIX_CELLS:
        yield f"matrix has {len(plan.matrix)} cells, not {_MATRIX_CELLS}"
    deadlines = {row.level for row in plan.notice_deadlines}
    yield from (f"notice_deadline: none for level {lv}" for lv in _LEVELS if lv not in deadlines)
    yield from _missing("detector", ["other"], {row.key for row in plan.detectors})
    yield from _missing(
        "measure", [row.key for row in plan.detectors], {row.detector for row in plan.measures}
    )
    yield from _missing(
        "category",
        [row.category for row in plan.sub_categories],
        {row.key for row in plan.categories},
    )
    levels = {row.key for row in plan.scale_values if row.scale == "level"}
    yield from _missing("scale_value level", [str(level) for level in _LEVELS], levels)


def _missing(kind: str, wanted: Iterable[str], there: set[str]) -> Iterator[str]:
    yield from (f"{kind}: {name!r} is missing" for name in sorted(set(wanted) - there))
