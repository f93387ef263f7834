"""The state store keeps its promises on both databases."""

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.faults import Conflict, Misconfigured, Unavailable
from situation.state.store import StateStore, audit, open_state_store, send
from situation.state.tables import Account, AuditLine, OutboxMessage

NOON = dt.datetime(2026, 3, 3, 4, 0, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def store(either_state: StateStore) -> StateStore:
    return either_state


def _account(name: str = "chen") -> Account:
    return Account(
        name=name, display_name="陈一", password_hash="x", role="analyst", created_at=NOON
    )


def test_times_come_back_as_they_were_stored(store: StateStore) -> None:
    shanghai = NOON.astimezone(dt.timezone(dt.timedelta(hours=8)))
    with store.transaction() as session:
        account = _account()
        account.created_at = shanghai
        session.add(account)
    with store.reading() as session:
        found = session.scalars(sa.select(Account)).one()
    assert found.created_at == NOON
    assert found.created_at.tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused(store: StateStore) -> None:
    account = _account()
    account.created_at = NOON.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="no time zone"), store.transaction() as session:
        session.add(account)


def test_of_two_people_who_change_the_same_row_the_second_meets_a_conflict(
    store: StateStore,
) -> None:
    with store.transaction() as session:
        session.add(_account())
    with store.reading() as session:
        stale = session.scalars(sa.select(Account)).one()
    with store.transaction() as session:
        session.scalars(sa.select(Account)).one().theme = "dark"
    stale.theme = "light"
    with pytest.raises(Conflict, match="meanwhile"), store.transaction() as session:
        session.add(stale)


def test_a_change_its_audit_line_and_its_message_commit_together_or_not_at_all(
    store: StateStore,
) -> None:
    def change(session: Session) -> None:
        audit(session, NOON, "chen", "create", kind="account", object_id="1", why="a test")
        send(session, NOON, "account", "1", {"a": 1})
        session.add(_account())
        session.flush()
        session.add(_account())

    with pytest.raises(Conflict), store.transaction() as writing:
        change(writing)
    with store.reading() as session:
        assert session.scalars(sa.select(AuditLine)).all() == []
        assert session.scalars(sa.select(OutboxMessage)).all() == []


def test_a_change_carries_a_version_that_counts_up(store: StateStore) -> None:
    with store.transaction() as session:
        account = _account()
        session.add(account)
        session.flush()
        account.theme = "dark"
    assert account.version == 2


def test_opening_again_finds_the_schema_as_it_is(store: StateStore) -> None:
    store.migrate()
    tables = set(sa.inspect(store.engine).get_table_names())
    assert tables == {*Account.metadata.tables, "alembic_version"}


def test_the_migrations_make_exactly_the_tables_of_the_models(store: StateStore) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - heavy, for this test alone
    from alembic.migration import MigrationContext  # noqa: PLC0415 - as above

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Account.metadata) == []


def test_sqlite_keeps_a_write_ahead_log_and_syncs_fully(tmp_path: pathlib.Path) -> None:
    store = open_state_store(f"sqlite:///{tmp_path}/deeper/state.db")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_a_reader_is_not_stopped_by_a_writer(tmp_path: pathlib.Path) -> None:
    store = open_state_store(f"sqlite:///{tmp_path}/state.db")
    with store.transaction() as writing:
        writing.add(_account())
        writing.flush()
        with store.reading() as reading:
            assert reading.scalars(sa.select(Account)).all() == []
    store.close()


def test_a_text_that_is_no_url_is_refused_with_its_setting() -> None:
    with pytest.raises(Misconfigured, match=r"state\.url"):
        open_state_store("not a url")


def test_a_database_that_is_away_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="state store"):
        open_state_store("postgresql+psycopg://city@127.0.0.1:9/none?connect_timeout=1")
