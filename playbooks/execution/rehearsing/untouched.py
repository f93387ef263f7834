"""A session that nothing is written by: whoever tries is stopped before the database is asked."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session


class Written(RuntimeError):  # noqa: N818 - it names what happened
    """An action wanted to write while it was only asked what it would do: a bug of the action."""


@contextlib.contextmanager
def untouched(session: Session) -> Iterator[Session]:
    """Yield the session with every way to write shut; raise `Written` for the one who tries."""
    before = set(session.new), set(session.dirty), set(session.deleted)
    event.listen(session, "do_orm_execute", _refuse_changes)
    event.listen(session, "before_flush", _refuse_flush)
    try:
        with session.no_autoflush:
            yield session
        if (set(session.new), set(session.dirty), set(session.deleted)) != before:
            raise Written("a dry run changed a row")
    finally:
        event.remove(session, "do_orm_execute", _refuse_changes)
        event.remove(session, "before_flush", _refuse_flush)


def _refuse_changes(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise Written("a dry run wants to change rows")


def _refuse_flush(*_: object) -> None:
    raise Written("a dry run wants to write rows")
