import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.clock import SetClock
from situation.faults import Conflict
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Account, AuditLine, Login
from soc_api import accounts

NOW = dt.datetime(2026, 3, 17, 18, 17, tzinfo=dt.UTC)
SHIFT = dt.timedelta(hours=12)


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    store = open_state_store(f"sqlite:///{tmp_path}/state.db")
    yield store
    store.close()


def _log_in(
    state: StateStore, name: str, password: str, at: dt.datetime = NOW
) -> accounts.Admitted | accounts.Refused:
    with state.transaction() as session:
        return accounts.log_in(session, at, name=name, password=password, lasts=SHIFT)


def _first(state: StateStore) -> tuple[str, str]:
    made = accounts.ensure_first_account(state, SetClock(NOW))
    assert made is not None
    return made


def test_the_first_account_is_made_once_and_its_password_lets_in(state: StateStore) -> None:
    name, password = _first(state)
    assert accounts.ensure_first_account(state, SetClock(NOW)) is None
    assert isinstance(_log_in(state, name, password), accounts.Admitted)


def test_two_first_passwords_differ_and_are_long(tmp_path: pathlib.Path) -> None:
    passwords = set()
    for place in ("one", "two"):
        store = open_state_store(f"sqlite:///{tmp_path}/{place}.db")
        passwords.add(_first(store)[1])
        store.close()
    assert len(passwords) == 2
    assert {len(password) for password in passwords} == {23}


def test_neither_password_nor_token_is_kept_in_clear(state: StateStore) -> None:
    name, password = _first(state)
    admitted = _log_in(state, name, password)
    assert isinstance(admitted, accounts.Admitted)
    with state.reading() as session:
        account = session.scalars(sa.select(Account)).one()
        login = session.scalars(sa.select(Login)).one()
        lines = session.scalars(sa.select(AuditLine)).all()
    assert account.password_hash.startswith("$argon2id$")
    kept = " ".join([login.token_hash, login.form_token, *(str(line.detail) for line in lines)])
    assert password not in kept
    assert admitted.token not in kept


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(state: StateStore) -> None:
    name, password = _first(state)
    for _ in range(accounts.TRIES):
        assert _log_in(state, name, "wrong") == accounts.Refused()
    refused = _log_in(state, name, password, NOW + dt.timedelta(minutes=5))
    assert refused == accounts.Refused(dt.timedelta(minutes=10))
    later = NOW + accounts.TRIES_WINDOW
    assert isinstance(_log_in(state, name, password, later), accounts.Admitted)


def test_an_unknown_name_is_refused_like_a_wrong_password(state: StateStore) -> None:
    _first(state)
    assert _log_in(state, "nobody", "x") == accounts.Refused()


def test_a_login_ends_with_the_shift(state: StateStore) -> None:
    admitted = _log_in(state, *_first(state))
    assert isinstance(admitted, accounts.Admitted)
    with state.reading() as session:
        before = accounts.find_login(session, NOW + SHIFT - dt.timedelta(seconds=1), admitted.token)
        after = accounts.find_login(session, NOW + SHIFT, admitted.token)
    assert before is not None
    assert after is None


def test_a_login_that_was_ended_is_gone(state: StateStore) -> None:
    admitted = _log_in(state, *_first(state))
    assert isinstance(admitted, accounts.Admitted)
    for _ in range(2):
        with state.transaction() as session:
            accounts.log_out(session, NOW, admitted.token)
    with state.reading() as session:
        assert accounts.find_login(session, NOW, admitted.token) is None


def test_every_login_failure_and_end_leaves_an_audit_line(state: StateStore) -> None:
    name, password = _first(state)
    _log_in(state, name, "wrong")
    admitted = _log_in(state, name, password)
    assert isinstance(admitted, accounts.Admitted)
    with state.transaction() as session:
        accounts.log_out(session, NOW, admitted.token)
    with state.reading() as session:
        actions = session.scalars(sa.select(AuditLine.action).order_by(AuditLine.number)).all()
    assert actions == ["account.create", "login.refuse", "login.grant", "login.end"]


def test_a_name_is_given_once(state: StateStore) -> None:
    _first(state)
    with pytest.raises(Conflict), state.transaction() as session:
        accounts.add_account(
            session,
            NOW,
            name=accounts.FIRST_NAME,
            display_name="另一人",
            password="x",
            role="analyst",
        )
