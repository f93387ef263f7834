"""Runs and findings for the command line: as objects, and as lines for a person."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.rule import rule_of
from playbooks.finding.verdict import verdict_of
from situation.clock import CITY_ZONE
from situation.content.grade import GRADE_NAMES, DataGrade
from situation.settings import Settings, without_password
from situation.state.tables import DataFinding, ScannedResource, ScanRun
from soc_api.scan.run.progress import progress_of
from soc_api.scan.telling.line import lines_of

Document = dict[str, object]

SHORT = 12
"""Characters of an id that a list shows; as many name it."""


def runs_document(
    session: Session, settings: Settings, now: dt.datetime, *, limit: int
) -> Document:
    """Return the targets of the settings and the newest runs as an object."""
    targets = [
        {
            "target": name,
            "location": without_password(one.url),
            "department": one.department,
            "at": one.at,
            "hours": one.hours,
        }
        for name, one in sorted(settings.scans.items())
    ]
    runs = [run_document(run, now) for run in _runs(session, limit)]
    return {"targets": targets, "runs": runs}


def runs_lines(
    session: Session, settings: Settings, now: dt.datetime, *, limit: int
) -> Iterator[str]:
    """Yield the same for a person."""
    for name, one in sorted(settings.scans.items()):
        when = f"at {one.at}" if one.at else "when asked"
        hours = f", within {one.hours}" if one.hours else ""
        yield f"{name:<16} {without_password(one.url)}  {when}{hours}  {one.department}"
    runs = _runs(session, limit)
    yield from (_run_line(run, now) for run in runs)
    if not settings.scans and not runs:
        yield "No target [scans.NAME] in the settings, and nothing was scanned yet."


def run_document(run: ScanRun, now: dt.datetime) -> Document:
    """Return a run as an object, with its share, its rate and the time that is left."""
    far = progress_of(run, now)
    return {
        "run": run.id,
        "target": run.target,
        "location": run.location,
        "department": run.department,
        "state": run.state,
        "asked_by": run.asked_by,
        "asked_at": run.asked_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "seen": run.seen,
        "total": run.total,
        "untouched": run.untouched,
        "octets": run.octets,
        "share": far.share,
        "remaining_seconds": far.remaining.total_seconds() if far.remaining else None,
        "counts": run.counts,
        "error": run.error,
    }


def finding_document(row: DataFinding) -> Document:
    """Return a finding as an object of its list."""
    rule = rule_of(row.rule)
    return {
        "finding": row.id,
        "rule": row.rule,
        "name": {"zh": rule.zh, "en": rule.en},
        "severity": f"P{row.severity}",
        "department": row.department,
        "path": row.path,
        "grade": DataGrade(row.grade).name.lower(),
        "kinds": row.kinds,
        "persons": row.persons,
        "state": row.state,
        "owner": row.owner,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "first_seen_at": row.first_seen_at.isoformat(),
        "last_seen_at": row.last_seen_at.isoformat(),
        "reasons": row.reasons,
        "notice": row.notice_id,
    }


def finding_detail(session: Session, row: DataFinding) -> Document:
    """Return a finding with what its resource holds: kinds, counts, places, masks."""
    resource = session.get_one(ScannedResource, row.resource_id)
    held = list(lines_of(row.path, verdict_of(resource), ()))
    return {**finding_document(row), "held": held}


def finding_line(row: DataFinding) -> str:
    """Return a finding as one line of its list."""
    people = f", {row.persons:,} persons" if row.persons else ""
    due = f", due {_local(row.due_at)}" if row.due_at else ""
    grade = GRADE_NAMES[DataGrade(row.grade)][1]
    told = f"{row.id[:SHORT]}  P{row.severity} {row.rule} {row.state:<9} {row.path}"
    return f"{told}  ({grade}{people}{due})"


def lines_of_document(told: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Yield an object as lines, nested ones further in."""
    for key, value in told.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}"
            yield from lines_of_document(value, indent + "    ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{key}"
            for one in value:
                yield f"{indent}    " + "  ".join(f"{k}={_plain(v)}" for k, v in one.items() if v)
        else:
            yield f"{indent}{key:<18} {_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(f"{key} {one}" for key, one in value.items() if one not in ("", None))
    return "" if value is None else str(value)


def _runs(session: Session, limit: int) -> Sequence[ScanRun]:
    newest = sa.select(ScanRun).order_by(ScanRun.asked_at.desc(), ScanRun.id).limit(limit)
    return session.scalars(newest).all()


def _run_line(run: ScanRun, now: dt.datetime) -> str:
    far = progress_of(run, now)
    share = "" if far.share is None else f" {far.share:>4.0%}"
    left = f", {int(far.remaining.total_seconds())} s left" if far.remaining else ""
    seen = f"{run.seen:,} seen, {run.untouched:,} untouched{left}"
    fault = f"; {run.error}" if run.error else ""
    return f"{run.id}  {_local(run.asked_at)}  {run.state:<8}{share}  {run.location}  {seen}{fault}"


def _local(at: dt.datetime | None) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if at else ""
