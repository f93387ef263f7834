"""Whatever an action raises becomes one kind of trouble."""

import pytest
import sqlalchemy as sa

from playbooks.action.action import Refused
from playbooks.execution.course.boundary import Trouble, tried
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed, Unavailable


def _raising(error: Exception) -> object:
    raise error


@pytest.mark.parametrize("error", [Refused("no"), Refusal("illegal", "no"), Malformed("no")])
def test_a_no_is_a_no(error: Exception) -> None:
    assert tried(lambda: _raising(error), "s") == Trouble("no")


@pytest.mark.parametrize("error", [Conflict("later"), Unavailable("later")])
def test_what_may_do_later_is_tried_again(error: Exception) -> None:
    assert tried(lambda: _raising(error), "s") == Trouble("later", again=True)


def test_the_other_side_says_how_long_it_wants_to_be_left_alone() -> None:
    found = tried(lambda: _raising(Unavailable("busy", wait_seconds=9)), "s")
    assert found == Trouble("busy", again=True, wait_seconds=9)


def test_a_statement_that_failed_tells_no_values() -> None:
    error = sa.exc.IntegrityError("INSERT", {"password": "geheim"}, ValueError("geheim"))
    assert tried(lambda: _raising(error), "s") == Trouble("IntegrityError", again=True)


def test_what_nobody_foresaw_is_named_by_its_type_and_logged_with_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = tried(lambda: _raising(ZeroDivisionError("geheim")), "step 7")
    assert found == Trouble("ZeroDivisionError", unexpected=True)
    assert "step 7" in caplog.text
    assert "Traceback" in caplog.text
