"""Settling: what a scan found of a resource meets what is known: opened, kept, closed, returned.

A finding is closed only by a resource that was read to its end. What a person decided stays
until the matter is another one: graver, of more kinds, or, of a mark of secrecy, other content.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.alerting import Sighted, raise_alerts
from playbooks.finding.due import due_at
from playbooks.finding.item import retested
from playbooks.finding.ledger import move, note
from playbooks.finding.machine import DECIDED, UNSETTLED
from playbooks.finding.rule import ALERTED, MARK_RULE, rule_of
from playbooks.finding.storing import in_parts, mark_gone
from playbooks.finding.verdict import read_whole
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from situation.content.verdict import Violation
from situation.state.tables import DataFinding, Notice, ScannedResource, ScanRun

STILL_THERE = "复扫仍然存在"
NO_LONGER_THERE = "复扫未再发现"
GONE = "资源已不存在"
"""What an item of a rectification says of its re-scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What settling stands on. `due_days` are working days by severity, `P0` to `P4`.

    `count_persons` estimates how many people the sketches of several resources are about
    together; without it the largest single resource counts.
    """

    plan: Plan
    due_days: Mapping[str, int]
    count_persons: Callable[[Iterable[bytes]], int] | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Ids of the findings by what became of them; `alerts` are those of the desk."""

    opened: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """Return how many findings there are of each, without those of which there are none."""
        found = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        return {name: count for name, count in found.items() if count and name != "alerts"}


Judged = tuple[ScannedResource, Sequence[Violation]]
"""A resource as it was recorded, and the rules that it breaks now."""


def settle(
    session: Session,
    scanned: ScannedResource,
    violations: Sequence[Violation],
    *,
    ground: Ground,
    run_id: str,
    now: dt.datetime,
    by: Person = SYSTEM,
) -> Settled:
    """Settle one resource; see `settle_all`, which is the faster way for many."""
    return settle_all(
        session, [(scanned, violations)], ground=ground, run_id=run_id, now=now, by=by
    )


def settle_all(
    session: Session,
    judged: Sequence[Judged],
    *,
    ground: Ground,
    run_id: str,
    now: dt.datetime,
    by: Person = SYSTEM,
) -> Settled:
    """Settle the resources of a batch, each change with its audit line; harmless to repeat.

    What is new or came back and is grave raises an alert for its target, department and rule.
    """
    session.flush()
    there = _there(session, [scanned.id for scanned, _ in judged])
    desk = _Settling(session, ground, run_id, now, by)
    for scanned, violations in judged:
        desk.take(scanned, violations, there.get(scanned.id, {}))
    alerts = raise_alerts(session, desk.alarming, run_id=run_id, now=now)
    return desk.settled(alerts)


def settle_unseen(
    session: Session, *, target: str, ground: Ground, run_id: str, now: dt.datetime
) -> Settled:
    """Settle what a whole walk of a target left untouched: it is there as it was.

    An answered finding goes back, all others stay.
    """
    mine = (
        DataFinding.target == target,
        DataFinding.state.in_(UNSETTLED),
        DataFinding.last_run_id != run_id,
    )
    desk = _Settling(session, ground, run_id, now, SYSTEM)
    answered = sa.select(DataFinding).where(*mine, DataFinding.state == "answered")
    for finding in session.scalars(answered.order_by(DataFinding.id).with_for_update()).all():
        desk.look_again(finding)
    session.flush()
    seen = sa.update(DataFinding).where(*mine).values(last_seen_at=now, last_run_id=run_id)
    session.execute(seen, execution_options={"synchronize_session": "fetch"})
    return desk.settled()


def settle_gone(
    session: Session, resource_ids: Sequence[str], *, run_id: str, now: dt.datetime
) -> int:
    """Settle resources that are no longer there: their findings are closed; return how many."""
    count = 0
    for some in in_parts(resource_ids):
        open_ones = sa.select(DataFinding).where(
            DataFinding.resource_id.in_(some), DataFinding.state.in_(UNSETTLED)
        )
        for finding in session.scalars(open_ones.order_by(DataFinding.id).with_for_update()).all():
            finding.last_run_id = run_id
            close(session, finding, GONE, now=now)
            count += 1
    mark_gone(session, resource_ids, now=now)
    return count


