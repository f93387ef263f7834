"""What differs between databases: how a session is bound, what a table's watermark is."""

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, ...]

_PG_WATERMARK = """
SELECT format('%s-%s-%s-%s', c.oid, s.n_tup_ins, s.n_tup_upd, s.n_tup_del)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE n.nspname = :schema AND c.relname = :table
"""
_MYSQL_WATERMARK = """
SELECT CONCAT_WS('-', create_time, update_time, data_length, auto_increment)
FROM information_schema.tables
WHERE table_schema = :schema AND table_name = :table AND update_time IS NOT NULL
"""
_PG_ROWS = """
SELECT c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :table AND c.reltuples >= 0
"""
_MYSQL_ROWS = """
SELECT table_rows FROM information_schema.tables
WHERE table_schema = :schema AND table_name = :table
"""
_PG_OWNER = """
SELECT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :table
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One kind of database.

    `bind` are statements for a new session, with `{seconds}` and `{milliseconds}`: read only, and
    with a limit of time for each statement. `watermark` answers what changes with the rows,
    nothing where the database does not know; `rows` an estimate of their number; `tls` whether
    the session is encrypted. `system` are schemas that hold no data of the owner's.
    """

    driver: str
    bind: Words
    system: frozenset[str]
    watermark: str = ""
    rows: str = ""
    owner: str = ""
    tls: str = ""
    random_rows: str = ""
    """Clause behind a table's name for a share of it at random, with `{percent}`."""


DIALECTS: Mapping[str, Dialect] = {
    "sqlite": Dialect(driver="sqlite", bind=("PRAGMA query_only = ON",), system=frozenset()),
    "postgresql": Dialect(
        driver="postgresql+psycopg",
        bind=(
            "SET default_transaction_read_only = on",
            "SET statement_timeout = {milliseconds}",
            "SET lock_timeout = {milliseconds}",
        ),
        system=frozenset({"information_schema", "pg_catalog", "pg_toast"}),
        watermark=_PG_WATERMARK,
        rows=_PG_ROWS,
        owner=_PG_OWNER,
        tls="SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        random_rows="TABLESAMPLE SYSTEM ({percent})",
    ),
    "mysql": Dialect(
        driver="mysql+pymysql",
        bind=("SET SESSION TRANSACTION READ ONLY",),
        system=frozenset({"information_schema", "mysql", "performance_schema", "sys"}),
        watermark=_MYSQL_WATERMARK,
        rows=_MYSQL_ROWS,
        tls="SELECT variable_value <> '' FROM information_schema.session_status "
        "WHERE variable_name = 'Ssl_cipher'",
    ),
}
"""By the scheme of a URL. MySQL and MariaDB differ in how they limit a statement."""

MARIADB_LIMIT = "SET SESSION max_statement_time = {seconds}"
MYSQL_LIMIT = "SET SESSION max_execution_time = {milliseconds}"
