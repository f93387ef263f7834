"""The registry against the Elastic Common Schema, whose names and types it borrows."""

import csv

from situation.fields import DNS_COLUMNS, FIELDS, FLOW_COLUMNS, FLOW_SCHEMA, frame_schema
from tests.testdata import testdata as public


def ecs_types() -> dict[str, str]:
    with public("vectors", "ecs", "fields.csv").open(newline="", encoding="utf-8") as file:
        return {row["Field"]: row["Type"] for row in csv.DictReader(file)}


def test_names_that_are_not_ours_are_those_of_ecs_with_its_types() -> None:
    known = ecs_types()
    borrowed = [field for field in FIELDS if not field.name.startswith("citywatch.")]
    assert len(borrowed) > 30
    assert {field.name: field.kind.value for field in borrowed} == {
        field.name: known.get(field.name) for field in borrowed
    }


def test_names_of_ours_do_not_exist_in_ecs() -> None:
    known = ecs_types()
    assert not [f.name for f in FIELDS if f.name.startswith("citywatch.") and f.name in known]


def test_every_field_is_declared_once_and_says_what_it_means() -> None:
    names = [field.name for field in FIELDS]
    assert len(set(names)) == len(names)
    assert all(field.meaning for field in FIELDS)


def test_no_name_is_the_beginning_of_another() -> None:
    names = {field.name for field in FIELDS}
    above = {name[:at] for name in names for at, letter in enumerate(name) if letter == "."}
    assert not names & above


def test_columns_of_batches_are_declared() -> None:
    assert list(FLOW_SCHEMA) == list(FLOW_COLUMNS)
    assert set(frame_schema(DNS_COLUMNS)) == set(DNS_COLUMNS)
    assert len(set(FLOW_COLUMNS)) == len(FLOW_COLUMNS)
