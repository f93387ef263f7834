"""A desk with departments, people and notices to try the acts on."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.notice import acts
from playbooks.notice.drafting import draft_by_hand
from playbooks.notice.feedback import Answer, answer, review
from playbooks.person import Person
from playbooks.plan import load_plan
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Contact, Department, Feedback, Notice

PLAN = load_plan()
NOW = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
"""A Tuesday, nine o'clock in the city."""
MINUTE, HOUR, DAY = (dt.timedelta(minutes=n) for n in (1, 60, 1440))

DEPARTMENT, OTHER, SUPERIOR = "示例市数据局", "示例市交通局", "示例市人民政府办公室"

ANALYST = Person("chen", "analyst")
LEAD = Person("lin", "duty_lead")
CLERK = Person("wang", "department", DEPARTMENT)
STRANGER = Person("zhao", "department", OTHER)

HAZARD_FIELDS = {
    "hazard_number": "YH-1",
    "hazard_name": "弱口令",
    "reported_at": "2026-03-02 10:00:00",
    "hazard_url": "https://portal.example.cn/login",
    "system": "数据交换平台",
    "domain": "portal.example.cn",
    "address": "10.20.1.15",
    "district": "示例省示例市",
    "hazard_type": "弱口令",
    "found_at": "2026-03-02T09:30",
    "owner": DEPARTMENT,
    "owner_type": "机关",
    "industry": "政务",
    "protection_number": "不详",
    "description": "后台使用弱口令\n可被猜解",
}
ANSWER = Answer(
    truth="true",
    cause="口令未改",
    measures="已改口令",
    result="已消除",
    handled_at=NOW,
    residual="",
    responsible="王工",
    phone="0755-00000000",
)


def furnish(state: StateStore) -> None:
    """Put the departments and their contacts into the directory."""
    with state.transaction() as session:
        session.add_all(
            Department(name=name, superior=above, updated_at=NOW)
            for name, above in ((DEPARTMENT, SUPERIOR), (OTHER, ""), (SUPERIOR, ""))
        )
        session.flush()
        people = (("王联络", "liaison"), ("李局长", "head"), ("值班室", "duty"))
        session.add_all(
            Contact(
                department=DEPARTMENT,
                name=name,
                role=role,
                mail=f"{role}@data.example.cn",
                addresses={},
                updated_at=NOW,
            )
            for name, role in people
        )


def hand_drafted(  # noqa: PLR0913 - each is a column of the notice
    session: Session,
    *,
    kind: str = "hazard",
    fields: Mapping[str, str] = HAZARD_FIELDS,
    department: str = DEPARTMENT,
    level: int = 3,
    hazard_level: str | None = "high",
    items: Sequence[str] = (),
    incident_id: str | None = None,
    drill_id: str | None = None,
    by: Person = ANALYST,
    now: dt.datetime = NOW,
) -> Notice:
    """Draft a notice by hand, by default of a hazard."""
    return draft_by_hand(
        session,
        PLAN,
        kind=kind,
        department=department,
        title_zh="关于弱口令隐患的通报",
        title_en="Weak passwords",
        fields=fields,
        level=level,
        hazard_level=hazard_level,
        incident_id=incident_id,
        items=items,
        drill_id=drill_id,
        by=by,
        now=now,
    )


class Course:
    """Takes one notice from act to act, each in a transaction of its own."""

    def __init__(self, state: StateStore, notice_id: str) -> None:
        self.state, self.notice_id = state, notice_id

    @property
    def notice(self) -> Notice:
        """The notice as it is stored."""
        with self.state.reading() as session:
            return session.scalars(sa.select(Notice).where(Notice.id == self.notice_id)).one()

    def act(self, name: str, by: Person, now: dt.datetime = NOW, **more: object) -> Notice:
        """Do an act of `playbooks.notice.acts` with the version that is stored."""
        version = self.notice.version
        with self.state.transaction() as session:
            done: Notice = getattr(acts, name)(
                session, PLAN, self.notice_id, by=by, expected_version=version, now=now, **more
            )
        return done

    def issued(self, now: dt.datetime = NOW) -> "Course":
        """Take a draft to the department."""
        notice = self.notice
        self.act("submit", ANALYST, now)
        self.act("judge", LEAD, now, level=notice.level, hazard_level=notice.hazard_level)
        self.act("propose", LEAD, now)
        self.act("issue", LEAD, now)
        return self

    def signed(self, now: dt.datetime = NOW) -> "Course":
        """Let the department sign for it."""
        self.act("sign", CLERK, now)
        return self

    def answered(self, now: dt.datetime = NOW, given: Answer = ANSWER) -> Feedback:
        """Let the department answer."""
        version = self.notice.version
        with self.state.transaction() as session:
            return answer(
                session,
                PLAN,
                self.notice_id,
                given,
                by=CLERK,
                expected_version=version,
                now=now,
            )

    def reviewed(
        self,
        verdict: str,
        now: dt.datetime = NOW,
        *,
        due: dt.datetime | None = None,
        by: Person = ANALYST,
    ) -> Feedback:
        """Recheck the answer and say what was found."""
        if self.notice.status == "answered":
            self.act("recheck", ANALYST, now)
        version = self.notice.version
        with self.state.transaction() as session:
            return review(
                session,
                PLAN,
                self.notice_id,
                verdict=verdict,
                method="papers",
                opinion="" if verdict == "passed" else "缺截图",
                feedback_due=due,
                by=by,
                expected_version=version,
                now=now,
            )

    def returned(self, now: dt.datetime, due: dt.datetime) -> "Course":
        """Answer and let the answer be returned."""
        self.answered(now)
        self.reviewed("failed", now, due=due)
        return self

    def audit(self) -> list[AuditLine]:
        """The audit lines of the notice, oldest first."""
        lines = sa.select(AuditLine).where(AuditLine.object_id == self.notice_id)
        with self.state.reading() as session:
            return list(session.scalars(lines.order_by(AuditLine.number)))

    def actions(self) -> list[str]:
        """The actions of the audit lines, oldest first."""
        return [line.action for line in self.audit()]


def course_of(state: StateStore, **more: object) -> Course:
    """Draft a notice by hand in a transaction of its own."""
    with state.transaction() as session:
        notice = hand_drafted(session, **more)  # type: ignore[arg-type]
    return Course(state, notice.id)
