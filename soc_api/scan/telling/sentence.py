"""What a scan found as sentences for a person at a terminal."""

from collections.abc import Iterator, Sequence

from situation.content.grade import GRADE_NAMES, DataGrade
from situation.content.kind import KINDS
from situation.content.verdict import Hit, Mark, Verdict, Violation
from soc_api.scan.telling.tally import Tally

_MIB = 1 << 20


def sentences_of(path: str, verdict: Verdict, broken: Sequence[Violation]) -> Iterator[str]:
    """Yield the lines of a resource; none for one that holds nothing of note."""
    found = [hit for hit in verdict.hits if hit.count]
    if not (found or verdict.marks or verdict.unreadable or broken):
        return
    zh, en = GRADE_NAMES[verdict.grade]
    people = f", {verdict.persons:,} persons" if verdict.persons else ""
    yield f"{path}"
    yield f"    {zh} / {en}{people}{', to be confirmed' if verdict.needs_confirm else ''}"
    yield from (f"    {_mark(mark)}" for mark in verdict.marks)
    yield from (f"    {_hit(hit)}" for hit in found)
    for one in verdict.unreadable:
        yield f"    unreadable: {one.reason}{f' ({one.detail})' if one.detail else ''}"
    for violation in broken:
        codes = ", ".join(dict.fromkeys(reason.code for reason in violation.reasons))
        yield f"    {violation.rule} P{violation.severity}: {codes}"


def summary_of(tally: Tally) -> Iterator[str]:
    """Yield what a whole scan came to."""
    seconds = max(tally.seconds, 0.001)
    rate = tally.octets / _MIB / seconds
    untouched = f", {tally.untouched:,} of them untouched" if tally.untouched else ""
    if tally.state != "done":
        yield f"The scan is {tally.state}; run it again and it goes on where it was"
    read = f"{tally.octets / _MIB:,.1f} MiB in {seconds:,.1f} s ({rate:,.1f} MiB/s)"
    yield f"{tally.resources:,} resources{untouched}, {read}"
    grades = [
        f"{GRADE_NAMES[grade][1]} {tally.grades[grade]:,}"
        for grade in reversed(DataGrade)
        if tally.grades[grade]
    ]
    yield "Grades      " + (", ".join(grades) or "none")
    yield "Violations  " + (_counted(tally.rules) or "none")
    yield "Unreadable  " + (_counted(tally.unreadable) or "none")


def _counted(counts: "dict[str, int]") -> str:
    return ", ".join(f"{key} {n:,}" for key, n in sorted(counts.items()))


def _hit(hit: Hit) -> str:
    kind = KINDS.get(hit.kind)
    named = f"{kind.zh} / {kind.en}" if kind else hit.kind
    masked = " (masked already)" if hit.masked else ""
    example = f", e.g. {hit.mask}" if hit.mask else ""
    return f"{named}{masked}: {hit.count:,}{example}"


def _mark(mark: Mark) -> str:
    faults = f", {', '.join(mark.faults)}" if mark.faults else ""
    return f"mark {mark.text} taken for {mark.classed}, score {mark.score}{faults}"
