"""Whatever a playbook is made of, its run comes to one end and each of its steps acts once."""

import itertools
import pathlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbooks.cacao.playbook import Playbook
from playbooks.execution.machine import OPEN, RUN
from situation.state.store import StateStore
from situation.state.tables import PlaybookRun, StepRun
from tests.empty import open_empty
from tests.playbooks.execution.book import (
    Part,
    Parts,
    book,
    choice,
    loop,
    minutes,
    parallel,
    part,
    sub,
    switch,
)
from tests.playbooks.execution.deeds import deeds, doubled
from tests.playbooks.execution.ground import Ground

EXAMPLES = 20
INNER = book(part("mark", "within"), part("mark", "odd", goes="refused", goes_on=True), key="in")

_DELAYS = st.sampled_from([minutes(0), minutes(0), minutes(0), minutes(3)])
_GOES = st.sampled_from(["well"] * 6 + ["refused", "away", "wrong"])


@st.composite
def _acts(draw: st.DrawFn) -> Part:
    action = draw(st.sampled_from(["mark", "mark", "mark", "agreed", "hold"]))
    name = draw(st.sampled_from(["n", "word"]))
    return part(
        action,
        "deed",
        outs=draw(st.sampled_from([None, {"says": name}])),
        goes_on=draw(st.integers(0, 3)) == 0,
        delay=draw(_DELAYS),
        says=draw(st.sampled_from(["0", "1", "many"])),
        goes=draw(_GOES),
    )


def _controls(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    some = st.lists(inner, max_size=3)
    handled = st.fixed_dictionaries({}, optional={"on_failure": st.lists(inner, max_size=1)})
    conditions = st.sampled_from(["n > 0", "word = 'many'", "NOT EXISTS word", "1 = 1"])
    return st.one_of(
        st.builds(
            lambda ways, more: parallel(*ways, **more),
            st.lists(some, min_size=1, max_size=3),
            handled,
        ),
        st.builds(
            lambda how, a, b, more: choice(how, a, b, **more), conditions, some, some, handled
        ),
        st.builds(
            lambda how, body: loop(how, body, turns=3),
            conditions,
            st.lists(inner, min_size=1, max_size=2),
        ),
        st.builds(lambda a, b: switch("word", {"many": a, "default": b}), some, some),
        st.just(sub("in")),
    )


PARTS = st.lists(st.recursive(_acts(), _controls, max_leaves=8), min_size=1, max_size=4)


@st.composite
def _books(draw: st.DrawFn) -> Playbook:
    known: Mapping[str, tuple[str, str | None]] = {"n": ("integer", "1"), "word": ("string", None)}
    exception = draw(st.none() | st.lists(_acts(), max_size=2))
    compensates = draw(st.booleans())
    return book(*draw(PARTS), variables=known, exception=exception, compensates=compensates)


@given(_books())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
def test_every_run_comes_to_one_end_and_each_step_acts_once(written: Playbook) -> None:
    with _ground() as ground:
        _carried(ground, written)
        _is_whole(ground.state)


@contextmanager
def _ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = open_empty(folder)
        ground = Ground(state, folder)
        ground.publish(INNER)
        yield ground
        ground.close()
        state.close()


def _carried(ground: Ground, written: Playbook) -> PlaybookRun:
    run = ground.start(written)
    for _ in range(60):
        ground.turn()
        _everybody_agrees(ground)
        ground.clock.advance(minutes(2))
        if ground.run(run).state in RUN.terminal:
            break
    ground.settle()
    return ground.run(run)


def _everybody_agrees(ground: Ground) -> None:
    with ground.state.reading() as session:
        runs = session.scalars(sa.select(PlaybookRun)).all()
    for run in runs:
        ground.agree(run)


def _is_whole(state: StateStore) -> None:
    with state.reading() as session:
        runs = session.scalars(sa.select(PlaybookRun)).all()
        rows = session.scalars(sa.select(StepRun)).all()
    assert {run.state for run in runs} <= RUN.terminal
    assert [row.step_id for row in rows if row.state in OPEN] == []
    assert all((run.ended_at is not None) for run in runs)
    assert doubled(state) == {}
    undone = {row.undoes for row in rows if row.purpose == "undo" and row.state == "done"}
    assert undone == {row.id for row in rows if row.undone_at is not None}
    taken_back = {run.id for run in runs if run.ends_as}
    assert all(row.undone_at for row in rows if row.run_id in taken_back and row.undo)


class _Sound:
    """Draws playbooks in which nothing fails, and knows what each has to do."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw, self._names = draw, itertools.count()
        self.expected: Counter[str] = Counter()

    def parts(self, depth: int, times: int) -> Parts:
        """Return a sequence that is gone through so often."""
        return [self._part(depth, times) for _ in range(self._draw(st.integers(0, 3)))]

    def _part(self, depth: int, times: int) -> Part:
        kind = self._draw(st.sampled_from(["deed", "parallel", "if", "switch", "while", "sub"]))
        if depth == 0 or kind == "deed":
            name = f"deed {next(self._names)}"
            self.expected[name] += times
            return part("mark", name, delay=self._draw(_DELAYS))
        return getattr(self, f"_{kind}")(depth - 1, times)  # type: ignore[no-any-return]

    def _parallel(self, depth: int, times: int) -> Part:
        return parallel(*(self.parts(depth, times) for _ in range(self._draw(st.integers(1, 3)))))

    def _if(self, depth: int, times: int) -> Part:
        holds = self._draw(st.booleans())
        ways = self.parts(depth, times * holds), self.parts(depth, times * (not holds))
        return choice("yes = 1" if holds else "yes = 0", *ways)

    def _switch(self, depth: int, times: int) -> Part:
        fits = self._draw(st.booleans())
        cases = {
            "1" if fits else "0": self.parts(depth, times * fits),
            "default": self.parts(depth, times * (not fits)),
        }
        return switch("yes", cases)

    def _while(self, depth: int, _times: int) -> Part:
        return loop("yes = 0", self.parts(depth, 0))

    def _sub(self, _depth: int, times: int) -> Part:
        self.expected["within"] += times
        return sub("in")


@st.composite
def _sound_books(draw: st.DrawFn) -> tuple[Playbook, Counter[str]]:
    sound = _Sound(draw)
    written = book(*sound.parts(3, 1), variables={"yes": ("integer", "1")})
    return written, Counter({name: count for name, count in sound.expected.items() if count})


@given(_sound_books())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
def test_a_run_does_what_its_playbook_says_and_nothing_else(
    drawn: tuple[Playbook, Counter[str]],
) -> None:
    written, expected = drawn
    with _ground() as ground:
        assert _carried(ground, written).state == "succeeded"
        assert deeds(ground.state) == expected
        assert doubled(ground.state) == {}
