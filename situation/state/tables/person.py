"""Tables of the people who may log in."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import Row


class Account(Row):
    """A person who may log in, with one role.

    `role`: analyst, duty_lead, department, data_officer, secrecy_officer, drill_director, auditor,
    viewer, administrator. `department` is the full name of the department whose user it is;
    None for the city's own people. `ended_at` is when the account was closed; it is never deleted.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    department: Mapped[str | None]
    ended_at: Mapped[dt.datetime | None]
    language: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="auto")
    created_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Login(Row):
    """A session of the console; only the hash of its token is kept."""

    __tablename__ = "login"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form_token: Mapped[str]
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    """When it was last used, to the minute."""
    expires_at: Mapped[dt.datetime]
