"""Ids are keys: the same for each attempt, another for each place and purpose."""

from playbooks.execution.course.identity import TOP, UNDO, control_of, scope_of, step_run_id_of


def test_a_key_is_made_of_run_step_scope_and_purpose() -> None:
    first = step_run_id_of("R-1", "s")
    assert step_run_id_of("R-1", "s") == first
    others = {
        step_run_id_of("R-2", "s"),
        step_run_id_of("R-1", "t"),
        step_run_id_of("R-1", "s", scope_of("c", "0")),
        step_run_id_of("R-1", "s", TOP, UNDO),
    }
    assert len(others | {first}) == 5


def test_a_scope_names_its_control_step() -> None:
    assert control_of(scope_of("c", "true")) == "c"
    assert control_of(TOP) is None
