from playbooks.cacao.playbook import UNNAMED, StepKind
from playbooks.execution.rehearsal import Rehearsed
from soc_api.web.query.playbook.folding import folded


def _step(name: str, depth: int = 0, kind: StepKind = StepKind.ACTION, **more: str) -> Rehearsed:
    return Rehearsed(
        step_id=name,
        kind=kind,
        name=UNNAMED,
        note=UNNAMED,
        clause=None,
        playbook="one",
        depth=depth,
        verdict=more.get("verdict", ""),
        fault=more.get("fault", ""),
    )


def _loop(verdict: str, name: str = "loop", depth: int = 0, fault: str = "") -> Rehearsed:
    return _step(name, depth, StepKind.WHILE, verdict=verdict, fault=fault)


def _told(*steps: Rehearsed) -> list[tuple[str, int]]:
    return [(each.step.step_id, each.again) for each in folded(steps)]


def test_what_is_no_loop_stays() -> None:
    assert _told(_step("a"), _step("b", 1), _step("b", 1)) == [("a", 0), ("b", 0), ("b", 0)]


def test_of_a_loop_the_first_turn_is_told_and_the_others_counted() -> None:
    turns = [_loop("taken"), _step("body", 1)] * 3
    told = _told(_step("a"), *turns, _loop("not taken"), _step("z"))
    assert told == [("a", 0), ("loop", 2), ("body", 0), ("z", 0)]


def test_a_loop_that_nobody_knows_of_is_told_as_it_is() -> None:
    assert _told(_loop("unknown"), _step("body", 1)) == [("loop", 0), ("body", 0)]


def test_a_loop_within_the_first_turn_counts_its_own_turns() -> None:
    inner = [_loop("taken", "inner", 1), _step("body", 2)] * 2 + [_loop("not taken", "inner", 1)]
    told = _told(*[_loop("taken"), *inner] * 3, _loop("not taken"))
    assert told == [("loop", 2), ("inner", 1), ("body", 0)]


def test_what_would_fail_in_a_later_turn_stays() -> None:
    turn = [_loop("taken"), _step("body", 1)]
    told = _told(*turn, _loop("taken"), _step("body", 1, fault="it does not fit"), _step("z"))
    assert told == [("loop", 1), ("body", 0), ("body", 0), ("z", 0)]
    endless = _told(*turn, _loop("taken", fault="turns more than 1 times"))
    assert endless == [("loop", 0), ("body", 0), ("loop", 0)]
