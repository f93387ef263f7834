"""Lines of a scan for programs: one JSON object for each thing that was found in a resource."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from situation.content.grade import DataGrade
from situation.content.piece import BODY
from situation.content.place import Place
from situation.content.verdict import ColumnVerdict, Hit, Mark, Reason, Verdict, Violation

Line = dict[str, object]


def lines_of(path: str, verdict: Verdict, violations: Sequence[Violation]) -> Iterator[Line]:
    """Yield the lines of a resource. Nothing in them is a value that was found.

    Every line has `path`, `place`, `kind`, `count`, `confidence`, `mask`, `grade` and `reasons`;
    `kind` is one of the kinds, or `mark:`, `unreadable:`, `violation:` and what it is.
    """
    ground = {"path": path, "grade": verdict.grade.name.lower()}
    for mark in verdict.marks:
        yield {**ground, **_mark(mark)}
    for column in verdict.columns:
        yield {**ground, **_column(column)}
    for hit in verdict.hits:
        yield {**ground, **_hit(hit), "reasons": _reasons(verdict.reasons)}
    for one in verdict.unreadable:
        found = _found(f"unreadable:{one.reason}", place=one.place)
        yield {**ground, **found, "reasons": [one.detail] if one.detail else []}
    for violation in violations:
        found = _found(f"violation:{violation.rule}", count=violation.persons or 1)
        yield {
            **ground,
            **found,
            "severity": f"P{violation.severity}",
            "reasons": _reasons(violation.reasons),
        }


def _found(
    kind: str, *, place: Place = BODY, count: int = 1, confidence: float = 1.0, mask: str = ""
) -> Line:
    return {
        "place": place_of(place),
        "kind": kind,
        "count": count,
        "confidence": round(confidence, 3),
        "mask": mask,
    }


def _hit(hit: Hit) -> Line:
    found = _found(
        hit.kind,
        place=hit.places[0] if hit.places else BODY,
        count=hit.count,
        confidence=hit.confidence,
        mask=hit.mask,
    )
    more = {"distinct": hit.distinct, "checks": list(hit.checks), "masked": hit.masked}
    return {**found, **more, "places": [place_of(one) for one in hit.places]}


def _column(column: ColumnVerdict) -> Line:
    place = Place(sheet=column.table, column=column.column)
    found = _found(
        column.kind or "none", place=place, count=column.filled, confidence=column.confidence
    )
    more = {"column": True, "share": round(column.share, 4), "by": column.by}
    graded = {"grade": column.grade.name.lower(), "reasons": _reasons(column.reasons)}
    return {**found, **more, **graded}


def _mark(mark: Mark) -> Line:
    found = _found(
        f"mark:{mark.classed}", place=mark.place, confidence=mark.score / 100, mask=mark.text
    )
    more = {"level": mark.level, "term": mark.term, "faults": list(mark.faults)}
    return {**found, **more, "reasons": _reasons(mark.reasons)}


def place_of(place: Place) -> Line:
    """Return a place as an object, without what does not apply."""
    return {key: value for key, value in asdict(place).items() if value not in ("", None)}


def _reasons(reasons: Sequence[Reason]) -> list[Line]:
    return [
        {
            "code": one.code,
            "detail": one.detail,
            "grade": "" if one.grade is DataGrade.NONE else one.grade.name.lower(),
        }
        for one in reasons
    ]
