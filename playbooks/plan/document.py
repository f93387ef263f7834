"""The whole plan: read from its TOML files, checked at once, then frozen."""

import hashlib
import pathlib
import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import Field, ValidationError

from playbooks.plan.approval import ApprovalPart
from playbooks.plan.consistency import inconsistencies
from playbooks.plan.desk import DeskPart
from playbooks.plan.grading import GradingPart
from playbooks.plan.notice import NoticePart
from playbooks.plan.report import ReportPart
from playbooks.plan.response import ResponsePart
from playbooks.plan.row import Metric, ScaleValue, Sourced, Word
from playbooks.plan.source import SourcePart
from playbooks.plan.warning import WarningPart
from situation.faults import Misconfigured

FOLDER = pathlib.Path(__file__).parent
"""Where the plan that comes with the distribution lies."""


_NAMING = ("form", "scale", "id", "key", "metric", "level")
"""Keys of a row that say which it is, for the sentence of a fault."""
_ROW_PLACE = 2


class Plan(
    NoticePart,
    WarningPart,
    ReportPart,
    ResponsePart,
    ApprovalPart,
    DeskPart,
    GradingPart,
    SourcePart,
):
    """The emergency plan. Its tables come in the order of the parts from the last to the first."""

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
                    yield from row.parts()

    @cached_property
    def digest(self) -> str:
        """Return a digest of all rows: two plans with the same one say the same."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def metric(self, key: str) -> Metric:
        """Return the words of a metric."""
        return next(row for row in self.metrics if row.key == key)

    def scale_value(self, scale: str, key: str) -> ScaleValue:
        """Return the words of one step of a scale; levels are steps of the scale `level`."""
        return next(row for row in self.scale_values if (row.scale, row.key) == (scale, key))

    def scale(self, scale: str) -> tuple[ScaleValue, ...]:
        """Return the steps of a scale in their order."""
        return tuple(row for row in self.scale_values if row.scale == scale)


def load_plan(folder: pathlib.Path = FOLDER) -> Plan:
    """Read all `*.toml` of `folder`; raise `Misconfigured` with every fault at once."""
    plan, faults = examine(folder)
    if plan is None or faults:
        raise Misconfigured.listing(faults, where=str(folder))
    return plan


def examine(folder: pathlib.Path) -> tuple[Plan | None, list[str]]:
    """Return the plan of a folder and its faults; None where rows are so faulty that it is none."""
    tables, files, faults = _read(folder)
    if not tables:
        return None, faults or ["there is no TOML file"]
    try:
        plan = Plan.model_validate(tables)
    except ValidationError as error:
        faults += [_plain(fault["loc"], fault["msg"], tables, files) for fault in error.errors()]
        return None, faults
    return plan, faults + [_with_file(fault, files) for fault in inconsistencies(plan)]


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


def _plain(
    place: tuple[int | str, ...], message: str, tables: dict[str, object], files: dict[str, str]
) -> str:
    file = files.get(str(place[0]), "no file") if place else "no file"
    path = ".".join(str(part) for part in place)
    return f"{file}: {path}{_row_name(place, tables)}: {message}"


def _row_name(place: tuple[int | str, ...], tables: dict[str, object]) -> str:
    table = tables.get(str(place[0])) if place else None
    if not isinstance(table, list) or len(place) < _ROW_PLACE or not isinstance(place[1], int):
        return ""
    row = table[place[1]]
    named = [str(row[key]) for key in _NAMING if key in row] if isinstance(row, dict) else []
    return f" ({' '.join(named)})" if named else ""


def _with_file(fault: str, files: dict[str, str]) -> str:
    table = fault.replace(":", " ").split()[0]
    return f"{files[table]}: {fault}" if table in files else fault
