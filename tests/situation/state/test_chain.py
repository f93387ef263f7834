"""The audit is one chain without gaps, whatever is rolled back and whoever writes at once."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situation.faults import Conflict
from situation.state.chain import plain
from situation.state.store import StateStore, audit
from situation.state.tables import AuditLine, OutboxMessage

NOON = dt.datetime(2026, 3, 3, 4, 0, 0, 123456, tzinfo=dt.UTC)
WRITERS, EACH = 4, 15

details = st.dictionaries(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=8),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner),
        max_leaves=6,
    ),
    max_size=4,
)


@pytest.fixture
def store(either_state: StateStore) -> StateStore:
    return either_state


def _line(session: sa.orm.Session, name: str, **detail: object) -> None:
    audit(session, NOON, "chen", name, kind="notice", object_id="n", **detail)


def _actions(store: StateStore) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(sa.select(AuditLine.action).order_by(AuditLine.number)))


def test_lines_are_numbered_in_the_order_of_their_writing(store: StateStore) -> None:
    for names in (("a", "b"), ("c",)):
        with store.transaction() as session:
            for name in names:
                _line(session, name)
    assert _actions(store) == ["a", "b", "c"]
    assert store.verify().breaches == ()
    with store.reading() as session:
        assert list(session.scalars(sa.select(AuditLine.number))) == [1, 2, 3]


def test_a_savepoint_that_is_rolled_back_takes_its_own_lines_along(store: StateStore) -> None:
    with store.transaction() as session:
        _line(session, "before")
        with session.begin_nested():
            _line(session, "kept")
            with session.begin_nested() as inner:
                _line(session, "inner")
                inner.rollback()
            _line(session, "kept too")
        with session.begin_nested() as lost:
            with session.begin_nested():
                _line(session, "released inside")
            _line(session, "lost")
            lost.rollback()
        _line(session, "after")
    assert _actions(store) == ["before", "kept", "kept too", "after"]
    assert store.verify().breaches == ()


def test_a_change_that_fails_leaves_no_line_and_no_gap(store: StateStore) -> None:
    with store.transaction() as session:
        _line(session, "first")

    def fail(session: sa.orm.Session) -> None:
        _line(session, "failed")
        raise Conflict("changed meanwhile")

    with pytest.raises(Conflict), store.transaction() as session:
        fail(session)
    with store.transaction() as session:
        _line(session, "second")
    assert _actions(store) == ["first", "second"]
    assert store.verify().breaches == ()


def test_many_writers_make_one_chain(store: StateStore) -> None:
    def write(name: str) -> None:
        for number in range(EACH):
            with store.transaction() as session:
                session.add(
                    OutboxMessage(topic="t", object_id=name, payload={"n": number}, created_at=NOON)
                )
                _line(session, name, number=number)

    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    proof = store.verify()
    assert (proof.lines, proof.breaches) == (WRITERS * EACH, ())
    with store.reading() as session:
        sent = session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
    assert sent == WRITERS * EACH


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(said=details)
def test_whatever_a_line_says_is_read_back_as_it_was_chained(
    store: StateStore, said: dict[str, object]
) -> None:
    with store.transaction() as session:
        _line(session, "said", said=said)
    assert store.verify().breaches == ()
    with store.reading() as session:
        newest = sa.select(AuditLine.detail).order_by(AuditLine.number.desc()).limit(1)
        assert session.scalars(newest).one() == {"said": said}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_that_json_does_not_know_is_refused_at_once(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        plain({"share": value})
