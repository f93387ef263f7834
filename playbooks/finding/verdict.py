"""Verdicts as they are kept: plain JSON, no value, next to nothing of a secret."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from situation.content.grade import DataGrade
from situation.content.kind import CLASS_NAMES, KINDS
from situation.content.piece import Unreadable
from situation.content.place import Box, Place
from situation.content.verdict import ColumnVerdict, Hit, Mark, Reason, Verdict
from situation.state.columns import JsonObject
from situation.state.tables import ScannedResource

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RAISED = 60
"""Score from which a mark is a finding (classified-data.md 2.4)."""

STATE_SECRET = "secret"  # noqa: S105 - a class of marks
_OWN_KIND = "own:"
_BITS = {name: 1 << place for place, name in enumerate(CLASS_NAMES)}
_OWN_COLUMNS = ("sketch", "mask", "ruleset")
"""Fields of a verdict that stand in a column of their own alone."""

_Record = TypeVar("_Record", bound="DataclassInstance")


def raised_marks(verdict: Verdict) -> int:
    """Return how many marks of state secrets are raised."""
    return sum(mark.classed == STATE_SECRET and mark.score >= RAISED for mark in verdict.marks)


def verdict_document(verdict: Verdict) -> JsonObject:
    """Return a verdict as it is kept; beside a mark of secrecy nothing else is kept."""
    if raised_marks(verdict):
        verdict = dataclasses.replace(verdict, hits=(), columns=(), sketch=b"", persons=0)
    return {
        field.name: _plain(getattr(verdict, field.name))
        for field in dataclasses.fields(verdict)
        if field.name not in _OWN_COLUMNS
    }


def verdict_of(row: ScannedResource) -> Verdict:
    """Return the verdict of a resource as it was kept."""
    kept = row.verdict
    return Verdict(
        ruleset=row.ruleset,
        hits=tuple(_hit(each) for each in _rows(kept, "hits")),
        columns=tuple(_column(each) for each in _rows(kept, "columns")),
        marks=tuple(_mark(each) for each in _rows(kept, "marks")),
        unreadable=tuple(_unreadable(each) for each in _rows(kept, "unreadable")),
        grade=DataGrade(_count(kept, "grade")),
        reasons=_reasons(kept),
        needs_confirm=bool(kept.get("needs_confirm")),
        persons=_count(kept, "persons"),
        sketch=row.sketch,
        mask=int(row.prefilter_mask, 16),
        octets=_count(kept, "octets"),
        rows=_count(kept, "rows"),
        stopped=bool(kept.get("stopped")),
        digest_sm3=str(kept.get("digest_sm3", "")),
    )


def kinds_of(verdict: Verdict) -> list[str]:
    """Return the kinds that were found, each once, in the order of the table of kinds."""
    if raised_marks(verdict):
        return []
    found = {hit.kind for hit in verdict.hits if not hit.masked and hit.count}
    found |= {column.kind for column in verdict.columns if column.kind}
    order = {key: place for place, key in enumerate(KINDS)}
    return sorted(found, key=lambda key: (order.get(key, len(order)), key))


def class_bits(kinds: list[str]) -> int:
    """Return a bit for each class that the kinds are of; the city's own patterns have none."""
    bits = 0
    for key in kinds:
        bits |= _BITS[KINDS[key].klass] if key in KINDS else 0
    return bits


def classes_of(bits: int) -> tuple[str, ...]:
    """Return the classes that bits stand for."""
    return tuple(name for name, bit in _BITS.items() if bits & bit)


def read_whole(row: ScannedResource) -> bool:
    """Tell whether a resource was read to its end, so that what is missing is really gone.

    A member of an archive that cannot be read is a finding of its own.
    """
    if row.marks or row.verdict.get("stopped"):
        return False
    return all(
        _object(each.get("place")).get("member") for each in _rows(row.verdict, "unreadable")
    )


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(given)
            for field in dataclasses.fields(value)
            if (given := getattr(value, field.name)) not in (None, "", ())
        }
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, DataGrade) else value


def _rows(document: Mapping[str, object], name: str) -> list[JsonObject]:
    found = document.get(name)
    return cast("list[JsonObject]", found) if isinstance(found, list) else []


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _count(document: Mapping[str, object], name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else 0


def _made(kind: type[_Record], kept: JsonObject, **more: object) -> _Record:
    """Return a record of plain values; texts that were empty were not kept."""
    fields = dataclasses.fields(kind)
    given = {
        field.name: kept.get(field.name, _nothing(field))
        for field in fields
        if field.name in kept or field.default is dataclasses.MISSING
    }
    return kind(**{**given, **more})


def _nothing(field: "dataclasses.Field[object]") -> object:
    return "" if field.type in (str, "str") else None


def _place(kept: object) -> Place:
    return _made(Place, _object(kept))


def _reasons(kept: Mapping[str, object]) -> tuple[Reason, ...]:
    return tuple(
        _made(Reason, each, grade=DataGrade(_count(each, "grade")))
        for each in _rows(kept, "reasons")
    )


def _texts(kept: Mapping[str, object], name: str) -> tuple[str, ...]:
    found = kept.get(name)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _hit(kept: JsonObject) -> Hit:
    places = tuple(_place(each) for each in _rows(kept, "places"))
    return _made(Hit, kept, checks=_texts(kept, "checks"), places=places)


def _column(kept: JsonObject) -> ColumnVerdict:
    grade = DataGrade(_count(kept, "grade"))
    return _made(ColumnVerdict, {"by": "values", **kept}, grade=grade, reasons=_reasons(kept))


def _mark(kept: JsonObject) -> Mark:
    box = kept.get("box")
    return _made(
        Mark,
        kept,
        place=_place(kept.get("place")),
        box=_made(Box, _object(box)) if box else None,
        faults=_texts(kept, "faults"),
        reasons=_reasons(kept),
    )


def _unreadable(kept: JsonObject) -> Unreadable:
    return _made(Unreadable, kept, place=_place(kept.get("place")))
