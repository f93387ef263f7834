"""A cause opens a run once, numbered, with its variables filled and checked."""

import dataclasses

import pytest

from playbooks.execution.cause import Cause, cause_of_nothing
from playbooks.execution.starting import start_run
from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.state.tables import PlaybookRun, PlaybookVersion
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.execution.book import book, part
from tests.playbooks.execution.ground import STARTER, Ground, version_of

WRITTEN = book("mark", variables={"hours": ("integer", "1"), "who": ("string", None)})


def _cause(**facts: str) -> Cause:
    return dataclasses.replace(cause_of_nothing(), facts=facts)


def test_runs_of_a_day_are_numbered(ground: Ground) -> None:
    runs = [ground.start(WRITTEN) for _ in range(3)]
    assert [run.id for run in runs] == [f"R-2026-0303-{number}" for number in (1, 2, 3)]


def test_a_cause_starts_a_playbook_once_however_many_see_it(ground: Ground) -> None:
    ground.publish(WRITTEN)
    with ground.state.reading() as session:
        version = session.query(PlaybookVersion).one()

    def start() -> None:
        with ground.state.transaction() as session:
            start_run(
                session,
                ground.house,
                version=version,
                trigger="grade",
                trigger_key="grade:one",
                cause=cause_of_nothing(),
                variables={},
                by=STARTER,
                now=ground.clock.now(),
            )

    assert sum(together(start)) == THREADS
    with ground.state.reading() as session:
        assert session.query(PlaybookRun).count() == 1


def test_what_a_person_says_goes_before_what_the_cause_does(ground: Ground) -> None:
    bound = dataclasses.replace(WRITTEN, bindings={"__who__": "fact.who", "hours": "fact.none"})
    cause = _cause(**{"fact.who": "li"})
    run = ground.start(bound, cause=cause)
    assert (ground.variable(run, "who"), ground.variable(run, "hours")) == ("li", "1")
    run = ground.start(bound, cause=cause, variables={"who": "wang", "__hours__": "4"})
    assert (ground.variable(run, "who"), ground.variable(run, "hours")) == ("wang", "4")


def test_a_variable_that_does_not_fit_starts_nothing(ground: Ground) -> None:
    with pytest.raises(Malformed, match="hours"):
        ground.start(WRITTEN, variables={"hours": "soon"})
    with pytest.raises(Malformed, match="minutes"):
        ground.start(WRITTEN, variables={"minutes": "1"})
    with ground.state.reading() as session:
        assert session.query(PlaybookRun).count() == 0


def test_only_what_is_published_can_be_run(ground: Ground) -> None:
    draft = version_of(book(part("mark", "draft")))
    draft.state = "draft"
    with ground.state.transaction() as session, pytest.raises(Refusal) as refused:
        start_run(
            session,
            ground.house,
            version=draft,
            trigger="hand",
            trigger_key="x",
            cause=cause_of_nothing(),
            variables={},
            by=STARTER,
            now=ground.clock.now(),
        )
    assert refused.value.code == "not_published"
