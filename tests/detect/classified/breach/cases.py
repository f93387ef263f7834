"""Verdicts for the tests of rules."""

from situation.content.grade import DataGrade
from situation.content.place import Place
from situation.content.verdict import Hit, Mark, MarkClass, Reason, Verdict


def hit(kind: str, count: int = 100, *, masked: bool = False, distinct: int | None = None) -> Hit:
    """Return what was found of a kind."""
    return Hit(
        kind=kind,
        count=count,
        distinct=count if distinct is None else distinct,
        confidence=0.9,
        mask="000",
        masked=masked,
    )


def verdict(
    *hits: Hit, grade: DataGrade = DataGrade.NONE, persons: int = 0, marks: tuple[Mark, ...] = ()
) -> Verdict:
    """Return the verdict of one resource."""
    return Verdict(ruleset="r", hits=hits, grade=grade, persons=persons, marks=marks)


def mark(
    classed: MarkClass, score: int = 90, *codes: str, faults: tuple[str, ...] = (), day: str = ""
) -> Mark:
    """Return a mark that is taken for something, by signals."""
    reasons = tuple(Reason(code=code) for code in codes)
    if day:
        reasons = (*reasons, Reason(code="exam_day", detail=day))
    return Mark(
        classed=classed,
        level="机密",
        text="机密★10年",
        term="10年",
        score=score,
        place=Place(),
        faults=faults,
        reasons=reasons,
    )
