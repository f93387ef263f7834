"""STIX 2.1 (OASIS, 2021): a bundle of indicators, with ids that the same content gives again."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence

from playbooks.measure.entry import Entry

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:citywatch:measure")
_SINCE = "2026-01-01T00:00:00.000Z"
_WE: dict[str, object] = {
    "type": "identity",
    "spec_version": "2.1",
    "id": f"identity--{uuid.uuid5(NAMESPACE, 'citywatch')}",
    "created": _SINCE,
    "modified": _SINCE,
    "name": "Citywatch",
    "identity_class": "system",
}
"""Who says so. It stands in each bundle: readers stumble over one without objects."""


def object_lines(entries: Sequence[Entry]) -> list[str]:
    """Return each indicator as one line of JSON, by its id."""
    objects = sorted((_indicator(one) for one in entries), key=lambda one: str(one["id"]))
    return [_line(one) for one in objects]


def _line(said: dict[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def bundle_of(entries: Sequence[Entry]) -> bytes:
    """Return the bundle; one without indicators where nothing is blocked."""
    lines = [_line(_WE), *object_lines(entries)]
    number = uuid.uuid5(NAMESPACE, "\n".join(lines))
    head = f'{{"type": "bundle", "id": "bundle--{number}", "objects": ['
    return "\n".join((head, ",\n".join(lines), "]}", "")).encode()


def _indicator(entry: Entry) -> dict[str, object]:
    # Another end is another object: nobody has to say when the first was changed to it.
    since, until = _time(entry.since), _time(entry.until) if entry.until else ""
    number = uuid.uuid5(NAMESPACE, f"{entry.kind} {entry.target} {since} {until}")
    found: dict[str, object] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{number}",
        "created_by_ref": _WE["id"],
        "created": since,
        "modified": since,
        "name": entry.target,
        "indicator_types": ["malicious-activity"],
        "pattern": _pattern(entry),
        "pattern_type": "stix",
        "valid_from": since,
    }
    return found | ({"valid_until": until} if until else {})


def _pattern(entry: Entry) -> str:
    version = 6 if ":" in entry.target else 4
    return f"[ipv{version}-addr:value = '{entry.target}']"


def _time(at: dt.datetime) -> str:
    # STIX writes milliseconds and Z (2.1, 3.2 and 10.1).
    utc = at.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
