"""A database as a source of tables: listed schema by schema, read as samples, never written to."""

import datetime as dt
import hashlib
import re
import sqlite3
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import DBAPIConnection

from sensors.content.source.database.dialect import DIALECTS, MARIADB_LIMIT, MYSQL_LIMIT, Dialect
from sensors.content.source.sampling import Sample
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.piece import Grid
from situation.content.place import Place
from situation.content.resource import Exposure, Resource
from situation.faults import Misconfigured, Unavailable

STREAMED = 500_000
"""Rows of a table that are looked at for the sample; of a longer one the share is drawn."""

GRID_ROWS = 2_000
MOST_CELL = 64 * 1024
"""Characters of a cell that are looked at."""

_STREAM = 1_000
_STEPS = 10_000
"""Instructions of SQLite between two looks at the clock."""
_QUICK_REFUSAL = (exc.ProgrammingError, exc.InternalError, exc.NotSupportedError)


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str
    name: str

    @property
    def shown(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class DatabaseSource:
    """Tables and views of one database. `location` is its URL without user and password."""

    def __init__(
        self,
        url: sa.URL,
        *,
        selection: Selection | None = None,
        exposure: Exposure | None = None,
        sample_rows: int = 5000,
        statement_seconds: int = 30,
    ) -> None:
        self._dialect = _dialect(url)
        self._selection = selection or Selection()
        self._exposure = exposure or Exposure()
        self._sample_rows, self._seconds = sample_rows, statement_seconds
        host = url.host or ""
        port = f":{url.port}" if url.port else ""
        self.location = f"{url.get_backend_name()}://{host}{port}/{url.database or ''}"
        bound = _bound(url.set(drivername=self._dialect.driver))
        self._engine = sa.create_engine(bound, pool_size=2, pool_pre_ping=True)
        sa.event.listen(self._engine, "connect", self._bind)
        if self._dialect.driver == "sqlite":
            _limit_sqlite(self._engine, statement_seconds)

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield tables and views in the order of their names, with a watermark where there is one.

        Raises `Unavailable` where the database is away or refuses the login, `Misconfigured`
        where there is none.
        """
        try:
            yield from self._walked(after)
        except exc.OperationalError as error:
            raise Unavailable(_reason(error), where=self.location) from error
        except exc.DatabaseError as error:
            raise Misconfigured(_reason(error), where=self.location) from error

    def _walked(self, after: str) -> Iterator[Resource]:
        with self._connected() as connection:
            tables = sorted(self._tables(connection), key=lambda one: one.shown)
            tls = self._scalar(connection, self._dialect.tls, _Table("", ""))
            for table in tables:
                path = f"{self.location}/{table.shown}"
                if path > after and self._selection.takes(table.shown):
                    yield self._resource(connection, table, path, is_encrypted=_truth(tls))

    def grids(self, resource: Resource) -> Iterator[Grid]:
        """Yield a sample of a table's rows: head, tail, the longest, and some at random."""
        table = _table(resource.path.removeprefix(f"{self.location}/"))
        with self._connected() as connection:
            try:
                yield from self._sampled(connection, table)
            except _QUICK_REFUSAL as error:
                raise Barred("denied", _reason(error)) from error
            except exc.OperationalError as error:
                # A statement over its time and a table that nobody may read are told alike.
                raise Barred("time" if _is_late(error) else "denied", _reason(error)) from error

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _connected(self) -> sa.Connection:
        try:
            return self._engine.connect()
        except exc.SQLAlchemyError as error:
            raise Unavailable(_reason(error), where=self.location) from error

    def _bind(self, connection: DBAPIConnection, _record: object) -> None:
        """Bind a new session: it can only read, and no statement takes longer than it may."""
        words = {"seconds": self._seconds, "milliseconds": self._seconds * 1000}
        cursor = connection.cursor()
        for statement in self._dialect.bind:
            cursor.execute(statement.format(**words))
        if self._dialect.driver.startswith("mysql"):
            cursor.execute("SELECT VERSION()")
            is_maria = "MariaDB" in str(cursor.fetchone())
            cursor.execute((MARIADB_LIMIT if is_maria else MYSQL_LIMIT).format(**words))
        cursor.close()
        connection.commit()

    def _tables(self, connection: sa.Connection) -> Iterator[_Table]:
        looked = sa.inspect(connection)
        if connection.dialect.name == "sqlite":
            schemas: Sequence[str | None] = [None]
        else:
            schemas = [one for one in looked.get_schema_names() if one not in self._dialect.system]
        for schema in schemas:
            names = {*looked.get_table_names(schema), *looked.get_view_names(schema)}
            yield from (_Table(schema or "", name) for name in names)

    def _resource(
        self, connection: sa.Connection, table: _Table, path: str, *, is_encrypted: bool | None
    ) -> Resource:
        rows = self._scalar(connection, self._dialect.rows, table)
        watermark = self._scalar(connection, self._dialect.watermark, table)
        owner = self._scalar(connection, self._dialect.owner, table)
        exposure = replace(
            self._exposure,
            encrypted_transport=is_encrypted,
            owner="" if owner is None else str(owner),
        )
        stamp = ""
        if watermark is not None:
            stamp = f"{watermark}-{self._columns_digest(connection, table)}"
        return Resource(path=path, kind="table", size=_whole(rows), stamp=stamp, exposure=exposure)

    def _columns_digest(self, connection: sa.Connection, table: _Table) -> str:
        columns = sa.inspect(connection).get_columns(table.name, table.schema or None)
        told = "\n".join(f"{one['name']} {one['type']}" for one in columns)
        return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()

    def _scalar(self, connection: sa.Connection, statement: str, table: _Table) -> object:
        if not statement:
            return None
        names = {"schema": table.schema, "table": table.name}
        wanted = {key: value for key, value in names.items() if f":{key}" in statement}
        answer: object = connection.execute(sa.text(statement), wanted).scalar()
        return answer

    def _sampled(self, connection: sa.Connection, table: _Table) -> Iterator[Grid]:
        sample = Sample(self._sample_rows)
        estimate = _whole(self._scalar(connection, self._dialect.rows, table))
        chosen = self._chosen(connection, table, estimate)
        with connection.execution_options(yield_per=_STREAM).execute(chosen) as answer:
            header = list(answer.keys())
            for rows in answer.partitions(_STREAM):
                sample.take([[_cell(value) for value in row] for row in rows])
                if sample.count >= STREAMED:
                    break
        # An estimate is only asked of what was too long to be counted.
        is_whole = sample.count < STREAMED and not self._is_drawn(estimate)
        total = sample.count if is_whole else max(sample.count, estimate)
        yield from _grids(table.shown, header, sample, total)

    def _is_drawn(self, estimate: int) -> bool:
        return estimate > STREAMED and bool(self._dialect.random_rows)

    def _chosen(self, connection: sa.Connection, table: _Table, estimate: int) -> sa.TextClause:
        """Return what is read of a table: all of it, or of a very long one a share at random."""
        quote = connection.dialect.identifier_preparer.quote
        name = ".".join(quote(part) for part in (table.schema, table.name) if part)
        if self._is_drawn(estimate):
            percent = 100 * STREAMED / estimate
            name = f"{name} {self._dialect.random_rows.format(percent=f'{percent:.6f}')}"
        return sa.text(f"SELECT * FROM {name}")  # noqa: S608 - a name of the schema, quoted


def _limit_sqlite(engine: sa.Engine, seconds: int) -> None:
    """Interrupt what takes longer: SQLite has no limit of its own, but asks now and then."""
    late_at = [float("inf")]

    def begin(*_: object) -> None:
        late_at[0] = time.monotonic() + seconds

    def ask(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(lambda: time.monotonic() > late_at[0], _STEPS)

    sa.event.listen(engine, "before_cursor_execute", begin)
    sa.event.listen(engine, "connect", ask)


def _dialect(url: sa.URL) -> Dialect:
    name = url.get_backend_name()
    known = DIALECTS.get("mysql" if name == "mariadb" else name)
    if known is None:
        raise Misconfigured(f"no reader for {name}", where="url")
    return known


def _bound(url: sa.URL) -> sa.URL:
    """Open a file of SQLite for reading alone; what is not there is not made."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return url
    file = "file:" + urllib.parse.quote(url.database)
    return url.set(database=file, query={"mode": "ro", "uri": "true"})


def _table(shown: str) -> _Table:
    schema, _, name = shown.rpartition(".")
    return _Table(schema, name)


def _grids(name: str, header: Sequence[str], sample: Sample, total: int) -> Iterator[Grid]:
    """Yield what was kept as grids, each of rows that follow one another closely."""
    rows = sample.rows()
    for begin in range(0, max(len(rows), 1), GRID_ROWS):
        some = rows[begin : begin + GRID_ROWS]
        columns = list(zip(*(row for _, row in some), strict=True)) or [() for _ in header]
        yield Grid(
            name=name,
            header=header,
            columns=columns,
            first_row=some[0][0] if some else 1,
            total_rows=total,
            place=Place(sheet=name),
        )


def _cell(value: object) -> str:
    """Return a value as the text that is looked at; octets that are no text are left out."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)[:MOST_CELL].decode("utf-8", "ignore")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)[:MOST_CELL]


def _whole(value: object) -> int:
    return 0 if value is None else int(str(value))


def _truth(value: object) -> bool | None:
    return None if value is None else str(value).lower() in {"1", "t", "true"}


def _is_late(error: exc.OperationalError) -> bool:
    return bool(
        re.search(r"timeout|time.*exceeded|interrupted|canceling statement", str(error.orig))
    )


def _reason(error: exc.SQLAlchemyError) -> str:
    """Return what the database says in one line; it names tables and users, never a cell."""
    told = str(getattr(error, "orig", None) or error).strip().splitlines()
    return re.sub(r"\s+", " ", told[0])[:200] if told else type(error).__name__