def close(
    session: Session, finding: DataFinding, why: str, *, now: dt.datetime, by: Person = SYSTEM
) -> None:
    """Close a finding that a scan no longer sees; its item of the rectification is fixed."""
    move(session, finding, "close", by=by, now=now, reason=why)
    retested(session, finding, fixed=True, remark=why, now=now)


@dataclass(slots=True)
class _Settling:
    """One batch of one run while it is settled."""

    session: Session
    ground: Ground
    run_id: str
    now: dt.datetime
    by: Person
    alarming: list[Sighted] = field(default_factory=list)
    done: dict[str, list[str]] = field(
        default_factory=lambda: {
            name: [] for name in ("opened", "kept", "closed", "returned", "reopened")
        }
    )

    def take(
        self,
        scanned: ScannedResource,
        violations: Sequence[Violation],
        there: dict[str, DataFinding],
    ) -> None:
        """Settle one resource with the findings that are there, by their rule."""
        broken = {violation.rule: violation for violation in violations}
        for rule, violation in broken.items():
            finding = there.get(rule)
            if finding is None:
                self._open(scanned, violation)
            else:
                self._again(finding, scanned, violation)
        for rule, finding in there.items():
            if rule not in broken:
                self._missing(finding, scanned)

    def look_again(self, finding: DataFinding) -> None:
        """Give a finding back that its department says is put right, and is still there."""
        if not self._was_answered_before(finding):
            self.done["kept"].append(finding.id)
        elif rule_of(finding.rule).event:
            self._close(finding)
        else:
            finding.times_returned += 1
            finding.due_at = self._due(finding.severity)
            move(self.session, finding, "return", by=self.by, now=self.now, reason=STILL_THERE)
            retested(self.session, finding, fixed=False, remark=STILL_THERE, now=self.now)
            self.done["returned"].append(finding.id)

    def settled(self, alerts: Sequence[str] = ()) -> Settled:
        """Return what became of the findings."""
        return Settled(
            **{name: tuple(ids) for name, ids in self.done.items()}, alerts=tuple(alerts)
        )

    def _open(self, scanned: ScannedResource, violation: Violation) -> None:
        finding = DataFinding(
            id=finding_id_of(scanned.id, violation.rule),
            resource_id=scanned.id,
            rule=violation.rule,
            state="open",
            first_seen_at=self.now,
            first_run_id=self.run_id,
            due_at=self._due(violation.severity),
            times_returned=0,
            owner=str(scanned.exposure.get("owner") or ""),
        )
        self._fill(finding, scanned, violation)
        self.session.add(finding)
        note(self.session, finding, "open", by=self.by, now=self.now, severity=violation.severity)
        self.done["opened"].append(finding.id)
        self._alarm(finding, scanned)

    def _again(self, finding: DataFinding, scanned: ScannedResource, violation: Violation) -> None:
        before = finding.severity
        was_settled = finding.state not in UNSETTLED
        if finding.state in DECIDED and not _is_another_matter(finding, scanned, violation):
            self._see(finding, scanned)
            self.done["kept"].append(finding.id)
            return
        self._fill(finding, scanned, violation)
        if was_settled:
            self._reopen(finding)
        elif finding.state == "answered":
            self.look_again(finding)
        else:
            self.done["kept"].append(finding.id)
        if was_settled or violation.severity < before:
            self._grow_graver(finding, scanned, None if was_settled else before)

    def _reopen(self, finding: DataFinding) -> None:
        finding.notice_id = finding.rectification_item_id = finding.alert_id = None
        finding.due_at = self._due(finding.severity)
        move(self.session, finding, "reopen", by=self.by, now=self.now, reason=STILL_THERE)
        self.done["reopened"].append(finding.id)

    def _grow_graver(
        self, finding: DataFinding, scanned: ScannedResource, before: int | None
    ) -> None:
        if before is not None:
            due = self._due(finding.severity)
            finding.due_at = min(finding.due_at or due, due)
            detail = {"before": before, "after": finding.severity}
            note(self.session, finding, "grow", by=self.by, now=self.now, **detail)
        if before is None or before > ALERTED:
            self._alarm(finding, scanned)

    def _missing(self, finding: DataFinding, scanned: ScannedResource) -> None:
        finding.restricted = _is_restricted(finding, scanned)
        if finding.state not in UNSETTLED:
            return
        is_over = finding.state == "answered" or not rule_of(finding.rule).event
        if is_over and read_whole(scanned):
            self._close(finding)
        else:
            self.done["kept"].append(finding.id)

    def _close(self, finding: DataFinding) -> None:
        close(self.session, finding, NO_LONGER_THERE, now=self.now, by=self.by)
        self.done["closed"].append(finding.id)

    def _fill(self, finding: DataFinding, scanned: ScannedResource, violation: Violation) -> None:
        finding.severity, finding.grade = violation.severity, scanned.grade
        finding.persons = violation.persons
        if finding.kinds != list(violation.kinds):
            finding.kinds = list(violation.kinds)
        reasons: list[object] = [asdict(reason) for reason in violation.reasons]
        if finding.reasons != reasons:
            finding.reasons = reasons
        self._see(finding, scanned)

    def _see(self, finding: DataFinding, scanned: ScannedResource) -> None:
        finding.target, finding.path = scanned.target, scanned.path
        finding.department = scanned.department
        finding.restricted = _is_restricted(finding, scanned)
        finding.last_seen_at, finding.last_run_id = self.now, self.run_id

    def _alarm(self, finding: DataFinding, scanned: ScannedResource) -> None:
        if finding.severity <= ALERTED:
            self.alarming.append((finding, scanned))

    def _due(self, severity: int) -> dt.datetime:
        return due_at(self.ground.plan, self.ground.due_days, severity, self.now)

    def _was_answered_before(self, finding: DataFinding) -> bool:
        """Tell whether the answer came before this run began, which alone can judge it."""
        run = self.session.get(ScanRun, self.run_id)
        notice = self.session.get(Notice, finding.notice_id) if finding.notice_id else None
        if run is None or run.started_at is None or notice is None or notice.answered_at is None:
            return True
        return notice.answered_at <= run.started_at


