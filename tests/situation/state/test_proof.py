"""What is done to the audit behind its back is found, on both databases."""

import datetime as dt
import pathlib
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from situation.clock import SetClock
from situation.state.anchor import Anchor
from situation.state.chain import START, Said, digest_of
from situation.state.proof import Proof, select_lines
from situation.state.store import StateStore, audit, open_state_store
from situation.state.tables import AuditHead, AuditLine

NOON = dt.datetime(2026, 3, 3, 4, 0, 0, 123456, tzinfo=dt.UTC)
LINES = 40
GUARDS = {
    "sqlite": ("DROP TRIGGER audit_line_no_update", "DROP TRIGGER audit_line_no_delete"),
    "postgresql": ("ALTER TABLE audit_line DISABLE TRIGGER audit_line_is_kept",),
}
RESTORED = {"postgresql": ("ALTER TABLE audit_line ENABLE TRIGGER audit_line_is_kept",)}


@pytest.fixture
def anchor(tmp_path: pathlib.Path) -> Anchor:
    return Anchor(tmp_path / "audit.anchor", SetClock(NOON))


@pytest.fixture
def store(either_state: StateStore, anchor: Anchor) -> Iterator[StateStore]:
    """A chain of 40 lines, anchored, whose triggers an attacker has put out of the way."""
    anchored = StateStore(either_state.engine, anchor)
    _write(anchored, LINES)
    _run(anchored, *GUARDS[anchored.engine.dialect.name])
    yield anchored
    _run(anchored, *RESTORED.get(anchored.engine.dialect.name, ()))


def _write(store: StateStore, count: int, actor: str = "陈一") -> None:
    for number in range(count):
        with store.transaction() as session:
            at, name = NOON + dt.timedelta(seconds=number), f"n{number}"
            audit(session, at, actor, "notice.sign", kind="notice", object_id=name, why="测")


