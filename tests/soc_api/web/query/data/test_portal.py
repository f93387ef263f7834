import pytest

from playbooks.finding.sending import send
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import Account, DataFinding, Notice
from soc_api.web.query.portal import View, view_of
from soc_api.web.query.scope import Scope
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.data_world import HEALTH, HR, SECRET, SHARED, fill

OFFICER = Person("song", "data_officer")


@pytest.fixture
def state(either_state: StateStore) -> StateStore:
    with either_state.transaction() as session:
        ids = fill(session)
        notice = send(session, plan(), [ids["shared"], ids["unreadable"]], by=OFFICER, now=NOW)
        notice.status, notice.issued_at, notice.receipt_due = "issued", NOW, NOW
    return either_state


def _seen(state: StateStore, department: str) -> View | None:
    account = Account(name="liu", role="department", department=department)
    with state.reading() as session:
        notice = session.query(Notice).one()
        return view_of(session, Scope(account), notice.id, NOW)


def test_a_department_is_told_place_kinds_and_masks_of_its_findings(state: StateStore) -> None:
    view = _seen(state, HR)
    assert view is not None
    table, archive = view.found
    assert (table.row.path, table.name.zh) == (SHARED, "防护低于数据级别要求")
    assert [(line.column, line.kind.zh, line.mask) for line in table.held[:2]] == [
        ("A 姓名", "姓名", "王**"),
        ("C 证件", "居民身份证号", "000000********000X"),
    ]
    assert [reason.zh for reason, _ in archive.unreadable] == ["已加密"]


def test_another_department_is_told_nothing(state: StateStore) -> None:
    assert _seen(state, HEALTH) is None


def test_what_is_restricted_never_stands_in_a_notice(state: StateStore) -> None:
    with state.transaction() as session:
        secret = session.query(DataFinding).filter_by(path=SECRET, rule="V01").one()
        secret.notice_id = session.query(Notice).one().id
    view = _seen(state, HR)
    assert view is not None
    assert SECRET not in [line.row.path for line in view.found]