def finding_id_of(resource_id: str, rule: str) -> str:
    """Return the id of a finding: the same rule of the same resource keeps it."""
    named = f"finding\x1f{resource_id}\x1f{rule}"
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def _there(session: Session, ids: Sequence[str]) -> dict[str, dict[str, DataFinding]]:
    found: dict[str, dict[str, DataFinding]] = {}
    for some in in_parts(ids):
        # Whoever decides about one meanwhile waits, so that neither overwrites the other.
        wanted = sa.select(DataFinding).where(DataFinding.resource_id.in_(some))
        for finding in session.scalars(wanted.with_for_update()):
            found.setdefault(finding.resource_id, {})[finding.rule] = finding
    return found


def _is_restricted(finding: DataFinding, scanned: ScannedResource) -> bool:
    """Tell whether a finding is the secrecy officer's: of a mark, or beside one.

    What cannot be read any more stays as it was.
    """
    is_of_a_mark = finding.rule == MARK_RULE or scanned.marks > 0
    return is_of_a_mark or (bool(finding.restricted) and not read_whole(scanned))


def _is_another_matter(
    finding: DataFinding, scanned: ScannedResource, violation: Violation
) -> bool:
    """Tell whether what a person decided about is no longer what stands there."""
    if finding.restricted:
        return finding.decided_content != scanned.content_hash
    return violation.severity < finding.severity or not set(violation.kinds) <= set(finding.kinds)