def _run(store: StateStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _moved(numbers: str, by: int) -> tuple[str, str]:
    """Return the statements that number some lines anew, by way of negative numbers."""
    return (
        f"UPDATE audit_line SET number = -(number + {by}) WHERE number {numbers}",  # noqa: S608 - ours
        "UPDATE audit_line SET number = -number WHERE number < 0",
    )


def _insert(number: int) -> str:
    said = "at, action, object_kind, object_id, detail"
    return (
        f"INSERT INTO audit_line (number, {said}, actor, digest)"  # noqa: S608 - our own
        f" SELECT {number}, {said}, 'wang', 'ab' FROM audit_line WHERE number = 3"
    )


def _cut(after: int) -> str:
    return f"DELETE FROM audit_line WHERE number > {after}"  # noqa: S608 - our own


SET_BACK = (
    "UPDATE audit_head SET number = number - 2,"
    " digest = (SELECT audit_line.digest FROM audit_line, audit_head WHERE audit_line.number = "
    "audit_head.number - 2)"
)

ATTACKS: dict[str, tuple[tuple[str, ...], str, int]] = {
    "another actor": (("UPDATE audit_line SET actor = 'wang' WHERE number = 12",), "changed", 12),
    "another time": (
        ("UPDATE audit_line SET at = (SELECT min(at) FROM audit_line) WHERE number = 9",),
        "changed",
        9,
    ),
    "another detail": (
        ("UPDATE audit_line SET detail = '{\"why\": \"x\"}' WHERE number = 12",),
        "changed",
        12,
    ),
    "another digest": (("UPDATE audit_line SET digest = 'ab' WHERE number = 12",), "changed", 12),
    "the last one changed": (
        ("UPDATE audit_line SET action = 'x' WHERE number = (SELECT number FROM audit_head)",),
        "changed",
        LINES,
    ),
    "one removed": (("DELETE FROM audit_line WHERE number = 12",), "removed", 12),
    "the first removed": (("DELETE FROM audit_line WHERE number = 1",), "removed", 1),
    "three removed": (("DELETE FROM audit_line WHERE number IN (12, 13, 14)",), "removed", 12),
    "one removed, the rest numbered anew": (
        ("DELETE FROM audit_line WHERE number = 12", *_moved("> 12", -1)),
        "removed",
        12,
    ),
    "four removed, the rest numbered anew": (
        ("DELETE FROM audit_line WHERE number BETWEEN 12 AND 15", *_moved("> 15", -4)),
        "removed",
        12,
    ),
    "one inserted": ((*_moved("> 11", 1), _insert(12)), "inserted", 12),
    "two inserted": ((*_moved("> 11", 2), _insert(12), _insert(13)), "inserted", 12),
    "one put behind the end": ((_insert(LINES + 1),), "inserted", LINES + 1),
    "neighbours exchanged": ((*_moved("= 12", 100), *_moved("= 13", -1), *_moved("= 112", -99)),
                             "reordered", 12),
    "two exchanged": ((*_moved("= 12", 100), *_moved("= 30", -18), *_moved("= 112", -82)),
                      "reordered", 12),
    "one moved on": (
        (*_moved("= 12", 100), *_moved("BETWEEN 13 AND 30", -1), *_moved("= 112", -82)),
        "reordered",
        12,
    ),
    "one moved back": (
        (*_moved("= 30", 100), *_moved("BETWEEN 12 AND 29", 1), *_moved("= 130", -118)),
        "reordered",
        12,
    ),
    "the tail cut off": ((_cut(LINES - 2),), "cut_tail",
                         LINES - 1),
    "the tail cut off and the end set back": (
        (SET_BACK, _cut(LINES - 2)),
        "rewound",
        LINES - 1,
    ),
    "everything removed": (("DELETE FROM audit_line",), "cut_tail", 1),
    "the head removed": (("DELETE FROM audit_head",), "head_changed", LINES),
    "the head set back": ((SET_BACK,), "head_changed", LINES),
    "the head changed": (("UPDATE audit_head SET digest = 'ab'",), "head_changed", LINES),
    "everything removed with its head": (
        ("DELETE FROM audit_line", "DELETE FROM audit_head"),
        "swapped",
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_at_its_place(store: StateStore, name: str) -> None:
    statements, code, number = ATTACKS[name]
    _run(store, *statements)
    found = store.verify().breaches
    assert [(breach.code, breach.number) for breach in found] == [(code, number)], found


def test_a_sound_chain_holds_and_is_anchored_to_its_end(store: StateStore) -> None:
    proof = store.verify()
    assert proof.breaches == ()
    assert (proof.lines, proof.anchored, proof.anchored_at) == (LINES, LINES, NOON.isoformat())


def test_an_empty_database_holds(either_state: StateStore, anchor: Anchor) -> None:
    proof = StateStore(either_state.engine, anchor).verify()
    assert (proof.breaches, proof.lines, proof.anchored) == ((), 0, 0)


def test_lines_after_the_anchor_are_told_apart(store: StateStore) -> None:
    _write(StateStore(store.engine), 3)
    proof = store.verify()
    assert proof.breaches == ()
    assert (proof.lines, proof.anchored) == (LINES + 3, LINES)


def test_several_attacks_at_once_are_all_named(store: StateStore) -> None:
    _run(store, *(sql for name in ("another actor",) for sql in ATTACKS[name][0]))
    _run(store, "DELETE FROM audit_line WHERE number = 20", *_moved("> 33", 1), _insert(34))
    found = [(breach.code, breach.number) for breach in store.verify().breaches]
    assert found == [("changed", 12), ("removed", 20), ("inserted", 34)]


def test_a_chain_that_was_made_anew_is_found_by_the_anchor(store: StateStore) -> None:
    _run(store, "UPDATE audit_line SET actor = 'wang' WHERE number = 12")
    digest = START
    with store.transaction() as session:
        for row in session.execute(select_lines(session)).all():
            digest = digest_of(digest, Said(*row[:-1]))
            moved = sa.update(AuditLine).where(AuditLine.number == row.number)
            session.execute(moved.values(digest=digest))
        session.execute(sa.update(AuditHead).values(digest=digest))
    assert StateStore(store.engine).verify().breaches == ()
    assert _codes(store.verify()) == ["rewritten"]


def test_another_database_is_found_by_the_anchor(
    store: StateStore, anchor: Anchor, tmp_path: pathlib.Path
) -> None:
    assert store.verify().breaches == ()
    other = open_state_store(f"sqlite:///{tmp_path}/other.db")
    _write(other, LINES)
    swapped = StateStore(other.engine, anchor)
    assert _codes(swapped.verify()) == ["swapped"]
    other.close()


def test_an_older_copy_is_found_by_the_anchor(tmp_path: pathlib.Path) -> None:
    anchor = Anchor(tmp_path / "audit.anchor", SetClock(NOON))
    store = open_state_store(f"sqlite:///{tmp_path}/state.db", anchor)
    _write(store, 5)
    store.close()
    copy = (tmp_path / "state.db").read_bytes()
    store = open_state_store(f"sqlite:///{tmp_path}/state.db", anchor)
    _write(store, 5)
    store.close()
    (tmp_path / "state.db").write_bytes(copy)
    older = open_state_store(f"sqlite:///{tmp_path}/state.db", anchor)
    assert _codes(older.verify()) == ["rewound"]
    _write(older, 20, actor="wang")
    assert _codes(older.verify()) == ["rewritten"]
    older.close()


def test_a_line_that_cannot_be_read_is_named(tmp_path: pathlib.Path) -> None:
    store = open_state_store(f"sqlite:///{tmp_path}/state.db")
    _write(store, 9)
    _run(store, *GUARDS["sqlite"])
    _run(store, "UPDATE audit_line SET detail = '{', at = 'noon' WHERE number = 7")
    assert [(each.code, each.number) for each in store.verify().breaches] == [("changed", 7)]
    store.close()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda anchor: anchor.unlink(), "anchor_missing"),
        (lambda anchor: anchor.write_bytes(b"x" * 1024), "anchor_broken"),
        (lambda anchor: anchor.with_name("audit.anchor.key").unlink(), "anchor_broken"),
        (lambda anchor: anchor.with_name("audit.anchor.key").write_bytes(b"k"), "anchor_broken"),
        (
            lambda anchor: anchor.write_bytes(
                re.sub(rb", (39|40),", b", 10,", anchor.read_bytes())
            ),
            "anchor_broken",
        ),
    ],
)
def test_an_anchor_that_is_gone_or_forged_is_said_so(
    store: StateStore, anchor: Anchor, damage: Callable[[pathlib.Path], object], code: str
) -> None:
    damage(anchor.path)
    assert _codes(store.verify()) == [code]


def test_the_database_itself_refuses_to_change_a_line(either_state: StateStore) -> None:
    _write(either_state, 2)
    for statement in ("UPDATE audit_line SET actor = 'x'", "DELETE FROM audit_line"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed or removed"):
            _run(either_state, statement)


def _codes(proof: Proof) -> list[str]:
    return [breach.code for breach in proof.breaches]
