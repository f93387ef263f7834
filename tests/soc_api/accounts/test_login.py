import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from situation.state.store import StateStore
from situation.state.tables import Account, AuditLine, Login
from soc_api import accounts

NOW = dt.datetime(2026, 3, 17, 18, 17, tzinfo=dt.UTC)
SHIFT, IDLE = dt.timedelta(hours=12), dt.timedelta(minutes=60)
SECOND = dt.timedelta(seconds=1)
LASTING = accounts.Lasting(SHIFT, IDLE)


def _log_in(
    state: StateStore, name: str, password: str, at: dt.datetime = NOW, *, replaces: str = ""
) -> accounts.Admitted | accounts.Refused:
    return accounts.log_in(
        state, at, name=name, password=password, lasting=LASTING, replaces=replaces
    )


def _admitted(
    state: StateStore, first: tuple[str, str], at: dt.datetime = NOW, *, replaces: str = ""
) -> accounts.Admitted:
    admitted = _log_in(state, *first, at, replaces=replaces)
    assert isinstance(admitted, accounts.Admitted)
    return admitted


def _is_in(state: StateStore, token: str, at: dt.datetime) -> bool:
    with state.reading() as session:
        return accounts.find_login(session, at, token, IDLE) is not None


def _use(state: StateStore, token: str, at: dt.datetime) -> None:
    with state.reading() as session:
        found = accounts.find_login(session, at, token, IDLE)
    assert found is not None
    accounts.keep_awake(state, at, found[1])


def test_neither_password_nor_token_is_kept_in_clear(
    state: StateStore, first: tuple[str, str]
) -> None:
    admitted = _admitted(state, first)
    with state.reading() as session:
        account = session.scalars(sa.select(Account)).one()
        login = session.scalars(sa.select(Login)).one()
        lines = session.scalars(sa.select(AuditLine)).all()
    assert account.password_hash.startswith("$argon2id$")
    kept = " ".join([login.token_hash, login.form_token, *(str(line.detail) for line in lines)])
    assert first[1] not in kept
    assert admitted.token not in kept


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(
    state: StateStore, first: tuple[str, str]
) -> None:
    for _ in range(accounts.TRIES):
        assert _log_in(state, first[0], "wrong") == accounts.Refused()
    refused = _log_in(state, *first, NOW + dt.timedelta(minutes=5))
    assert refused == accounts.Refused(dt.timedelta(minutes=10))
    assert isinstance(_log_in(state, *first, NOW + accounts.TRIES_WINDOW), accounts.Admitted)


@pytest.mark.parametrize("name", ["nobody", "", "no\x00body", "\ud800", "x" * 500])
def test_an_unknown_name_is_refused_like_a_wrong_password(
    state: StateStore, first: tuple[str, str], name: str
) -> None:
    assert _log_in(state, name, first[1]) == accounts.Refused()


def test_a_login_ends_with_the_shift_however_busy(
    state: StateStore, first: tuple[str, str]
) -> None:
    token = _admitted(state, first).token
    for half_hours in range(24):
        _use(state, token, NOW + half_hours * dt.timedelta(minutes=30))
    assert _is_in(state, token, NOW + SHIFT - SECOND)
    assert not _is_in(state, token, NOW + SHIFT)


def test_a_login_that_is_not_used_ends_within_the_hour(
    state: StateStore, first: tuple[str, str]
) -> None:
    token = _admitted(state, first).token
    _use(state, token, NOW + dt.timedelta(minutes=50))
    assert _is_in(state, token, NOW + dt.timedelta(minutes=109))
    assert not _is_in(state, token, NOW + dt.timedelta(minutes=110))


def test_use_is_written_once_a_minute(state: StateStore, first: tuple[str, str]) -> None:
    token = _admitted(state, first).token
    seen = []
    for seconds in (30, 59, 60, 90):
        _use(state, token, NOW + dt.timedelta(seconds=seconds))
        with state.reading() as session:
            seen.append(session.scalars(sa.select(Login.seen_at)).one() - NOW)
    assert seen == [dt.timedelta(seconds=each) for each in (0, 0, 60, 60)]


def test_a_new_login_takes_the_place_of_the_old_one(
    state: StateStore, first: tuple[str, str]
) -> None:
    old = _admitted(state, first).token
    new = _admitted(state, first, replaces=old).token
    assert new != old
    assert not _is_in(state, old, NOW)
    assert _is_in(state, new, NOW)


def test_a_login_that_was_ended_is_gone(state: StateStore, first: tuple[str, str]) -> None:
    admitted = _admitted(state, first)
    for _ in range(2):
        with state.transaction() as session:
            accounts.log_out(session, NOW, admitted.account, admitted.token)
    assert not _is_in(state, admitted.token, NOW)


def test_every_login_failure_and_end_leaves_an_audit_line(
    state: StateStore, first: tuple[str, str]
) -> None:
    _log_in(state, first[0], "wrong")
    admitted = _admitted(state, first)
    with state.transaction() as session:
        accounts.log_out(session, NOW, admitted.account, admitted.token)
    with state.reading() as session:
        actions = session.scalars(sa.select(AuditLine.action).order_by(AuditLine.number)).all()
    assert actions == ["account.create", "login.refuse", "login.grant", "login.end"]


def test_a_hash_of_older_parameters_is_made_anew_at_the_login(
    state: StateStore, first: tuple[str, str]
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(first[1])
    with state.transaction() as session:
        session.execute(sa.update(Account).values(password_hash=weak))
    _admitted(state, first)
    with state.reading() as session:
        kept = session.scalars(sa.select(Account.password_hash)).one()
    assert kept != weak
    assert not PasswordHasher().check_needs_rehash(kept)
    _admitted(state, first)


def test_tries_at_the_same_time_all_count(state: StateStore, first: tuple[str, str]) -> None:
    tries = [
        threading.Thread(target=_log_in, args=(state, first[0], f"wrong-{number}"))
        for number in range(8)
    ]
    for each in tries:
        each.start()
    for each in tries:
        each.join()
    refused = _log_in(state, *first)
    assert isinstance(refused, accounts.Refused)
    assert refused.wait is not None
