"""The JSON schemas and the playbooks that the OASIS committee and SOARCA publish, as test data."""

import copy
import functools
import json
import pathlib

import jsonschema
import referencing
from referencing.jsonschema import DRAFT7

from situation.state.columns import JsonObject
from tests.testdata import testdata

INVALID = "invalid_playbook.json"


@functools.cache
def validator() -> jsonschema.Draft7Validator:
    """Return a validator of playbooks; the schemas refer to one another by their ids."""
    read = [
        json.loads(path.read_text()) for path in _files(testdata("vectors", "cacao", "schemas"))
    ]
    resources = [(each["$id"], DRAFT7.create_resource(each)) for each in read]
    registry: referencing.Registry[object] = referencing.Registry().with_resources(resources)
    (root,) = (each for each in read if each["title"] == "playbook")
    return jsonschema.Draft7Validator(root, registry=registry)


def is_valid(document: object) -> bool:
    """Return the verdict of the schemas."""
    return bool(validator().is_valid(document))


def published(name: str) -> JsonObject:
    """Return one of the published playbooks."""
    return copy.deepcopy(_playbooks()[name])


def names(*, valid: bool = True) -> list[str]:
    """Return the names of the published playbooks."""
    return [name for name in sorted(_playbooks()) if (name != INVALID) is valid]


@functools.cache
def _playbooks() -> dict[str, JsonObject]:
    folder = testdata("vectors", "cacao", "playbooks")
    return {path.name: json.loads(path.read_text()) for path in _files(folder)}


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.rglob("*.json"))
