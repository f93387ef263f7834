"""Accounts and logins: who may come in, for how long, and when no more tries are taken."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from situation.clock import Clock
from situation.state.store import StateStore, audit
from situation.state.tables import Account, AuditLine, Login

FIRST_NAME = "operator"
TRIES = 5
TRIES_WINDOW = dt.timedelta(minutes=15)
"""Five failures close an account's door for 15 minutes: GB/T 22239-2019 8.1.4.1 b."""
NAME_LIMIT = 64
PASSWORD_LIMIT = 256

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_HASHER = PasswordHasher()
# What a password is compared with where there is no such account, so that both cases take
# the same time.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that was refused; `wait` is how long no further try is taken, if so."""

    wait: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A login that was granted: the token for the cookie, shown nowhere else, and its end."""

    token: str
    expires_at: dt.datetime


def ensure_first_account(state: StateStore, clock: Clock) -> tuple[str, str] | None:
    """Create the first account if there is none; return its name and its password, once."""
    with state.transaction() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Account)):
            return None
        password = _new_password()
        add_account(
            session,
            clock.now(),
            name=FIRST_NAME,
            display_name="值班员",
            password=password,
            role="operator",
        )
    return FIRST_NAME, password


def add_account(
    session: Session, at: dt.datetime, *, name: str, display_name: str, password: str, role: str
) -> Account:
    """Add an account with its audit line. A taken name becomes `Conflict` at the commit."""
    account = Account(
        name=name,
        display_name=display_name,
        password_hash=_HASHER.hash(password),
        role=role,
        created_at=at,
    )
    session.add(account)
    audit(session, at, "system", "account.create", kind="account", object_id=name, role=role)
    return account


def log_in(
    session: Session, at: dt.datetime, *, name: str, password: str, lasts: dt.timedelta
) -> Admitted | Refused:
    """Check name and password; write the login or the failure, each with its audit line.

    A login `lasts` a fixed time, whatever is done with it: OWASP ASVS 5.0 chapter 7.
    """
    name = name.strip()[:NAME_LIMIT]
    wait = _wait_after_failures(session, at, name)
    if wait is not None:
        return Refused(wait)
    account = session.scalar(sa.select(Account).where(Account.name == name))
    if not _matches(account.password_hash if account else _NOBODY, password) or account is None:
        audit(session, at, name, "login.refuse", kind="account", object_id=name)
        return Refused()
    session.execute(sa.delete(Login).where(Login.expires_at <= at))
    token = secrets.token_urlsafe(32)
    login = Login(
        token_hash=_digest(token),
        account_id=account.id,
        form_token=secrets.token_urlsafe(24),
        created_at=at,
        expires_at=at + lasts,
    )
    session.add(login)
    audit(session, at, name, "login.grant", kind="account", object_id=name)
    return Admitted(token, login.expires_at)


def find_login(session: Session, at: dt.datetime, token: str) -> tuple[Account, Login] | None:
    """Return whose token this is, unless the login has ended."""
    found = session.execute(
        sa.select(Account, Login)
        .join(Login, Login.account_id == Account.id)
        .where(Login.token_hash == _digest(token), Login.expires_at > at)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def log_out(session: Session, at: dt.datetime, token: str) -> None:
    """End the login of this token, if there is one."""
    found = find_login(session, at, token)
    if found is None:
        return
    account, login = found
    session.delete(login)
    audit(session, at, account.name, "login.end", kind="account", object_id=account.name)


def _wait_after_failures(session: Session, at: dt.datetime, name: str) -> dt.timedelta | None:
    failures = session.scalars(
        sa.select(AuditLine.at)
        .where(
            AuditLine.object_kind == "account",
            AuditLine.object_id == name,
            AuditLine.action == "login.refuse",
            AuditLine.at > at - TRIES_WINDOW,
        )
        .order_by(AuditLine.at.desc())
        .limit(TRIES)
    ).all()
    return failures[-1] + TRIES_WINDOW - at if len(failures) == TRIES else None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password[:PASSWORD_LIMIT])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _new_password() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
