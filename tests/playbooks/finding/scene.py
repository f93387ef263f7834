"""A department with resources that a scan has looked at, and people who deal with them."""

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from playbooks.finding.returning import finish
from playbooks.finding.settling import Ground, Settled, settle_all
from playbooks.finding.storing import known, record, resource_id
from playbooks.person import Person
from playbooks.plan import load_plan
from situation.content.grade import DataGrade
from situation.content.piece import Unreadable
from situation.content.place import Box, Place
from situation.content.resource import Exposure, Resource
from situation.content.verdict import ColumnVerdict, Hit, Mark, Reason, Verdict, Violation
from situation.state.store import StateStore
from situation.state.tables import (
    AuditLine,
    Contact,
    DataFinding,
    Department,
    Notice,
    ScannedResource,
    ScanRun,
)

PLAN = load_plan()
DUE_DAYS = {"P0": 1, "P1": 3, "P2": 7, "P3": 30, "P4": 60}
GROUND = Ground(plan=PLAN, due_days=DUE_DAYS)
NOW = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
"""A Tuesday, nine o'clock in the city."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

DEPARTMENT, OTHER = "示例市人社局", "示例市交通局"
TARGET = "人社共享"

OFFICER = Person("qian", "data_officer")
SECRECY = Person("sun", "secrecy_officer")
LEAD = Person("lin", "duty_lead")
ANALYST = Person("chen", "analyst")
CLERK = Person("wang", "department", DEPARTMENT)

PUBLIC = Exposure(zone="public_share", world_readable=True)

TABLE = ColumnVerdict(
    table="Sheet1",
    column="身份证号",
    kind="resident_id",
    confidence=0.99,
    share=1.0,
    rows=1200,
    filled=1200,
    by="both",
    grade=DataGrade.GENERAL_4,
    reasons=(Reason(code="with_name", grade=DataGrade.GENERAL_4),),
)
HITS = (
    Hit(
        kind="resident_id",
        count=1200,
        distinct=1180,
        confidence=0.99,
        mask="000000********000X",
        checks=("check", "date", "region"),
        places=(Place(sheet="Sheet1", row=2, column="身份证号"),),
    ),
)
FOUND = Verdict(
    ruleset="rules-1",
    hits=HITS,
    columns=(TABLE,),
    grade=DataGrade.GENERAL_4,
    reasons=(Reason(code="combined", detail="2", grade=DataGrade.GENERAL_4),),
    persons=1180,
    sketch=b"sketch",
    mask=0b1011,
    octets=120_000,
    rows=1200,
)
CLEAN = Verdict(ruleset="rules-1", octets=1000, grade=DataGrade.GENERAL_1)
LOCKED = Verdict(ruleset="rules-1", unreadable=(Unreadable(reason="encrypted"),))
MARKED = Verdict(
    ruleset="rules-1",
    hits=HITS,
    marks=(
        Mark(
            classed="secret",
            level="机密",
            text="机密★10年",
            term="10年",
            score=90,
            place=Place(page=1),
            box=Box(left=0.1, top=0.1, right=0.3, bottom=0.12),
            reasons=(Reason(code="star"),),
        ),
    ),
    stopped=True,
    digest_sm3="ab" * 32,
)

EXPOSED = Violation(
    rule="V05",
    severity=2,
    reasons=(Reason(code="world_readable", detail="1180", grade=DataGrade.GENERAL_4),),
    kinds=("resident_id", "name"),
    persons=1180,
)
MILD = Violation(rule="V06", severity=4, kinds=("name",))
UNREAD = Violation(rule="V11", severity=3)
SECRET = Violation(rule="V01", severity=0)


def furnish(state: StateStore) -> None:
    """Put the departments and a contact into the directory."""
    with state.transaction() as session:
        session.add_all(
            Department(name=name, superior="", district="市本级", updated_at=NOW)
            for name in (DEPARTMENT, OTHER)
        )
        session.flush()
        session.add(
            Contact(
                department=DEPARTMENT,
                name="王联络",
                role="liaison",
                mail="liaison@hr.example.cn",
                addresses={},
                updated_at=NOW,
            )
        )


def begin(state: StateStore, run_id: str, at: dt.datetime) -> None:
    """Note a run over the target that began at a time."""
    with state.transaction() as session:
        session.add(
            ScanRun(
                id=run_id,
                target=TARGET,
                location="/share",
                department=DEPARTMENT,
                zone="internal",
                asked_by="clock",
                asked_at=at,
                started_at=at,
                state="done",
                counts={},
            )
        )


def scan(
    state: StateStore,
    path: str,
    verdict: Verdict,
    *violations: Violation,
    run_id: str = "run-1",
    now: dt.datetime = NOW,
    content: str = "c1",
    exposure: Exposure = PUBLIC,
    ground: Ground = GROUND,
) -> Settled:
    """Let a run look at one file and settle what it breaks."""
    return scan_all(
        state,
        [(path, verdict, violations)],
        run_id=run_id,
        now=now,
        content=content,
        exposure=exposure,
        ground=ground,
    )


def scan_all(
    state: StateStore,
    looked_at: Iterable[tuple[str, Verdict, Sequence[Violation]]],
    *,
    run_id: str = "run-1",
    now: dt.datetime = NOW,
    content: str = "c1",
    exposure: Exposure = PUBLIC,
    department: str = DEPARTMENT,
    ground: Ground = GROUND,
) -> Settled:
    """Let a run look at many files in one batch."""
    batch = list(looked_at)
    with state.transaction() as session:
        ids = [resource_id(TARGET, path) for path, _, _ in batch]
        there = known(session, ids)
        judged = [
            (
                record(
                    session,
                    target=TARGET,
                    department=department,
                    resource=Resource(path=path, size=7, stamp="s1", exposure=exposure),
                    verdict=verdict,
                    content_hash=content,
                    ruleset="rules-1",
                    run_id=run_id,
                    now=now,
                ),
                violations,
            )
            for path, verdict, violations in batch
        ]
        assert len(there) <= len(judged)
        return settle_all(session, judged, ground=ground, run_id=run_id, now=now)


def end(state: StateStore, run_id: str, now: dt.datetime, ground: Ground = GROUND) -> int:
    """Let a run end after its whole walk."""
    with state.transaction() as session:
        return finish(session, target=TARGET, run_id=run_id, ground=ground, now=now)


def finding(state: StateStore, path: str, rule: str = "V05") -> DataFinding:
    """Return a finding as it is stored."""
    wanted = sa.select(DataFinding).where(DataFinding.path == path, DataFinding.rule == rule)
    with state.reading() as session:
        return session.scalars(wanted).one()


def resource(state: StateStore, path: str) -> ScannedResource:
    """Return a resource as it is stored."""
    with state.reading() as session:
        return session.get_one(ScannedResource, resource_id(TARGET, path))


def the_notice(state: StateStore) -> Notice:
    """Return the one notice that there is."""
    with state.reading() as session:
        return session.scalars(sa.select(Notice).where(Notice.kind == "rectification")).one()


def lines(state: StateStore, object_id: str) -> list[AuditLine]:
    """Return the audit lines of an object, oldest first."""
    wanted = sa.select(AuditLine).where(AuditLine.object_id == object_id)
    with state.reading() as session:
        return list(session.scalars(wanted.order_by(AuditLine.number)))


def actions(state: StateStore, object_id: str) -> list[str]:
    """Return the actions on an object, oldest first."""
    return [line.action for line in lines(state, object_id)]
