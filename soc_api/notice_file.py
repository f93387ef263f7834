"""Notices and answers that are written as JSON files."""

import pathlib
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from playbooks.notice.feedback import Answer
from situation.faults import Malformed
from situation.validation import sentences
from soc_api.commands.json_file import read_json

Text = Annotated[str, Field(max_length=20_000)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftFile(_File):
    """A notice as it is drafted; `fields` are those of the form of its kind in the plan."""

    kind: Literal["hazard", "incident", "warning", "rectification", "supervision"] = "hazard"
    department: Text
    title: Text
    title_en: Text = ""
    level: Annotated[int, Field(ge=1, le=4)] = 4
    hazard_level: Literal["low", "medium", "high", "critical"] | None = None
    incident: str | None = None
    fields: dict[str, Text] = {}
    items: list[Text] = []


class AnswerFile(_File):
    """An answer of a department."""

    truth: Literal["true", "false_alarm", "not_ours"]
    measures: Text
    cause: Text = ""
    result: Text = ""
    handled_at: AwareDatetime | None = None
    residual: Text
    responsible: Text
    phone: Text


File = TypeVar("File", DraftFile, AnswerFile)


def read_draft(path: pathlib.Path) -> DraftFile:
    """Read a draft; raise `Malformed` with every fault of the file at once."""
    return _read(path, DraftFile)


def read_answer(path: pathlib.Path) -> Answer:
    """Read an answer; raise `Malformed` with every fault of the file at once."""
    read = _read(path, AnswerFile)
    return Answer(**{name: getattr(read, name) for name in AnswerFile.model_fields})


def _read(path: pathlib.Path, form: type[File]) -> File:
    try:
        return form.model_validate(read_json(path))
    except ValidationError as error:
        raise Malformed("; ".join(sentences(error)), where=str(path)) from error
