"""What a scan knows of each resource: recorded, or gone.

All functions write in the caller's transaction; a scan calls them in batches.
"""

import dataclasses
import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.verdict import class_bits, kinds_of, raised_marks, verdict_document
from situation.content.declared import Declared
from situation.content.resource import Resource
from situation.content.verdict import Verdict
from situation.state.tables import ScannedResource

AT_ONCE = 500
"""Ids that one statement names: both databases limit them."""


def resource_id(target: str, path: str) -> str:
    """Return the id of a resource of a target, the same each time."""
    return hashlib.blake2b(f"resource\x1f{target}\x1f{path}".encode(), digest_size=16).hexdigest()


def known(session: Session, ids: Sequence[str]) -> dict[str, ScannedResource]:
    """Return what is known of these resources by id; those never seen are missing."""
    found: dict[str, ScannedResource] = {}
    for some in in_parts(ids):
        rows = session.scalars(sa.select(ScannedResource).where(ScannedResource.id.in_(some)))
        found |= {row.id: row for row in rows}
    return found


def record(  # noqa: PLR0913 - each is a column of the row
    session: Session,
    *,
    target: str,
    department: str,
    resource: Resource,
    verdict: Verdict,
    content_hash: str,
    ruleset: str,
    run_id: str,
    now: dt.datetime,
    declared: Declared | None = None,
) -> ScannedResource:
    """Keep what a scan says of a resource and return its row; it is there again if it was gone.

    Whoever records many looks them up with `known` before and holds on to them: a row that the
    session knows is not asked for again.
    """
    key = resource_id(target, resource.path)
    with session.no_autoflush:
        row = session.get(ScannedResource, key)
    if row is None:
        row = ScannedResource(id=key, target=target, path=resource.path, first_seen_at=now)
        session.add(row)
    row.department, row.content_hash, row.ruleset = department, content_hash, ruleset
    row.seen_at = row.scanned_at = now
    row.gone_at, row.run_id = None, run_id
    _take_resource(row, resource)
    _take_verdict(row, verdict)
    row.declared_grade = int(declared.grade) if declared else None
    return row


def mark_gone(session: Session, ids: Sequence[str], *, now: dt.datetime) -> None:
    """Note that these resources are no longer there."""
    for some in in_parts(ids):
        change = sa.update(ScannedResource).where(ScannedResource.id.in_(some))
        session.execute(
            change.values(gone_at=now), execution_options={"synchronize_session": False}
        )


def in_parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield the ids in parts that one statement may name."""
    rest = iter(ids)
    while some := list(itertools.islice(rest, AT_ONCE)):
        yield some


def _take_resource(row: ScannedResource, resource: Resource) -> None:
    row.kind, row.size, row.stamp = resource.kind, resource.size, resource.stamp
    row.exposure = dataclasses.asdict(resource.exposure)
    row.zone = resource.exposure.zone


def _take_verdict(row: ScannedResource, verdict: Verdict) -> None:
    marks, kinds = raised_marks(verdict), kinds_of(verdict)
    row.verdict = verdict_document(verdict)
    row.prefilter_mask = f"{verdict.mask:016x}"
    row.kinds, row.classes = list(kinds), class_bits(kinds)
    row.marks, row.unreadable = marks, len(verdict.unreadable)
    row.persons, row.sketch = (0, b"") if marks else (verdict.persons, verdict.sketch)
    asked = verdict.needs_confirm
    row.needs_confirm = asked and row.confirmed_grade is None
    confirmed = row.confirmed_grade if asked else None
    row.grade = int(verdict.grade) if confirmed is None else confirmed
