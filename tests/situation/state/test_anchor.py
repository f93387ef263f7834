"""The anchor is whole whenever the machine stops, and never says what was not."""

import datetime as dt
import logging
import multiprocessing
import pathlib
import stat

import pytest

from situation.clock import SetClock
from situation.state.anchor import CHECKPOINT_LINES, Anchor
from situation.state.chain import End, Sealed
from situation.state.store import StateStore, audit, open_state_store

NOON = dt.datetime(2026, 3, 3, 4, 0, tzinfo=dt.UTC)
SLOT = 512
EACH = 30


def _anchor(folder: pathlib.Path) -> Anchor:
    return Anchor(folder / "audit.anchor", SetClock(NOON))


def _sealed(first: int, last: int, chain: str = "c") -> Sealed:
    return Sealed(End(chain, first, f"d{first}"), End(chain, last, f"d{last}"))


def _newest(anchor: Anchor) -> int:
    marks = anchor.read()
    assert marks is not None
    assert marks.newest is not None
    return marks.newest.end.number


def test_it_holds_the_newest_end_and_nobody_else_reads_its_key(tmp_path: pathlib.Path) -> None:
    anchor = _anchor(tmp_path)
    assert anchor.read() is None
    for number in range(5):
        anchor.advance(_sealed(number, number + 1))
        assert _newest(_anchor(tmp_path)) == number + 1
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"audit.anchor": 0o600, "audit.anchor.key": 0o600}


def test_a_mark_that_comes_late_does_not_set_it_back(tmp_path: pathlib.Path) -> None:
    anchor = _anchor(tmp_path)
    anchor.advance(_sealed(4, 7))
    anchor.advance(_sealed(3, 4))
    assert _newest(anchor) == 7


@pytest.mark.parametrize("slot", [0, 1])
def test_a_torn_mark_leaves_the_one_before(tmp_path: pathlib.Path, slot: int) -> None:
    anchor = _anchor(tmp_path)
    for number in (1, 2):
        anchor.advance(_sealed(number - 1, number))
    content = bytearray(anchor.path.read_bytes())
    content[slot * SLOT + 40 : slot * SLOT + 60] = b"\x00" * 20
    anchor.path.write_bytes(content)
    assert _newest(_anchor(tmp_path)) == 2 - slot
    again = _anchor(tmp_path)
    again.advance(_sealed(2, 3))
    assert _newest(again) == 3


def test_every_thousand_lines_a_mark_stays_for_good(tmp_path: pathlib.Path) -> None:
    anchor = _anchor(tmp_path)
    for first in range(0, 5 * CHECKPOINT_LINES, CHECKPOINT_LINES // 4):
        anchor.advance(_sealed(first, first + CHECKPOINT_LINES // 4))
    marks = anchor.read()
    assert marks is not None
    kept = [mark.end.number for mark in marks.checkpoints]
    assert kept == [CHECKPOINT_LINES * number for number in range(1, 6)]


def test_a_checkpoint_that_was_torn_is_written_over_by_the_next(tmp_path: pathlib.Path) -> None:
    anchor = _anchor(tmp_path)
    for first in (0, CHECKPOINT_LINES):
        anchor.advance(_sealed(first, first + CHECKPOINT_LINES))
    anchor.path.write_bytes(anchor.path.read_bytes()[:-70])
    torn = _anchor(tmp_path).read()
    assert torn is not None
    assert [mark.end.number for mark in torn.checkpoints] == [CHECKPOINT_LINES]
    _anchor(tmp_path).advance(_sealed(2 * CHECKPOINT_LINES, 3 * CHECKPOINT_LINES))
    whole = _anchor(tmp_path).read()
    assert whole is not None
    kept = [mark.end.number for mark in whole.checkpoints]
    assert kept == [CHECKPOINT_LINES, 3 * CHECKPOINT_LINES]


@pytest.mark.parametrize(
    "other", [_sealed(3, 4, chain="other"), Sealed(End("c", 3, "not d3"), End("c", 4, "d4"))]
)
def test_another_history_is_not_written_over_the_one_that_was_anchored(
    tmp_path: pathlib.Path, other: Sealed, caplog: pytest.LogCaptureFixture
) -> None:
    anchor = _anchor(tmp_path)
    anchor.advance(_sealed(2, 3))
    before = anchor.path.read_bytes()
    with caplog.at_level(logging.ERROR):
        anchor.advance(other)
        anchor.advance(_sealed(4, 5))
    assert anchor.path.read_bytes() == before
    assert "not anchored any more" in caplog.text


def test_it_begins_anew_when_it_was_put_aside_by_another(tmp_path: pathlib.Path) -> None:
    anchor = _anchor(tmp_path)
    anchor.advance(_sealed(2, 3))
    aside = _anchor(tmp_path).renew()
    assert aside is not None
    anchor.advance(_sealed(8, 9, chain="new"))
    assert _newest(anchor) == 9
    assert aside.exists()
    assert _anchor(tmp_path / "none").renew() is None


def test_a_place_that_takes_no_file_stops_no_change(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "full").write_text("a file where a folder should be")
    anchor = Anchor(tmp_path / "full" / "audit.anchor", SetClock(NOON))
    store = open_state_store(f"sqlite:///{tmp_path}/state.db")
    anchored = StateStore(store.engine, anchor)
    with caplog.at_level(logging.ERROR):
        _write(anchored, 1)
    assert "cannot be anchored" in caplog.text
    assert StateStore(store.engine).verify().lines == 1
    store.close()


def test_several_processes_share_one_anchor(tmp_path: pathlib.Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    workers = [spawning.Process(target=_write_beside, args=(tmp_path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store = open_state_store(f"sqlite:///{tmp_path}/state.db", _anchor(tmp_path))
    proof = store.verify()
    assert (proof.lines, proof.anchored, proof.breaches) == (3 * EACH, 3 * EACH, ())
    store.close()


def _write_beside(folder: pathlib.Path) -> None:
    store = open_state_store(f"sqlite:///{folder}/state.db", _anchor(folder))
    _write(store, EACH)
    store.close()


def _write(store: StateStore, count: int) -> None:
    for number in range(count):
        with store.transaction() as session:
            audit(session, NOON, "chen", "notice.sign", kind="notice", object_id=str(number))
