"""The chain of audit lines: each line's digest covers the line and the digest before it.

A line that is changed, removed, added or moved breaks the chain from there on. The lines of a
transaction are chained at its very end, one transaction after the other.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import AuditHead, AuditLine

START = ""
"""The digest before the first line."""

_HEAD = 1
_LOCK = 0x63697479
_WAITING = "citywatch_audit"


def digest_of(before: str, line: AuditLine) -> str:
    """Return the digest of a line after the digest `before`, SHA-256 in hexadecimal."""
    return hashlib.sha256(f"{before}\n{canonical(line)}".encode()).hexdigest()


def canonical(line: AuditLine) -> str:
    """Return everything that the line says as one text, the same on every database."""
    said = [
        line.number,
        line.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        line.actor,
        line.action,
        line.object_kind,
        line.object_id,
        line.detail,
    ]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(session: Session, line: AuditLine) -> None:
    """Put a line on its way; it is chained when the transaction commits."""
    session.info.setdefault(_WAITING, []).append(line)


def plain(detail: Mapping[str, object]) -> dict[str, object]:
    """Return the detail as it will be read back, so that its digest is that of what is kept."""
    kept: dict[str, object] = json.loads(json.dumps(detail, ensure_ascii=False))
    return kept


def _seal(session: Session) -> None:
    waiting: list[AuditLine] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    head = session.scalar(sa.select(AuditHead).execution_options(populate_existing=True))
    if head is None:
        head = AuditHead(id=_HEAD, chain=secrets.token_hex(16), number=0, digest=START)
        session.add(head)
    for line in waiting:
        head.number += 1
        line.number = head.number
        line.digest = head.digest = digest_of(head.digest, line)
    session.add_all(waiting)


def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)


sa.event.listen(Session, "before_commit", _seal)
sa.event.listen(Session, "after_soft_rollback", lambda session, _previous: _forget(session))
