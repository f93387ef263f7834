"""Warnings: who issues which colour, what it starts, who lifts it, all of it audited.

Vectors 25 (red by the city becomes a proposal), 26 (no start or time limit) and 27 (lifted by
another body) of the plan's fact sheet stand among these tests.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from playbooks.plan import load_plan
from playbooks.warning.acts import (
    adopt_warning,
    draft_warning,
    drop_warning,
    issue_warning,
    lift_warning,
)
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import AuditLine, CityWarning, Contact, Delivery, Department, Task
from tests.playbooks.incident.case import opened

PLAN = load_plan()
NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
LIN = Person("林晓", "analyst")
WU = Person("吴静", "duty_lead")
OUTSIDER = Person("赵一", "department", "示例市卫生健康委员会")
OFFICE = PLAN.city.office_zh
FIELDS = {
    "starts_at": "2026-03-03T16:30",
    "scope": "全市政务外网",
    "matters": "某办公系统漏洞正被大规模利用",
    "measures": "关闭外网入口，修补漏洞",
    "time_limit": "24 小时内",
}
DEPARTMENTS = ("示例市卫生健康委员会", "示例市教育局")


def drafted(session: Session, **changed: object) -> CityWarning:
    wanted: dict[str, object] = {
        "colour": "yellow",
        "issuer_level": "city",
        "issuer": OFFICE,
        "category": "network_attack/vulnerability_exploit",
        "title_zh": "办公系统漏洞预警",
        "title_en": "Hole in an office system",
        "fields": FIELDS,
        "incident_id": None,
        "drill_id": None,
        "by": LIN,
        "now": NOW,
    }
    return draft_warning(session, PLAN, **{**wanted, **changed})  # type: ignore[arg-type]


def issue(session: Session, warning: CityWarning, by: Person) -> CityWarning:
    session.flush()
    return issue_warning(
        session, PLAN, warning.id, by=by, expected_version=warning.version, now=NOW
    )


def drop(session: Session, warning: CityWarning, reason: str) -> CityWarning:
    session.flush()
    return drop_warning(
        session,
        PLAN,
        warning.id,
        reason=reason,
        by=LIN,
        expected_version=warning.version,
        now=NOW,
    )


def issued(session: Session, **changed: object) -> CityWarning:
    return issue(session, drafted(session, **changed), WU)


def lift(session: Session, warning: CityWarning, **changed: object) -> CityWarning:
    session.flush()
    wanted: dict[str, object] = {
        "reason": "漏洞已修补",
        "issuer_level": "city",
        "issuer": OFFICE,
        "by": WU,
        "expected_version": warning.version,
        "now": NOW + dt.timedelta(hours=5),
    }
    return lift_warning(session, PLAN, warning.id, **{**wanted, **changed})  # type: ignore[arg-type]


def directory(session: Session) -> None:
    for name in DEPARTMENTS:
        session.add(Department(name=name, updated_at=NOW))
    session.flush()
    for name, role, mail in (("周会", "liaison", "zhou@a.test"), ("郑重", "head", "zheng@a.test")):
        session.add(
            Contact(
                department=DEPARTMENTS[0],
                name=name,
                role=role,
                mail=mail,
                addresses={},
                updated_at=NOW,
            )
        )
    session.flush()


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def actions(state: StateStore) -> list[str]:
    lines = sa.select(AuditLine).where(AuditLine.object_kind == "warning")
    with state.reading() as session:
        return [line.action for line in session.scalars(lines.order_by(AuditLine.number))]


def deliveries(session: Session, occasion: str) -> set[tuple[str, str]]:
    rows = session.scalars(sa.select(Delivery).where(Delivery.occasion == occasion))
    return {(row.recipient, row.channel) for row in rows}


def test_a_draft_has_a_number_and_the_fields_in_the_citys_time(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        warning = drafted(session)
    assert warning.state == "draft"
    assert warning.number == "示网预〔2026〕第001号"
    assert warning.fields["starts_at"] == "2026-03-03 16:30:00"
    assert list(warning.fields) == list(FIELDS)


def test_numbers_count_up_and_those_of_drills_apart(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        numbers = [drafted(session).number, drafted(session).number]
        numbers.append(drafted(session, drill_id="drill-1").number)
    assert numbers == [
        "示网预〔2026〕第001号",
        "示网预〔2026〕第002号",
        "示网预（演练）〔2026〕第001号",
    ]


REQUIRED = ["starts_at", "scope", "matters", "measures", "time_limit"]


@pytest.mark.parametrize("field", REQUIRED)
def test_a_warning_without_a_required_field_is_refused(
    either_state: StateStore, field: str
) -> None:
    fields = {key: value for key, value in FIELDS.items() if key != field}
    with either_state.transaction() as session:
        with pytest.raises(Malformed) as fault:
            drafted(session, fields=fields)
        assert fault.value.where == field
        assert session.scalars(sa.select(CityWarning)).all() == []


WRONG = [
    ({"colour": "purple"}, "colour"),
    ({"category": "network_attack/none"}, "category"),
    ({"issuer_level": "street"}, "issuer_level"),
    ({"issuer_level": "nation"}, "issuer_level"),
    ({"title_zh": "  "}, "title_zh"),
    ({"fields": {**FIELDS, "starts_at": "tomorrow"}}, "starts_at"),
    ({"fields": {**FIELDS, "colour": "red"}}, "colour"),
    ({"fields": {**FIELDS, "audience": "示例市无此局"}}, "audience"),
    ({"fields": {**FIELDS, "scope": "长" * 10_001}}, "scope"),
]


@pytest.mark.parametrize(("changed", "where"), WRONG)
def test_what_the_plan_does_not_know_is_named(
    either_state: StateStore, changed: dict[str, object], where: str
) -> None:
    with either_state.transaction() as session:
        with pytest.raises(Malformed) as fault:
            drafted(session, **changed)
        assert fault.value.where == where


def test_the_drafter_does_not_issue(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        warning = drafted(session)
        for code, by in (("same_person", LIN), ("person_needed", SYSTEM), ("city_only", OUTSIDER)):
            refused(code, partial(issue, session, warning, by))
        assert warning.state == "draft"
    assert actions(either_state) == ["warning.draft"]


def test_a_department_does_not_draft(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        refused("city_only", lambda: drafted(session, by=OUTSIDER))
    assert actions(either_state) == []


def test_issuing_tells_every_department_and_starts_the_duties(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        warning = issued(session)
        assert (warning.state, warning.issued_by, warning.issued_at) == ("issued", WU.name, NOW)
        assert deliveries(session, "issue") == {
            (DEPARTMENTS[0], "portal"),
            (DEPARTMENTS[1], "portal"),
            (f"{DEPARTMENTS[0]}/周会", "mail"),
        }
        tasks = session.scalars(sa.select(Task).where(Task.object_id == warning.id)).all()
        wanted = {duty.zh for duty in PLAN.colour_duties("yellow")}
        assert {task.title_zh for task in tasks} == wanted
    assert actions(either_state) == ["warning.draft", "warning.issue", *["task.open"] * len(wanted)]


def test_only_the_departments_that_it_names_are_told(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        issued(session, fields={**FIELDS, "audience": f"{DEPARTMENTS[1]}\n"})
        assert deliveries(session, "issue") == {(DEPARTMENTS[1], "portal")}


def test_a_colour_beyond_the_power_becomes_a_proposal(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        warning = issued(session, colour="red")
        assert (warning.state, warning.issued_at) == ("proposed", None)
        assert deliveries(session, "issue") == set()
        (task,) = session.scalars(sa.select(Task)).all()
        assert task.kind == "propose_warning"
        assert "省级网信部门" in task.title_zh
    assert actions(either_state) == ["warning.draft", "warning.propose", "task.open"]


def test_what_a_superior_issued_is_the_superiors(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        warning = issued(session, colour="red")
        session.flush()
        province = {"issuer_level": "province", "issuer": "省委网信办", "by": WU, "now": NOW}
        nation = {**province, "issuer_level": "nation", "issuer": "国家网络安全应急办公室"}
        seen = {"expected_version": warning.version}
        refused(
            "beyond_power",
            lambda: adopt_warning(session, PLAN, warning.id, **province, **seen),  # type: ignore[arg-type]
        )
        adopt_warning(session, PLAN, warning.id, **nation, **seen)  # type: ignore[arg-type]
        assert (warning.state, warning.issuer_level) == ("issued", "nation")
        assert (f"{DEPARTMENTS[0]}/郑重", "mail") in deliveries(session, "issue")
        states = {
            task.kind: task.state for task in session.scalars(sa.select(Task).order_by(Task.state))
        }
        assert states["propose_warning"] == "done"
        refused("not_issuer", lambda: lift(session, warning))
        lift(session, warning, issuer_level="nation", issuer="国家网络安全应急办公室")
        assert warning.state == "lifted"


def test_only_the_issuer_lifts(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        warning = issued(session)
        other = {"issuer_level": "district", "issuer": "示例区委网信办"}
        refused("not_issuer", lambda: lift(session, warning, **other))
        refused("not_issuer", lambda: lift(session, warning, issuer="另一个办公室"))
        refused("reason_missing", lambda: lift(session, warning, reason=" "))
        assert warning.state == "issued"


def test_lifting_tells_again_and_ends_the_duties(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        warning = lift(session, issued(session))
        assert (warning.state, warning.lifted_by) == ("lifted", WU.name)
        assert warning.lift_reason == "漏洞已修补"
        assert deliveries(session, "lift") == deliveries(session, "issue")
        assert {task.state for task in session.scalars(sa.select(Task))} == {"dropped"}
        refused("illegal", lambda: lift(session, warning))


def test_a_draft_may_be_dropped_but_no_issued_warning(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        warning, holding = drafted(session), issued(session)
        session.flush()
        refused("reason_missing", partial(drop, session, warning, " "))
        refused("illegal", partial(drop, session, holding, "重复"))
        drop(session, warning, "重复")
        assert warning.state == "dropped"


def test_who_acts_on_an_old_state_is_told(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        warning = drafted(session)
        refused(
            "stale",
            lambda: issue_warning(
                session, PLAN, warning.id, by=WU, expected_version=warning.version + 1, now=NOW
            ),
        )
        with pytest.raises(Conflict, match="no such warning"):
            issue_warning(session, PLAN, "none", by=WU, expected_version=1, now=NOW)


def test_a_warning_of_a_drills_incident_is_of_that_drill(either_state: StateStore) -> None:
    incident = opened(either_state, drill_id="drill-1")
    with either_state.transaction() as session:
        directory(session)
        assert issued(session, incident_id=incident.id).drill_id == "drill-1"
        assert {row.address for row in session.scalars(sa.select(Delivery))} == {""}
        with pytest.raises(Malformed) as fault:
            drafted(session, incident_id="none")
        assert fault.value.where == "incident_id"


@pytest.mark.parametrize("where", ["title_zh", "issuer", "scope"])
def test_a_text_that_no_form_has_is_refused_by_the_name_of_its_field(
    either_state: StateStore, where: str
) -> None:
    text = "漏洞\x00"
    changed = {"fields": {**FIELDS, where: text}} if where in FIELDS else {where: text}
    with pytest.raises(Malformed) as fault, either_state.transaction() as session:
        drafted(session, **changed)
    assert fault.value.where == where


def test_a_drill_reaches_no_address(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        directory(session)
        issued(session, drill_id="drill-1")
        rows = session.scalars(sa.select(Delivery)).all()
        assert {row.drill_id for row in rows} == {"drill-1"}
        assert {row.address for row in rows} == {""}
        assert {task.drill_id for task in session.scalars(sa.select(Task))} == {"drill-1"}
