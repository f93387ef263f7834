"""Databases as a source: three real ones."""

import pathlib
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa

from sensors.content.source.database import DatabaseSource
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.piece import Grid
from situation.faults import Misconfigured, Unavailable
from tests import mariadb

ROWS = 1200


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    with mariadb.serving() as url:
        yield url


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mariadb"]
)
def url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[str]:
    """A database with a table of 1,200 rows, a small one and a view."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'people.db'}"
    elif request.param == "postgresql":
        found = request.getfixturevalue("postgresql_url")
    else:
        found = request.getfixturevalue("mariadb_url")
    engine = sa.create_engine(found)
    with engine.begin() as connection:
        for statement in ("DROP VIEW IF EXISTS z_view", "DROP TABLE IF EXISTS note"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("DROP TABLE IF EXISTS person")
        connection.exec_driver_sql(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, 姓名 VARCHAR(40), born DATE, remark TEXT)"
        )
        connection.exec_driver_sql("CREATE TABLE note (text VARCHAR(200))")
        person = sa.table("person", *(sa.column(name) for name in ("id", "姓名", "born", "remark")))
        rows = [
            {"id": number, "姓名": f"第{number}人", "born": "1990-01-02", "remark": None}
            for number in range(1, ROWS + 1)
        ]
        rows[700] = {**rows[700], "remark": "long " * 200}
        connection.execute(sa.insert(person), rows)
        connection.exec_driver_sql("CREATE VIEW z_view AS SELECT id FROM person WHERE id < 3")
    engine.dispose()
    yield found
    engine = sa.create_engine(found)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW z_view")
        connection.exec_driver_sql("DROP TABLE person")
        connection.exec_driver_sql("DROP TABLE note")
    engine.dispose()


def _source(url: str, **more: object) -> DatabaseSource:
    selection = Selection(("person", "note", "z_view", "*.person", "*.note", "*.z_view"))
    return DatabaseSource(sa.make_url(url), selection=selection, **more)  # type: ignore[arg-type]


def _tables(source: DatabaseSource) -> list[str]:
    return [one.path.rsplit("/", 1)[1].rsplit(".", 1)[-1] for one in source.walk()]


def _read(source: DatabaseSource, name: str) -> Sequence[Grid]:
    resource = next(one for one in source.walk() if one.path.endswith(name))
    return list(source.grids(resource))


def test_tables_and_views_are_listed_in_the_order_of_their_names(url: str) -> None:
    source = _source(url)
    assert _tables(source) == ["note", "person", "z_view"]
    paths = [one.path for one in source.walk()]
    assert [one.path for one in source.walk(paths[0])] == paths[1:]
    assert not any("@" in path for path in paths)
    source.close()


def test_a_short_table_is_read_whole_column_by_column(url: str) -> None:
    source = _source(url)
    grids = _read(source, "person")
    assert list(grids[0].header) == ["id", "姓名", "born", "remark"]
    names = [cell for grid in grids for cell in grid.columns[1]]
    assert names == [f"第{number}人" for number in range(1, ROWS + 1)]
    assert grids[0].columns[2][0] == "1990-01-02"
    assert grids[0].columns[3][0] == ""
    source.close()


def test_a_longer_one_is_sampled_at_both_ends_by_length_and_at_random(url: str) -> None:
    source = _source(url, sample_rows=200)
    grids = _read(source, "person")
    names = [cell for grid in grids for cell in grid.columns[1]]
    assert len(names) == 200
    assert names[:50] == [f"第{number}人" for number in range(1, 51)]
    assert names[-50:] == [f"第{number}人" for number in range(ROWS - 49, ROWS + 1)]
    assert "第701人" in names
    assert grids[0].total_rows == ROWS
    source.close()


def test_an_empty_table_still_tells_its_columns(url: str) -> None:
    source = _source(url)
    (grid,) = _read(source, "note")
    assert (list(grid.header), [list(column) for column in grid.columns]) == (["text"], [[]])
    source.close()


def test_the_session_cannot_write(url: str) -> None:
    source = _source(url)
    with (
        source._engine.connect() as connection,  # noqa: SLF001 - the very session that reads
        pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.?only"),
    ):
        connection.exec_driver_sql("INSERT INTO note VALUES ('x')")
    source.close()


def test_a_table_that_is_dropped_meanwhile_is_barred(url: str) -> None:
    source = _source(url)
    resource = next(one for one in source.walk() if one.path.endswith("note"))
    gone = type(resource)(path=f"{resource.path}_gone", kind="table")
    with pytest.raises(Barred):
        list(source.grids(gone))
    source.close()


def test_a_statement_that_takes_too_long_is_cut_off(url: str) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT max(i) FROM n",
        "postgresql": "SELECT pg_sleep(60)",
        "mysql": "SELECT SLEEP(60)",
    }
    source = _source(url, statement_seconds=1)
    backend = sa.make_url(url).get_backend_name()
    with (
        source._engine.connect() as connection,  # noqa: SLF001 - as above
        pytest.raises(sa.exc.DBAPIError) as cut,
    ):
        connection.exec_driver_sql(slow[backend])
    assert "1 second" in str(cut.value) or any(
        word in str(cut.value).lower() for word in ("timeout", "interrupted", "max_statement_time")
    )
    source.close()


@pytest.mark.postgres
def test_postgresql_tells_by_its_counters_whether_a_table_was_changed(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url)
    source = DatabaseSource(sa.make_url(postgresql_url), selection=Selection(("*.marked",)))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE marked (a INTEGER)")
        (before,) = source.walk()
        (same,) = source.walk()
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO marked VALUES (1)")
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        (after,) = source.walk()
        assert before.stamp == same.stamp != ""
        assert after.stamp != before.stamp
        assert before.exposure.owner == "city"
        assert before.exposure.encrypted_transport is False
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE marked")
        engine.dispose()
        source.close()


def test_a_server_that_is_away_is_unavailable() -> None:
    source = DatabaseSource(sa.make_url("postgresql+psycopg://city@127.0.0.1:9/none"))
    with pytest.raises(Unavailable, match=r"postgresql://127\.0\.0\.1:9/none"):
        list(source.walk())


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no reader for oracle"):
        DatabaseSource(sa.make_url("oracle://x@y/z"))


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "people.db"
    file.write_text("no database at all", encoding="utf-8")
    source = DatabaseSource(sa.make_url(f"sqlite:///{file}"))
    with pytest.raises(Misconfigured, match="not a database"):
        list(source.walk())
    source.close()
