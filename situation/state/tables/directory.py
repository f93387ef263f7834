"""Tables of the directory: departments and the people who are told."""

import datetime as dt

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class Department(Row):
    """A department or district office by its full name. `superior` is whom 督办 goes to."""

    __tablename__ = "department"

    name: Mapped[str] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(default="")
    sector: Mapped[str] = mapped_column(default="")
    superior: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[dt.datetime]


class Contact(Row):
    """A person of a department, by role: liaison, head, duty. `addresses` by channel name."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("department", "name", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("department.name"))
    name: Mapped[str]
    role: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    mail: Mapped[str] = mapped_column(default="")
    addresses: Mapped[JsonObject]
    updated_at: Mapped[dt.datetime]
