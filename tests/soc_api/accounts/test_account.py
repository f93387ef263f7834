import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.person import Person
from situation.clock import SetClock
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Account, AuditLine, Login
from soc_api import accounts
from soc_api.permission import ADMINISTRATOR, DEPARTMENT

NOW = dt.datetime(2026, 3, 17, 18, 17, tzinfo=dt.UTC)
ADMIN = Person("operator", ADMINISTRATOR)
PASSWORD = "synthetic-pass-4711"
BUREAU = "示例市教育局"
LASTING = accounts.Lasting(dt.timedelta(hours=12), dt.timedelta(hours=1))


def _add(state: StateStore, name: str = "chen", **given: str) -> None:
    values = {"display_name": "陈一", "password": PASSWORD, "role": "analyst"} | given
    with state.transaction() as session:
        accounts.add_account(session, NOW, name=name, by=ADMIN, **values)


def test_the_first_account_is_made_once_and_administrates(
    state: StateStore, first: tuple[str, str]
) -> None:
    assert accounts.ensure_first_account(state, SetClock(NOW)) is None
    with state.reading() as session:
        account = accounts.account_named(session, first[0])
    assert (account.role, account.display_name) == (ADMINISTRATOR, "管理员")


def test_two_first_passwords_differ_and_are_long(tmp_path: pathlib.Path) -> None:
    passwords = set()
    for place in ("one", "two"):
        store = open_state_store(f"sqlite:///{tmp_path}/{place}.db")
        made = accounts.ensure_first_account(store, SetClock(NOW))
        assert made is not None
        passwords.add(made[1])
        store.close()
    assert len(passwords) == 2
    assert {len(password) for password in passwords} == {23}


def test_a_name_is_given_once(state: StateStore) -> None:
    _add(state)
    with pytest.raises(Conflict, match="chen is taken"):
        _add(state, role="viewer")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": " chen"}, "name"),
        ({"name": "che\x00n"}, "name"),
        ({"name": "c" * 65}, "name"),
        ({"password": "short-one"}, "password"),
        ({"password": "p" * 257}, "password"),
        ({"name": "long-enough", "password": "LONG-enough"}, "password"),
        ({"role": "operator"}, "role"),
        ({"role": DEPARTMENT}, "department"),
        ({"role": "analyst", "department": BUREAU}, "role"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_its_field(
    state: StateStore, given: dict[str, str], where: str
) -> None:
    with pytest.raises(Malformed) as refused:
        _add(state, **given)
    assert refused.value.where == where


def test_an_ended_account_is_kept_and_its_logins_are_not(
    state: StateStore, first: tuple[str, str]
) -> None:
    _add(state)
    accounts.log_in(state, NOW, name="chen", password=PASSWORD, lasting=LASTING)
    with state.transaction() as session:
        accounts.end_account(session, "chen", by=ADMIN, now=NOW)
    with state.reading() as session:
        kept = session.scalars(sa.select(Account).where(Account.name == "chen")).one()
        assert kept.ended_at == NOW
        assert session.scalars(sa.select(Login)).all() == []
        with pytest.raises(Malformed, match="no account chen"):
            accounts.account_named(session, "chen")
    again = accounts.log_in(state, NOW, name="chen", password=PASSWORD, lasting=LASTING)
    assert again == accounts.Refused()
    assert first[0] == ADMIN.name


def test_the_last_administrator_stays(state: StateStore, first: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as ended, state.transaction() as session:
        accounts.end_account(session, first[0], by=ADMIN, now=NOW)
    with pytest.raises(Refusal) as changed, state.transaction() as session:
        accounts.change_role(session, first[0], role="viewer", department=None, by=ADMIN, now=NOW)
    assert ended.value.code == changed.value.code == "last_administrator"
    _add(state, "second", role=ADMINISTRATOR)
    with state.transaction() as session:
        accounts.end_account(session, first[0], by=ADMIN, now=NOW)


def test_another_role_ends_the_logins_and_says_what_it_was(state: StateStore) -> None:
    _add(state)
    accounts.log_in(state, NOW, name="chen", password=PASSWORD, lasting=LASTING)
    with state.transaction() as session:
        accounts.change_role(session, "chen", role=DEPARTMENT, department=BUREAU, by=ADMIN, now=NOW)
    with state.reading() as session:
        account = accounts.account_named(session, "chen")
        assert (account.role, account.department) == (DEPARTMENT, BUREAU)
        assert session.scalars(sa.select(Login)).all() == []
        line = session.scalars(sa.select(AuditLine).order_by(AuditLine.number.desc())).first()
    assert line is not None
    assert (line.actor, line.action) == ("operator", "account.role")
    assert line.detail["before"] == {"role": "analyst", "department": None}


def test_another_password_ends_all_logins_but_the_one_that_is_kept(state: StateStore) -> None:
    _add(state)
    for _ in range(3):
        kept = accounts.log_in(state, NOW, name="chen", password=PASSWORD, lasting=LASTING)
    assert isinstance(kept, accounts.Admitted)
    with state.transaction() as session:
        mine = accounts.digest_of(kept.token)
        accounts.change_password(
            session, "chen", "another-synthetic-pass", by=ADMIN, now=NOW, but=mine
        )
    with state.reading() as session:
        assert session.scalars(sa.select(Login.token_hash)).all() == [mine]
    old = accounts.authenticate(state, NOW, name="chen", password=PASSWORD)
    new = accounts.authenticate(state, NOW, name="chen", password="another-synthetic-pass")
    assert isinstance(old, accounts.Refused)
    assert isinstance(new, Account)
