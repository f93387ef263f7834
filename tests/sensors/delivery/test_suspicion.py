"""Rows under suspicion: halved after two deaths, condemned when alone, cleared when they pass."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.delivery.suspicion import DEATHS, Suspicion, SuspicionFile


def _deaths_until_condemned(killer: int, rows: int, first_batches: list[int]) -> tuple[int, int]:
    """Send rows like the loop does, dying at `killer`; return deaths and rows that passed."""
    held, passed, deaths = Suspicion(), 0, 0
    while not held.condemns(passed) and passed < rows:
        allowed = held.allowed(passed)
        size = allowed or (first_batches.pop() if first_batches else rows)
        end = min(passed + size, rows)
        held = held.sending(passed, end)
        if passed <= killer < end:
            held, deaths = held.died().survived(), deaths + 1
        else:
            held, passed = held.survived().cleared(end), end
    return deaths, passed


@given(st.integers(0, 4999), st.lists(st.integers(1, 6000), max_size=4))
def test_the_killer_is_found_whatever_batches_it_came_in(
    killer: int, first_batches: list[int]
) -> None:
    deaths, passed = _deaths_until_condemned(killer, 5000, first_batches)
    assert passed == killer
    assert deaths <= 2 * DEATHS * 13


def test_one_death_leaves_the_batch_whole() -> None:
    held = Suspicion().sending(10, 20).died().survived()
    assert held.allowed(10) is None
    assert not held.condemns(10)


def test_two_deaths_halve_it() -> None:
    held = Suspicion().sending(10, 20).died().survived().sending(10, 30).died().survived()
    assert (held.allowed(5), held.allowed(10), held.allowed(18), held.allowed(20)) == (
        5,
        5,
        2,
        None,
    )


def test_deaths_over_other_rows_do_not_add_up() -> None:
    held = Suspicion().sending(10, 20).died().survived().cleared(20)
    assert held.sending(20, 30).died().survived().allowed(20) is None


def test_a_worker_that_died_while_it_sent_nothing_raises_no_suspicion() -> None:
    assert Suspicion().died() == Suspicion()


def test_the_file_tells_a_successor_of_a_death_but_not_of_an_orderly_end(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / "attempt"
    first = SuspicionFile(path)
    first.keep(first.held.sending(3, 9))
    first.close()
    second = SuspicionFile(path)
    assert (second.held.first, second.held.end, second.held.deaths) == (3, 9, 1)
    second.close()
    third = SuspicionFile(path)
    assert third.held.deaths == 1
    third.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"strange": 1}', b"\xff" * 300])
def test_a_damaged_file_suspects_nothing(tmp_path: pathlib.Path, content: bytes) -> None:
    path = tmp_path / "attempt"
    path.write_bytes(content)
    file = SuspicionFile(path)
    assert file.held == Suspicion()
    file.close()
