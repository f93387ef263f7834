"""Column types and the base of the tables."""

import datetime as dt

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time to the microsecond; refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        """Turn an aware time into UTC before it is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} has no time zone")
        at = value.astimezone(dt.UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> dt.datetime | None:
        """Return the stored time as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


JsonObject = dict[str, object]
JsonList = list[object]


class Row(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as a class attribute
        dt.datetime: UtcDateTime(),
        JsonObject: JSON(),
        JsonList: JSON(),
    }
