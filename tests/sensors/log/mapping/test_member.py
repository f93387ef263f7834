"""Members of lines whose members are not known beforehand."""

import json

import polars as pl
import pytest

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.document import Document
from sensors.log.mapping.member import (
    DEPTH,
    gathered,
    json_members,
    record_members,
    wanted_members,
)
from sensors.log.mapping.pattern import MEMBERS, TEXT
from situation.fields import BY_NAME


def _document(**content: object) -> Document:
    return Document.model_validate({"name": "x", "title": "", "form": "json", **content})


def _read(text: str, *wanted: str) -> dict[str, object]:
    frame = pl.DataFrame({TEXT: [text]}).with_row_index(LINE)
    row = (
        gathered(frame, json_members, frozenset(wanted), nested=True).drop(LINE).row(0, named=True)
    )
    row[MEMBERS] = json.loads(row[MEMBERS] or "{}")
    return row


def test_a_source_cannot_say_what_we_say_of_it() -> None:
    wanted = wanted_members(_document(declared=True))
    assert {"user.name", "source.ip", "@timestamp", "message"} <= wanted
    assert not {name for name in wanted if name.startswith("citywatch.")}
    assert not wanted & {"event.id", "event.original", "event.created", "observer.name"}


def test_only_the_names_of_the_mapping_are_wanted_else() -> None:
    wanted = wanted_members(
        _document(fields={"a": "user.name"}, times=[{"from": ["d", "t"], "formats": ["iso"]}])
    )
    assert wanted == {"a", "d", "t"}
    assert not wanted & BY_NAME.keys()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"x"', "x"), ("7", "7"), ("7.0", "7"), ("7.5", "7.5"), ("true", "true"), ('["x"]', "x"),
    ],
)  # fmt: skip
def test_a_single_value_becomes_text(value: str, text: str) -> None:
    assert _read(f'{{"a":{value}}}', "a")["a"] == text


@pytest.mark.parametrize("value", ["[1,2]", '{"b":1}', "[[1]]", "[]"])
def test_what_is_no_single_value_stays_among_the_members(value: str) -> None:
    assert _read(f'{{"a":{value}}}', "a") == {MEMBERS: {"a": json.loads(value)}, FAULT: None}


def test_members_deeper_than_the_bound_stay_whole() -> None:
    text = '{"a":' * (DEPTH + 2) + "1" + "}" * (DEPTH + 2)
    name = ".".join("a" * (DEPTH + 2))
    assert name not in _read(text, name)


def test_a_record_with_more_values_than_names_is_not_of_the_form() -> None:
    decode = record_members(["a", "b"], ";")
    assert decode("1;2") == {"a": "1", "b": "2"}
    assert decode("1") == {"a": "1"}
    assert decode("1;2;3") is None
    assert decode('"1;2') is None
