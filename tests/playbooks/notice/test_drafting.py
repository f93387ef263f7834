"""Notices: the form, the numbers, the deadlines, and their issue."""

import datetime as dt
import json
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.acts import issue
from playbooks.notice.form import FIELDS
from playbooks.person import Person
from playbooks.plan import load_plan
from playbooks.service import fold
from situation.clock import SetClock
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Incident, Notice, OutboxMessage
from tests.playbooks.intrusion import (
    ASSETS,
    ATTACKER,
    FRONT_END,
    MINUTE,
    NOW,
    WORKSTATION,
    alert,
    intrusion,
    opened,
    put,
)

PLAN = load_plan()
HOUR = dt.timedelta(hours=1)
LEAD = Person("duty-lead", "duty_lead")


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    store = opened(tmp_path)
    yield store
    store.close()


def folded(state: StateStore, at: dt.datetime = NOW, drill_id: str | None = None) -> None:
    fold(state, PLAN, ASSETS, SetClock(at), drill_id=drill_id)


def notices(state: StateStore) -> list[Notice]:
    with state.reading() as session:
        return list(session.scalars(sa.select(Notice).order_by(Notice.number)))


def text(notice: Notice, key: str, language: str = "zh") -> str:
    field = notice.fields[key]
    assert isinstance(field, dict)
    value = field["value"]
    values = value if isinstance(value, list) else [value]
    return "\n".join(each[language] for each in values)


def issue_now(state: StateStore, notice: Notice, version: int, at: dt.datetime = NOW) -> Notice:
    with state.transaction() as session:
        return issue(session, PLAN, notice.id, by=LEAD, expected_version=version, now=at)


def test_every_field_of_the_plans_form_can_be_filled() -> None:
    assert list(FIELDS) == [row.key for row in PLAN.notice_fields]


