"""Dead letters stay readable, within their cap and their days."""

import datetime as dt
import pathlib

import pytest

from sensors.delivery.dead import DeadLetters, Letter, letters_of
from situation.clock import SetClock
from situation.settings import SpoolSettings
from tests.sensors.spool.building import NOW


def letter(number: int, *, text: str = "", reason: str = "too long") -> Letter:
    document: dict[str, object] = {"event.id": f"id-{number}", "message": text}
    return Letter(NOW.isoformat(), reason, "log", "gate-1", number, 1, document)


def _letters(dead: DeadLetters) -> list[Letter]:
    return [one for path in dead.files() for one in letters_of(path)]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def test_letters_are_read_back_as_they_were_written(
    tmp_path: pathlib.Path, clock: SetClock
) -> None:
    dead = DeadLetters(tmp_path, clock, SpoolSettings())
    written = [letter(1, text="值班 \udc80\n\0"), letter(2)]
    dead.bury(written)
    assert _letters(dead) == written
    assert dead.octets() == sum(path.stat().st_size for path in dead.files())


def test_a_letter_that_is_known_is_not_written_again(
    tmp_path: pathlib.Path, clock: SetClock
) -> None:
    DeadLetters(tmp_path, clock, SpoolSettings()).bury([letter(1), letter(2)])
    DeadLetters(tmp_path, clock, SpoolSettings()).bury([letter(1), letter(2), letter(3)])
    assert [one.sequence for one in _letters(DeadLetters(tmp_path, clock, SpoolSettings()))] == [
        1,
        2,
        3,
    ]


def test_the_oldest_go_when_the_cap_is_reached_and_are_counted(
    tmp_path: pathlib.Path, clock: SetClock
) -> None:
    dead = DeadLetters(tmp_path, clock, SpoolSettings(dead_letter_mib=1))
    for number in range(200):
        dead.bury([letter(number, text="x" * 10_000)])
    kept = [one.sequence for one in _letters(dead)]
    assert kept == list(range(200 - len(kept), 200))
    assert len(kept) + dead.dropped == 200
    assert dead.octets() <= 2**20


def test_the_oldest_go_after_their_days(tmp_path: pathlib.Path, clock: SetClock) -> None:
    dead = DeadLetters(tmp_path, clock, SpoolSettings(dead_letter_days=7))
    dead.bury([letter(1)])
    clock.advance(dt.timedelta(days=7))
    dead.bury([letter(2)])
    assert len(dead.files()) == 2
    clock.advance(dt.timedelta(days=1))
    dead.bury([letter(3)])
    assert [one.sequence for one in _letters(dead)] == [2, 3]
    assert dead.dropped == 1


def test_a_torn_line_costs_itself(tmp_path: pathlib.Path, clock: SetClock) -> None:
    dead = DeadLetters(tmp_path, clock, SpoolSettings())
    dead.bury([letter(1), letter(2)])
    (path,) = dead.files()
    path.write_bytes(path.read_bytes()[:-9])
    again = DeadLetters(tmp_path, clock, SpoolSettings())
    again.bury([letter(2), letter(3)])
    assert [one.sequence for one in _letters(again)] == [1, 2, 3]
