"""The StateStore: one SQL database, opened by URL, changed in audited transactions."""

import contextlib
import datetime as dt
import pathlib
import threading
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from situation.faults import Conflict, Malformed, Misconfigured, Unavailable
from situation.state.anchor import Anchor
from situation.state.chain import append, encoded, plain, sealed_by
from situation.state.proof import Proof, disagreement, verify
from situation.state.tables import AuditLine, OutboxMessage

WRITER_SECONDS = 10
"""How long a change waits for its turn to write to SQLite."""

_MIGRATING = 0x6D6967
_MIGRATIONS = pathlib.Path(__file__).parent / "migrations"


class StateStore:
    """Sessions over SQLite (WAL, synchronous FULL) or PostgreSQL; their audit may be anchored."""

    def __init__(self, engine: sa.Engine, anchor: Anchor | None = None) -> None:
        self.engine = engine
        self._anchor = anchor
        self._writing = engine.execution_options(citywatch_writes=True)
        self._turns = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that commits at the end; a lost race becomes `Conflict`."""
        try:
            with (
                self._turn(),
                Session(self._writing, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except StaleDataError as error:
            raise Conflict("somebody else changed it meanwhile", where="state store") from error
        except sa.exc.IntegrityError as error:
            raise Conflict(
                f"already there or out of order: {error.orig}", where="state store"
            ) from error
        except sa.exc.OperationalError as error:
            raise Unavailable(str(error.orig), where="state store") from error
        sealed = sealed_by(session)
        if self._anchor is not None and sealed is not None:
            self._anchor.advance(sealed)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite has one writer and lets the others look again after ever longer naps, in which
        # nobody writes; threads of one process can be woken instead.
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(timeout=WRITER_SECONDS):
            raise Unavailable("another change does not end", where="state store")
        try:
            yield
        finally:
            self._turns.release()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading; nothing is committed."""
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
        except sa.exc.OperationalError as error:
            raise Unavailable(str(error.orig), where="state store") from error

    def verify(self) -> Proof:
        """Walk the chain of the audit and compare it with the anchor."""
        with self.reading() as session:
            return verify(session, self._anchor)

    def compare_anchor(self) -> None:
        """Freeze an anchor that is of another database than this one, so that it stays a proof."""
        if self._anchor is None:
            return
        try:
            with self.reading() as session:
                reason = disagreement(session, self._anchor.read())
        except Malformed as fault:
            reason = str(fault)
        if reason:
            self._anchor.freeze(reason)

    def migrate(self) -> None:
        """Bring the schema to the newest revision."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        head = ScriptDirectory.from_config(config).get_current_head()
        try:
            with self.engine.connect() as connection:
                if MigrationContext.configure(connection).get_current_revision() == head:
                    return
            # Of several processes that start at once one migrates and the others find it done.
            with self._writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except sa.exc.OperationalError as error:
            raise Unavailable(str(error.orig), where="state store") from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_state_store(url: str, anchor: Anchor | None = None) -> StateStore:
    """Open the database at `url` (`sqlite:///...` or `postgresql+psycopg://...`), migrated.

    With an `anchor`, the end of the audit is marked there after each change.
    Raises `Misconfigured` for no such URL, `Unavailable` where it cannot be reached or made.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise Misconfigured(f"no database URL: {error}", where="state.url") from error
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        _make_folder(pathlib.Path(parsed.database).parent)
    # The audit's digests cover the JSON text as it is kept.
    engine = sa.create_engine(
        parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", json_serializer=encoded
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin)
    store = StateStore(engine, anchor)
    store.migrate()
    store.compare_anchor()
    return store


def audit(
    session: Session,
    at: dt.datetime,
    actor: str,
    action: str,
    *,
    kind: str,
    object_id: str,
    **detail: object,
) -> None:
    """Add the audit line of a change to its own transaction; it is chained at the commit."""
    line = AuditLine(
        at=at,
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=object_id,
        detail=plain(detail),
    )
    append(session, line)


def send(
    session: Session, at: dt.datetime, topic: str, object_id: str, payload: dict[str, object]
) -> None:
    """Put a message into the outbox, in the transaction of the change that it tells of."""
    message = OutboxMessage(
        topic=topic, object_id=object_id, payload=payload, created_at=at, delivered_at=None
    )
    session.add(message)


def _make_folder(folder: pathlib.Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(folder)) from error


def _prepare_sqlite(connection: object, _record: object) -> None:
    # The driver's own transaction handling would commit before DDL; SQLAlchemy begins instead.
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in (
        f"busy_timeout={WRITER_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin(connection: sa.Connection) -> None:
    # A writer takes its place at once; a deferred one could find at its first write that the
    # snapshot it has read is stale, and fail without waiting.
    writes = connection.get_execution_options().get("citywatch_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
