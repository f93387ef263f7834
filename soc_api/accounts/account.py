"""Accounts: made, given a role, given a password, ended. None is ever deleted."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from situation.clock import Clock
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore, audit
from situation.state.tables import Account
from soc_api.accounts.login import end_logins
from soc_api.accounts.password import check_password, hashed, new_password
from soc_api.permission import ADMINISTRATOR, DEPARTMENT, ROLES

FIRST_NAME = "operator"
NAME_LIMIT = 64


def ensure_first_account(state: StateStore, clock: Clock) -> tuple[str, str] | None:
    """Create the first account if there is none; return its name and its password, once."""
    with state.transaction() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Account)):
            return None
        password = new_password()
        add_account(
            session,
            clock.now(),
            name=FIRST_NAME,
            display_name="管理员",
            password=password,
            role=ADMINISTRATOR,
        )
    return FIRST_NAME, password


def add_account(
    session: Session,
    at: dt.datetime,
    *,
    name: str,
    display_name: str,
    password: str,
    role: str,
    department: str | None = None,
    by: Person = SYSTEM,
) -> Account:
    """Add an account with its audit line. A name stays taken for good.

    Raises `Malformed` for a name, password, role or department that cannot be, `Conflict` for a
    name that is taken, also by an account that ended.
    """
    _check_name(name)
    check_password(name, password)
    _check_role(role, department)
    if session.scalar(sa.select(Account.name).where(Account.name == name)) is not None:
        raise Conflict(f"{name} is taken; an account keeps its name when it ends", where="name")
    account = Account(
        name=name,
        display_name=display_name or name,
        password_hash=hashed(password),
        role=role,
        department=department,
        created_at=at,
    )
    session.add(account)
    said = {"role": role} | ({"department": department} if department else {})
    audit(session, at, by.name, "account.create", kind="account", object_id=name, **said)
    return account


def account_named(session: Session, name: str) -> Account:
    """Return the account of this name that has not ended; raise `Malformed` if there is none."""
    account = session.scalar(
        sa.select(Account).where(Account.name == name, Account.ended_at.is_(None))
    )
    if account is None:
        raise Malformed(f"there is no account {name}", where="name")
    return account


def end_account(session: Session, name: str, *, by: Person, now: dt.datetime) -> Account:
    """Close an account for good and end its logins; its name stays taken."""
    account = account_named(session, name)
    _keep_an_administrator(session, account)
    account.ended_at = now
    ended = end_logins(session, account)
    audit(session, now, by.name, "account.end", kind="account", object_id=name, logins=ended)
    return account


def change_role(
    session: Session, name: str, *, role: str, department: str | None, by: Person, now: dt.datetime
) -> Account:
    """Give an account another role, and its department; its logins end."""
    account = account_named(session, name)
    _check_role(role, department)
    if role != ADMINISTRATOR:
        _keep_an_administrator(session, account)
    changed = {
        "before": {"role": account.role, "department": account.department},
        "after": {"role": role, "department": department},
    }
    account.role, account.department = role, department
    end_logins(session, account)
    audit(session, now, by.name, "account.role", kind="account", object_id=name, **changed)
    return account


def change_password(
    session: Session, name: str, password: str, *, by: Person, now: dt.datetime, but: str = ""
) -> Account:
    """Give an account another password; its logins end but the one of the token hash `but`."""
    account = account_named(session, name)
    check_password(name, password)
    account.password_hash = hashed(password)
    ended = end_logins(session, account, but=but)
    audit(session, now, by.name, "account.password", kind="account", object_id=name, logins=ended)
    return account


def _check_name(name: str) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable():
        raise Malformed("it must have printable characters and no space around", where="name")
    if len(name) > NAME_LIMIT:
        raise Malformed(f"it must not be longer than {NAME_LIMIT} characters", where="name")


def _check_role(role: str, department: str | None) -> None:
    if role not in ROLES:
        raise Malformed(f"{role} is none of {', '.join(ROLES)}", where="role")
    if role == DEPARTMENT and not department:
        raise Malformed("a department user belongs to a department", where="department")
    if role != DEPARTMENT and department:
        raise Malformed(f"the role {role} is one of the city, not of a department", where="role")


def _keep_an_administrator(session: Session, account: Account) -> None:
    others = sa.select(Account.id).where(
        Account.role == ADMINISTRATOR, Account.ended_at.is_(None), Account.id != account.id
    )
    if account.role == ADMINISTRATOR and session.scalar(others.limit(1)) is None:
        raise Refusal(
            "last_administrator", "nobody could manage the accounts any more", where=account.name
        )
