"""A database of an older revision keeps everything when it is upgraded, on both databases."""

import datetime as dt
import pathlib
from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import situation.state.store
from situation.clock import SetClock
from situation.state.anchor import Anchor
from situation.state.store import audit, open_state_store
from situation.state.tables import AuditLine, Incident, Notice

NOON = dt.datetime(2026, 3, 3, 4, 0, 0, 123456, tzinfo=dt.UTC)
ROWS = 3
AUDIT_ROWS = 25
ENDED = {"login"}
"""Tables that are emptied: a login is asked for again."""
CHANGED = {"account": {"role"}}
"""Columns that the upgrade gives another value."""
SAID = ("at", "actor", "action", "object_kind", "object_id", "detail")
Rows = dict[str, list[Mapping[str, object]]]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[str]:
    """The URL of a database that is not there yet, or empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/state.db"
        return
    server = sa.make_url(request.getfixturevalue("postgresql_url"))
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE upgraded")
    yield server.set(database="upgraded").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE upgraded WITH (FORCE)")
    admin.dispose()


def test_nothing_is_lost_and_the_audit_becomes_a_chain(url: str, tmp_path: pathlib.Path) -> None:
    before = _at_revision(url, "0003")
    store = open_state_store(url, Anchor(tmp_path / "audit.anchor", SetClock(NOON)))
    kept = before.keys() - ENDED - {"audit_line"}
    after = _read(store.engine, {name: list(before[name][0]) for name in kept})
    assert after == {name: before[name] for name in kept}
    with store.transaction() as session:
        audit(session, NOON, "chen", "notice.sign", kind="notice", object_id="n", why="升级后")
    with store.reading() as session:
        lines = session.scalars(sa.select(AuditLine).order_by(AuditLine.number)).all()
    said = [[getattr(line, name) for name in SAID] for line in lines[:-1]]
    assert said == [[_aware(row[name]) for name in SAID] for row in before["audit_line"]]
    proof = store.verify()
    assert proof.breaches == ()
    assert (proof.lines, proof.anchored) == (AUDIT_ROWS + 1, AUDIT_ROWS + 1)
    store.close()


def test_what_is_new_is_filled_so_that_old_rows_mean_what_they_meant(url: str) -> None:
    _at_revision(url, "0003")
    store = open_state_store(url)
    with store.reading() as session:
        stages = session.execute(sa.select(Incident.status, Incident.stage)).all()
        notices = session.execute(sa.select(Notice.kind, Notice.drafted_by, Notice.returns)).all()
        roles = set(session.scalars(sa.text("SELECT role FROM account")))
    assert {tuple(row) for row in stages} == {("closed", "archived"), ("open", "graded")}
    assert {tuple(row) for row in notices} == {("incident", "system", 0)}
    assert roles == {"administrator"}
    store.close()


def _at_revision(url: str, revision: str) -> Rows:
    """Make a database of the revision with rows in every table; return the rows."""
    engine = sa.create_engine(url)
    config = Config()
    folder = pathlib.Path(situation.state.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    tables = sa.MetaData()
    tables.reflect(engine)
    tables.remove(tables.tables["alembic_version"])
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            rows = AUDIT_ROWS if table.name == "audit_line" else ROWS
            connection.execute(table.insert(), [_row(table, number) for number in range(rows)])
    names = {
        table.name: [column.name for column in table.columns] for table in tables.sorted_tables
    }
    found = _read(engine, names)
    engine.dispose()
    return found


def _row(table: sa.Table, number: int) -> dict[str, object]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: "sa.Column[object]", number: int) -> object:
    special = {"status": ("open", "closed")[number % 2], "role": "operator"}
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return _value(key.column, number)
    if column.name in special and column.table.name != "alert":
        return special[column.name]
    made = (value for kind, value in _values(number) if isinstance(column.type, kind))
    return next(made, f"{column.name} {number} 值")


def _values(number: int) -> list[tuple[type, object]]:
    return [
        (sa.DateTime, NOON + dt.timedelta(seconds=number)),
        (sa.JSON, {"原因": f"值 {number}", "b": [1, 2.5, None], "a": True}),
        (sa.Boolean, number % 2 == 0),
        (sa.Integer, number + 1),
        (sa.Float, number + 0.5),
        (sa.LargeBinary, bytes([number])),
    ]


def _read(engine: sa.Engine, names: Mapping[str, list[str]]) -> Rows:
    """Return the rows of each table by the columns that it had at first."""
    tables = sa.MetaData()
    tables.reflect(engine)
    found: Rows = {}
    with engine.connect() as connection:
        for name, columns in names.items():
            table = tables.tables[name]
            kept = [table.c[each] for each in columns if each not in CHANGED.get(name, set())]
            query = sa.select(*kept).order_by(kept[0])
            found[name] = [dict(row) for row in connection.execute(query).mappings()]
    return found


def _aware(value: object) -> object:
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value
