"""Numbers of documents: each once, whoever asks at the same time, anew with the city's year."""

import datetime as dt

import sqlalchemy as sa

from situation.state.store import StateStore
from situation.state.tables import Notice
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.notice.desk import MINUTE, hand_drafted

NEW_YEAR = dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)
"""Midnight in the city."""


def numbers(state: StateStore) -> list[str]:
    with state.reading() as session:
        return sorted(session.scalars(sa.select(Notice.number)))


def numbered(serial: int, year: int = 2026, drill: str = "") -> str:
    return f"示网隐通{drill}〔{year}〕第{serial:03d}号"


def test_who_draws_a_number_at_the_same_time_gets_the_next(either_state: StateStore) -> None:
    def draft() -> None:
        with either_state.transaction() as session:
            hand_drafted(session)

    assert together(draft) == (THREADS, 0)
    assert numbers(either_state) == [numbered(serial) for serial in range(1, THREADS + 1)]


def test_the_count_begins_anew_at_midnight_in_the_city(either_state: StateStore) -> None:
    for at in (NEW_YEAR - MINUTE, NEW_YEAR, NEW_YEAR - MINUTE, NEW_YEAR + MINUTE):
        with either_state.transaction() as session:
            hand_drafted(session, now=at)
    # A clock that goes back a minute skips a number of the old year and gives none twice.
    old, new = [numbered(1), numbered(3)], [numbered(1, 2027), numbered(2, 2027)]
    assert numbers(either_state) == [*old, *new]


def test_drills_count_apart(either_state: StateStore) -> None:
    for drill_id in (None, "D1", "D2", None):
        with either_state.transaction() as session:
            hand_drafted(session, drill_id=drill_id)
    real, drills = [numbered(1), numbered(2)], [numbered(n, drill="（演练）") for n in (1, 2)]
    assert numbers(either_state) == sorted(real + drills)