def test_the_notice_goes_to_the_department_of_the_victim(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    assert (notice.department, notice.contact) == ("示例市数据局", "示例市数据局值班电话")
    assert (notice.status, notice.level) == ("sign_off", 3)
    assert notice.number == "示网应通〔2026〕第001号"


def test_every_field_has_labels_and_values_in_both_languages(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    assert set(notice.fields) == set(FIELDS)
    for key, field in notice.fields.items():
        assert isinstance(field, dict)
        assert field["label_zh"]
        assert field["label_en"]
        assert text(notice, key, "zh")
        assert text(notice, key, "en")


def test_the_form_says_what_happened_and_what_to_do(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    assert text(notice, "type") == "数据安全事件 / 数据窃取"
    assert text(notice, "level") == "Ⅲ级（较大）"
    assert text(notice, "protection_level") == "等保四级"
    assert text(notice, "cii") == "是"
    assert text(notice, "first_seen") == "2026-03-03 09:00:00"
    assert text(notice, "indicators").splitlines() == [
        "地址 198.51.100.23",
        f"地址 {ATTACKER}",
        "域名 t.example.net",
        "端口 22",
    ]
    assert "告警 5 条，事件记录 500 条" in text(notice, "evidence")
    path = text(notice, "path").splitlines()
    assert len(path) == 5
    assert path[0].startswith("2026-03-03 09:00:00 发现（T1046）：")
    assert "隔离主机" in text(notice, "measures_required")
    assert text(notice, "measures_required").splitlines()[0] == PLAN.measure("upload").zh


def test_deadlines_are_those_of_the_level(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    assert notice.receipt_due == NOW + 4 * HOUR
    assert notice.feedback_due == NOW + 24 * HOUR
    assert text(notice, "receipt_due") == "2026-03-04 00:00:00"


def test_a_department_never_sees_hosts_of_another(state: StateStore) -> None:
    put(
        state,
        [
            *intrusion(),
            alert(
                "beacon",
                80,
                severity=3,
                source_ip=WORKSTATION,
                host_ip=WORKSTATION,
                destination_ip="198.51.100.23",
                sentence_zh=f"{WORKSTATION} 外联",
                sentence_en=f"{WORKSTATION} beacons",
            ),
        ],
    )
    folded(state)
    (notice,) = notices(state)
    assert notice.department == "示例市数据局"
    written = json.dumps(notice.fields, ensure_ascii=False)
    assert WORKSTATION not in written
    assert "交通局" not in written
    assert "另涉及其他单位资产 1 个" in text(notice, "scope")


def test_a_draft_is_brought_up_to_date_by_growth(state: StateStore) -> None:
    *early, upload = intrusion()
    put(state, early)
    folded(state)
    put(state, [upload])
    later = NOW + HOUR
    folded(state, later)
    (notice,) = notices(state)
    assert (notice.level, notice.version) == (3, 2)
    assert notice.receipt_due == later + 4 * HOUR
    assert "数据外传" in notice.title_zh


def test_issuing_starts_the_deadlines_and_is_audited(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    at = NOW + 3 * HOUR
    issued = issue_now(state, notice, notice.version, at)
    assert (issued.status, issued.issued_at, issued.issued_by) == ("issued", at, "duty-lead")
    assert issued.receipt_due == at + 4 * HOUR
    assert issued.feedback_due == at + 24 * HOUR
    (stored,) = notices(state)
    assert text(stored, "status") == "已下发"
    assert text(stored, "issued_at") == "2026-03-03 23:00:00"
    assert text(stored, "receipt_due") == "2026-03-04 03:00:00"
    with state.reading() as session:
        line = session.scalars(sa.select(AuditLine).where(AuditLine.action == "notice.issue")).one()
        sent = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.topic == "notice")
        ).all()
    assert (line.actor, line.object_id) == ("duty-lead", notice.id)
    assert [message.payload["action"] for message in sent] == ["notice.draft", "notice.issue"]
    assert {message.payload["drill"] for message in sent} == {False}


def test_a_notice_is_issued_once(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    issued = issue_now(state, notice, notice.version)
    with pytest.raises(Refusal, match="not possible while it is issued"):
        issue_now(state, notice, issued.version)


def test_a_notice_that_changed_meanwhile_is_not_issued(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (notice,) = notices(state)
    with pytest.raises(Conflict, match="meanwhile"):
        issue_now(state, notice, notice.version + 1)
    with pytest.raises(Conflict, match="no such notice"), state.transaction() as session:
        issue(session, PLAN, "nothing", by=LEAD, expected_version=1, now=NOW)
    assert notices(state)[0].status == "sign_off"


def test_growth_after_the_issue_asks_for_a_supplement_and_leaves_the_notice(
    state: StateStore,
) -> None:
    *early, upload = intrusion()
    put(state, early)
    folded(state)
    (notice,) = notices(state)
    issue_now(state, notice, notice.version)
    (before,) = notices(state)
    put(state, [upload])
    folded(state, NOW + MINUTE)
    (after,) = notices(state)
    assert (after.fields, after.version) == (before.fields, before.version)
    with state.reading() as session:
        incident = session.scalars(sa.select(Incident)).one()
    assert "notice_supplement_due" in json.dumps(incident.flags)


def test_numbers_count_up_and_drills_are_numbered_apart(state: StateStore) -> None:
    put(state, [*intrusion(), *intrusion("drill-1"), *intrusion("drill-2")])
    apart = {"source_ip": WORKSTATION, "host_ip": WORKSTATION, "destination_ip": "198.51.100.9"}
    put(state, [alert("beacon", 5, severity=3, **apart)])
    for drill_id in ("drill-1", None, "drill-2"):
        folded(state, drill_id=drill_id)
    assert [notice.number for notice in notices(state)] == [
        "示网应通〔2026〕第001号",
        "示网应通〔2026〕第002号",
        "示网应通（演练）〔2026〕第001号",
        "示网应通（演练）〔2026〕第002号",
    ]


def test_the_number_follows_the_citys_year(state: StateStore) -> None:
    put(state, intrusion())
    folded(state, dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC))
    assert notices(state)[0].number == "示网应通〔2027〕第001号"


def test_the_notice_of_a_host_without_a_name_still_says_which(state: StateStore) -> None:
    put(state, [alert("beacon", 0, severity=3, source_ip=FRONT_END, destination_ip=None)])
    folded(state)
    (notice,) = notices(state)
    assert text(notice, "address") == FRONT_END
    assert text(notice, "indicators") == ""
