"""Index templates from the field registry."""

from collections.abc import Iterator, Mapping
from typing import Any

from situation.fields import FIELDS, Field, Kind

_TYPES = {
    Kind.KEYWORD: "keyword",
    Kind.IP: "ip",
    Kind.DATE: "date_nanos",
    Kind.LONG: "long",
    Kind.DOUBLE: "double",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "text",
    Kind.WILDCARD: "keyword",  # exact and by prefix is all that a filter asks
}
_SETTINGS: dict[str, object] = {
    "number_of_shards": 1,
    "refresh_interval": "10s",
    "codec": "best_compression",
}


def mapped(field: Field) -> dict[str, object]:
    """Return the mapping of one field; a value that does not fit is refused, never ignored."""
    found: dict[str, object] = {"type": _TYPES[field.kind]}
    if field.kept_only:
        return {**found, "index": False, "doc_values": False}
    if not field.indexed:
        found["index"] = False
    if field.kind not in {Kind.KEYWORD, Kind.WILDCARD, Kind.TEXT, Kind.BOOLEAN}:
        found["ignore_malformed"] = False
    return found


def properties() -> dict[str, dict[str, object]]:
    """Return the mapping of every declared field by its name."""
    return {field.name: mapped(field) for field in FIELDS}


def component_templates(prefix: str, replicas: int | None) -> dict[str, dict[str, object]]:
    """Return the component templates by name; None leaves the replicas to the server."""
    settings = dict(_SETTINGS)
    if replicas is not None:
        settings["number_of_replicas"] = replicas
    return {
        f"{prefix}-fields": {
            "mappings": {"dynamic": False, "date_detection": False, "properties": properties()}
        },
        f"{prefix}-settings": {"settings": {"index": settings}},
    }


def index_template(prefix: str) -> dict[str, Any]:
    """Return the index template; `<prefix>@custom` is the operator's own component."""
    custom = f"{prefix}@custom"
    return {
        "index_patterns": [f"{prefix}-*"],
        "composed_of": [f"{prefix}-fields", f"{prefix}-settings", custom],
        "ignore_missing_component_templates": [custom],
        "priority": 300,
        "meta": {"description": "Events of Citywatch, one index a dataset and UTC day"},
    }


def mapping_faults(found: Mapping[str, Any]) -> list[str]:
    """Return what an index's mappings have otherwise than the registry, then what they lack."""
    types = dict(_leaf_types(found.get("properties", {}), ""))
    wanted = {field.name: _TYPES[field.kind] for field in FIELDS}
    other = [
        f"{name} is {types[name]}, not {kind}"
        for name, kind in wanted.items()
        if types.get(name, kind) != kind
    ]
    return other + [f"{name} is not mapped" for name in wanted if name not in types]


def _leaf_types(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, mapping in tree.items():
        if "properties" in mapping:
            yield from _leaf_types(mapping["properties"], f"{above}{name}.")
        else:
            yield above + name, mapping["type"]
