"""The chain of audit lines: each line's digest covers the line and the digest before it.

A line that is changed, removed, added or moved breaks the chain from there on. The lines of a
transaction are chained at its very end, one transaction after the other.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from situation.state.tables import AuditHead, AuditLine

START = ""
"""The digest before the first line."""

_HEAD = 1
_LOCK = 0x63697479
_WAITING = "citywatch_audit"
_SEALED = "citywatch_sealed"

encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
"""Writes a value as the one JSON text that stands for it: in the database and under a digest.

Keys stay in their order, which for the fields of a form means something.
"""


# Core statements, as each change runs them: the ORM would take longer than the database.
_LINES, _HEADS = cast("sa.Table", AuditLine.__table__), cast("sa.Table", AuditHead.__table__)
_LOCK_CHAIN = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_READ_HEAD = sa.select(_HEADS.c.chain, _HEADS.c.number, _HEADS.c.digest)
_TAKE_HEAD = _READ_HEAD.with_for_update()
_WRITE_LINE = sa.insert(_LINES)
_WRITE_HEAD = sa.insert(_HEADS)
_MOVE_HEAD = sa.update(_HEADS)


class Said(NamedTuple):
    """What one line says, in the order in which its digest covers it."""

    number: int
    at: str
    """ISO time in UTC with six digits of a second."""
    actor: str
    action: str
    object_kind: str
    object_id: str
    detail: str
    """JSON text as it is kept, the same on every database."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain ends: its name, the number of its last line and that line's digest."""

    chain: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a transaction did to the chain: where it ended before and where it ends now."""

    before: End
    after: End


def said_by(line: AuditLine) -> Said:
    """Return what a line says."""
    return Said(
        line.number,
        line.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        line.actor,
        line.action,
        line.object_kind,
        line.object_id,
        encoded(line.detail),
    )


def digest_of(before: str, said: Said) -> str:
    """Return the digest of a line after the digest `before`, SHA-256 in hexadecimal.

    It covers a JSON list of everything that the line says.
    """
    head = encoded(said[:-1])[:-1]
    return hashlib.sha256(f"{before}\n{head},{said.detail}]".encode()).hexdigest()


def plain(detail: Mapping[str, object]) -> dict[str, object]:
    """Return the detail as it will be read back, so that its digest is that of what is kept.

    Raises `ValueError` for a figure that JSON does not know, such as NaN.
    """
    kept: dict[str, object] = json.loads(encoded(detail))
    return kept


def append(session: Session, line: AuditLine) -> None:
    """Put a line on its way; it is chained when the transaction commits.

    A line of a savepoint that is rolled back goes with it.
    """
    place = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_WAITING, []).append((place, line))


def sealed_by(session: Session) -> Sealed | None:
    """Return what the transaction that was just committed did to the chain, None if nothing."""
    sealed: Sealed | None = session.info.get(_SEALED)
    return sealed


def read_end(connection: sa.Connection) -> End | None:
    """Return where the chain ends by the word of its head row, None before the first line."""
    head = connection.execute(_READ_HEAD).first()
    return End(*head) if head else None


def _seal(session: Session) -> None:
    if session.in_nested_transaction():
        return
    lines = [line for _, line in session.info.pop(_WAITING, [])]
    if not lines:
        return
    # Whatever else this transaction changes has its locks now; whoever holds the chain's waits
    # for nobody.
    session.flush()
    connection = session.connection()
    before = _take_end(connection)
    after = _chained(before or End(secrets.token_hex(16), 0, START), lines)
    connection.execute(_WRITE_LINE, [_values(line) for line in lines])
    if before is None:
        connection.execute(_WRITE_HEAD, {"id": _HEAD, **asdict(after)})
    else:
        connection.execute(_MOVE_HEAD, {"number": after.number, "digest": after.digest})
    session.info[_SEALED] = Sealed(before or End(after.chain, 0, START), after)


def _take_end(connection: sa.Connection) -> End | None:
    """Return where the chain ends; nobody else may go on with it before this transaction ends."""
    head = connection.execute(_TAKE_HEAD).first()
    if head is None and connection.dialect.name == "postgresql":
        # There is no row yet that could be held, so the first two take turns.
        connection.execute(_LOCK_CHAIN)
        head = connection.execute(_TAKE_HEAD).first()
    return End(*head) if head else None


def _chained(end: End, lines: Iterable[AuditLine]) -> End:
    number, digest = end.number, end.digest
    for line in lines:
        number += 1
        line.number = number
        line.digest = digest = digest_of(digest, said_by(line))
    return End(end.chain, number, digest)


def _values(line: AuditLine) -> dict[str, object]:
    return {column.name: getattr(line, column.name) for column in _LINES.columns}


def _forget(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.get(_WAITING, [])
    waiting[:] = [(place, line) for place, line in waiting if not _lies_within(place, ended)]


def _lies_within(place: SessionTransaction | None, whole: SessionTransaction) -> bool:
    while place is not None and place is not whole:
        place = place.parent
    return place is whole


sa.event.listen(Session, "before_commit", _seal)
sa.event.listen(Session, "after_soft_rollback", _forget)
