"""Logins: granted, refused, kept awake, ended. Only the hash of a token is kept."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.store import StateStore, audit
from situation.state.tables import Account, AuditLine, Login
from soc_api.accounts.password import NOBODY, hashed, is_outdated, matches

TRIES = 5
TRIES_WINDOW = dt.timedelta(minutes=15)
"""Five failures close an account's door for 15 minutes: GB/T 22239-2019 8.1.4.1 b."""
SEEN_STEP = dt.timedelta(minutes=1)
"""How exactly it is kept when a login was last used; a write for each page would be too many."""

_NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a login lasts whatever is done with it, and how long while nothing is."""

    whole: dt.timedelta
    idle: dt.timedelta


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that was refused; `wait` is how long no further try is taken, if so."""

    wait: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A login that was granted: the token for the cookie, shown nowhere else, and its end."""

    token: str
    expires_at: dt.datetime
    account: Account


def authenticate(
    state: StateStore, at: dt.datetime, *, name: str, password: str
) -> Account | Refused:
    """Return the account of this name and password, or write the failure with its audit line.

    The slow comparison is done outside of any transaction, so that a flood of tries does not
    hold up the work of others.
    """
    name = "".join(letter for letter in name.strip() if letter.isprintable())[:_NAME_LIMIT]
    with state.reading() as session:
        wait = _wait_after_failures(session, at, name)
        account = session.scalar(
            sa.select(Account).where(Account.name == name, Account.ended_at.is_(None))
        )
    if wait is not None:
        return Refused(wait)
    if not matches(account.password_hash if account else NOBODY, password) or account is None:
        with state.transaction() as session:
            audit(session, at, name, "login.refuse", kind="account", object_id=name)
        return Refused()
    if is_outdated(account.password_hash):
        with state.transaction() as session:
            session.get_one(Account, account.id).password_hash = hashed(password)
    return account


def log_in(
    state: StateStore,
    at: dt.datetime,
    *,
    name: str,
    password: str,
    lasting: Lasting,
    replaces: str = "",
) -> Admitted | Refused:
    """Check name and password; write the login or the failure, each with its audit line.

    A login lasts a fixed time, whatever is done with it, and takes the place of the one of the
    token `replaces`: OWASP ASVS 5.0 chapter 7.
    """
    account = authenticate(state, at, name=name, password=password)
    if isinstance(account, Refused):
        return account
    with state.transaction() as session:
        # Tries that were made at the same time count, too.
        wait = _wait_after_failures(session, at, account.name)
        if wait is not None:
            return Refused(wait)
        _end_of_token(session, replaces)
        return _grant(session, at, account, lasting)


def find_login(
    session: Session, at: dt.datetime, token: str, idle: dt.timedelta
) -> tuple[Account, Login] | None:
    """Return whose token this is, unless the login or the account has ended."""
    found = session.execute(
        sa.select(Account, Login)
        .join(Login, Login.account_id == Account.id)
        .where(
            Login.token_hash == digest_of(token),
            Login.expires_at > at,
            Login.seen_at > at - idle,
            Account.ended_at.is_(None),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def keep_awake(state: StateStore, at: dt.datetime, login: Login) -> None:
    """Note that a login is in use, at most once in `SEEN_STEP`."""
    if at - login.seen_at < SEEN_STEP:
        return
    with state.transaction() as session:
        seen = sa.update(Login).where(Login.token_hash == login.token_hash).values(seen_at=at)
        session.execute(seen)


def log_out(session: Session, at: dt.datetime, account: Account, token: str) -> None:
    """End the login of this token, if there is one."""
    if _end_of_token(session, token):
        audit(session, at, account.name, "login.end", kind="account", object_id=account.name)


def end_logins(session: Session, account: Account, *, but: str = "") -> int:
    """End the logins of an account but the one of this token hash; return how many there were."""
    ended = session.scalars(
        sa.delete(Login)
        .where(Login.account_id == account.id, Login.token_hash != but)
        .returning(Login.token_hash)
    )
    return len(ended.all())


def logins_of(
    session: Session, at: dt.datetime, account: Account, idle: dt.timedelta
) -> list[Login]:
    """Return the logins of an account that have not ended, the one that was used last first."""
    query = sa.select(Login).where(
        Login.account_id == account.id, Login.expires_at > at, Login.seen_at > at - idle
    )
    return list(session.scalars(query.order_by(Login.seen_at.desc(), Login.created_at.desc())))


def end_others(session: Session, account: Account, kept: Login, *, now: dt.datetime) -> int:
    """End every login of an account but one, as its owner wishes; return how many there were."""
    ended = end_logins(session, account, but=kept.token_hash)
    name = account.name
    audit(session, now, name, "login.end", kind="account", object_id=name, logins=ended)
    return ended


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _grant(session: Session, at: dt.datetime, account: Account, lasting: Lasting) -> Admitted:
    session.execute(sa.delete(Login).where(Login.expires_at <= at))
    token = secrets.token_urlsafe(32)
    login = Login(
        token_hash=digest_of(token),
        account_id=account.id,
        form_token=secrets.token_urlsafe(24),
        created_at=at,
        seen_at=at,
        expires_at=at + lasting.whole,
    )
    session.add(login)
    audit(session, at, account.name, "login.grant", kind="account", object_id=account.name)
    return Admitted(token, login.expires_at, account)


def _end_of_token(session: Session, token: str) -> bool:
    ended = sa.delete(Login).where(Login.token_hash == digest_of(token))
    return session.scalar(ended.returning(Login.token_hash)) is not None


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
