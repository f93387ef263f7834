"""Performing: a due step becomes its effect inside, or a call to be made outside.

Inside, effect and outcome and what follows are one transaction. Outside, the step is marked as
begun, under a lease, before the call is made; what came of it is recorded in a transaction of its
own.
"""

import datetime as dt
from collections.abc import Callable

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.cacao.playbook import Step, StepKind, Words
from playbooks.execution import approval
from playbooks.execution.course.boundary import Trouble, tried
from playbooks.execution.course.calling import Call, Came
from playbooks.execution.course.claim import LEASE
from playbooks.execution.course.identity import UNDO
from playbooks.execution.course.inverse import open_undo
from playbooks.execution.course.log import short, told
from playbooks.execution.course.progress import AT_ONCE, step_of
from playbooks.execution.course.subrun import start_child
from playbooks.execution.course.timing import HUMAN, next_try, retries_of, within_of
from playbooks.execution.course.token import is_alive
from playbooks.execution.course.unsure import doubt, end_doubt
from playbooks.execution.course.walk import Walk
from playbooks.execution.rendering import (
    Rendered,
    rendered,
    rendered_anew,
    scene_of,
    variables_of,
)
from playbooks.person import SYSTEM
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import StepRun

LATE = "its time ran out"
OVER = "its run or its branch has ended"

MOST_BEGUN = 20
"""How often a step is begun at most: one that takes its engine along each time has to end."""


def take(walk: Walk, row: StepRun, owner: str, *, may_call: bool) -> Call | None:
    """Perform a due step, or begin it and return the call that has to be made now.

    With `may_call` false a step that has to go outside is left as it is.
    """
    if row.purpose == UNDO:
        return _take_back(walk, row, owner, may_call=may_call)
    if not is_alive(walk.session, walk.run, row):
        _end_left(walk, row)
        return None
    step = step_of(walk.playbook, row.step_id)
    if row.attempts == 0 and step.kind not in AT_ONCE:
        within = within_of(step, _action_of(walk, step))
        row.deadline_at = min(walk.now + within, walk.run.deadline_at)
    if step.kind in AT_ONCE:
        walk.reach(row)
    elif step.kind is StepKind.PLAYBOOK:
        start_child(walk, row, step)
    else:
        return _act(walk, row, step, owner, may_call=may_call)
    return None


def record(walk: Walk, row: StepRun, came: Came, owner: str) -> None:
    """Write down what came of a call.

    Whose step went to another engine, or ended, still tells of a success, but of nothing else.
    """
    ours = row.state == "running" and (row.owner, row.attempts) == (owner, came.call.attempt)
    if isinstance(came.result, Trouble):
        if ours:
            _stumble(walk, row, came.call.action, came.result)
    elif row.state in ("due", "running", "unsure"):
        end_doubt(walk, row, by=SYSTEM)
        settle(walk, row, came.result)


def abandon(walk: Walk, row: StepRun, owner: str) -> None:
    """Wait no longer for a call that has taken all the time of its step.

    What it would have done nobody can tell; should it come back, it still tells of a success.
    """
    if row.state == "running" and row.owner == owner and row.deadline_at <= walk.now:
        walk.counts["expired"] += 1
        _end_unknown(walk, row, LATE)


def settle(walk: Walk, row: StepRun, outcome: Outcome) -> None:
    """Keep an outcome: the step is done, or waits for the row that the outcome names."""
    row.lease_until = None
    row.outputs = dict(outcome.outputs)
    _keep_undo(walk, row, outcome)
    if outcome.awaits is None:
        walk.finish(row, told(outcome.told))
        return
    row.awaits_kind, row.awaits_id = outcome.awaits
    row.deadline_at = _waits_until(walk, row)
    walk.move(row, "wait", {"for": row.awaits_kind, "id": row.awaits_id, **told(outcome.told)})


def presume(walk: Walk, row: StepRun) -> None:
    """Keep how a step is taken back that a person says has happened, where its action knows."""
    action = walk.house.actions.get(str(row.action.get("name")))
    if row.purpose == UNDO or action is None or action.presumed is None:
        return
    scene = _scene(walk, row, step_of(walk.playbook, row.step_id))
    given = rendered_anew(row.action, walk.house.actions).parameters
    _keep_undo(walk, row, action.presumed(scene, given))


def _keep_undo(walk: Walk, row: StepRun, outcome: Outcome) -> None:
    if row.purpose != UNDO and outcome.undo:
        row.undo = dict(outcome.undo)
        if outcome.until is not None:
            _age(walk, row, outcome.until)


def _act(walk: Walk, row: StepRun, step: Step, owner: str, *, may_call: bool) -> Call | None:
    done = _rendered(walk, row, step)
    if isinstance(done, Trouble):
        walk.fail(row, done.reason)
        return None
    action, scene = done.action, _scene(walk, row, step)
    if _is_lost(row, action):
        doubt(walk, row, step)
        return None
    if not _is_agreed(walk, row, step, done, scene):
        return None
    on_paper = walk.run.drill_id is not None and not action.in_drills
    if not (may_call or action.inside or on_paper):
        return None
    row.action, row.action_sha256 = done.json, done.sha256
    if action.inside is not None:
        inside = action.inside
        _do_inside(walk, row, action, lambda: inside(scene, done.parameters))
    elif on_paper:
        _do_inside(walk, row, action, lambda: _on_paper(action, done, scene))
    elif row.attempts >= MOST_BEGUN:
        walk.fail(row, f"was begun {row.attempts} times and never came to an end")
    else:
        return _begin(walk, row, owner, done.action, done.parameters)
    return None


def _rendered(walk: Walk, row: StepRun, step: Step) -> Rendered | Trouble:
    """Return the action of a step; one that was begun stays as it was."""
    try:
        if row.attempts and row.action:
            return rendered_anew(row.action, walk.house.actions)
        return rendered(step, variables_of(walk.run, step), walk.house.actions)
    except Malformed as fault:
        return Trouble(str(fault))


def _is_lost(row: StepRun, action: Action) -> bool:
    """Say whether an engine died with the step where nobody can tell whether it acted."""
    return row.state == "running" and action.guarantee is Guarantee.ONCE


def _is_agreed(walk: Walk, row: StepRun, step: Step, done: Rendered, scene: Scene) -> bool:
    """Say whether the action may begin; if people have to agree first, they are asked.

    What was begun before was agreed to.
    """
    house = walk.house
    if row.state == "running":
        return True
    rule = approval.required(house.plan, done.action, step, scene.incident, house.assets)
    if rule is None:
        return True
    there = approval.standing(walk.session, row.id)
    if there is None or not approval.holds(there, done.sha256, rule):
        intent = tried(lambda: done.action.intend(scene, done.parameters), row.id)
        if isinstance(intent, Trouble):
            row.attempts += 1
            _stumble(walk, row, done.action, intent)
            return False
        there = approval.ask(
            walk.session,
            step_run=row,
            run=walk.run,
            rendered=done,
            intent=intent,
            rule=rule,
            now=walk.now,
        )
    if there.state == approval.APPROVED:
        return True
    row.action, row.action_sha256 = done.json, done.sha256
    row.deadline_at = walk.run.deadline_at
    walk.move(row, "ask", {"approval": there.id, "sha256": done.sha256})
    return False


def _do_inside(walk: Walk, row: StepRun, action: Action, do: Callable[[], Outcome]) -> None:
    row.attempts += 1
    row.started_at = row.started_at or walk.now

    def inside() -> Outcome:
        with walk.session.begin_nested():
            return do()

    result = tried(inside, row.id)
    if isinstance(result, Trouble):
        _stumble(walk, row, action, result)
    else:
        settle(walk, row, result)


def _on_paper(action: Action, done: Rendered, scene: Scene) -> Outcome:
    """Return what stands for an action outside in a drill: its intent, and nothing is done."""
    intent = action.intend(scene, done.parameters)
    told = Words(f"演练，未实际执行：{intent.what.zh}", f"drill, not performed: {intent.what.en}")
    return Outcome(outputs=intent.outputs, told=told)


def _begin(
    walk: Walk, row: StepRun, owner: str, action: Action, given: Parameters | JsonObject
) -> Call:
    row.attempts += 1
    row.started_at = row.started_at or walk.now
    row.owner, row.lease_until = owner, walk.now + LEASE
    walk.move(row, "begin", {"does": action.name, "sha256": row.action_sha256})
    return Call(
        step_run_id=row.id,
        run_id=row.run_id,
        attempt=row.attempts,
        action=action,
        given=given,
        object_id=walk.run.object_id,
        drill_id=walk.run.drill_id,
        deadline_at=row.deadline_at,
    )


def _stumble(walk: Walk, row: StepRun, action: Action, trouble: Trouble) -> None:
    """Have a step tried again where that helps and harms nobody, else fail it."""
    row.lease_until = None
    if trouble.unexpected and _is_lost(row, action):
        doubt(walk, row, step_of(walk.playbook, row.step_id))
        return
    step = step_of(walk.playbook, row.step_id) if row.purpose != UNDO else None
    due_at = next_try(row.id, row.attempts, walk.now, trouble.wait_seconds)
    has_time = row.purpose == UNDO or due_at < row.deadline_at
    if not (trouble.again and has_time and row.attempts <= retries_of(action, step)):
        walk.fail(row, trouble.reason)
        return
    row.due_at, row.error = due_at, short(trouble.reason)
    walk.move(row, "again", {"reason": row.error, "due_at": due_at.isoformat()})


def _take_back(walk: Walk, row: StepRun, owner: str, *, may_call: bool) -> Call | None:
    step = step_of(walk.playbook, row.step_id)
    done = walk.session.get_one(StepRun, row.undoes)
    action = walk.house.actions.get(str(done.action.get("name")))
    if done.undone_at is not None:
        walk.finish(row)
    elif action is None:
        walk.fail(row, "there is no such action")
    elif _is_lost(row, action):
        doubt(walk, row, step)
    elif action.undo_inside is not None:
        inside, scene = action.undo_inside, _scene(walk, row, step)
        _do_inside(walk, row, action, lambda: inside(scene, done.undo))
    elif action.undo_outside is None:
        walk.fail(row, "the action has no inverse")
    elif may_call:
        return _begin(walk, row, owner, action, done.undo)
    return None


def _end_left(walk: Walk, row: StepRun) -> None:
    """End a step that its engine left under way when its run or its branch ended meanwhile."""
    if row.state == "running":
        _end_unknown(walk, row, OVER)
    else:
        walk.move(row, "cancel", {"reason": OVER})


def _end_unknown(walk: Walk, row: StepRun, reason: str) -> None:
    """End a step under way whose outcome is not known; only what reads has surely done nothing."""
    step = step_of(walk.playbook, row.step_id)
    action = _action_of(walk, step)
    if action is None or action.effect is not Effect.READ:
        doubt(walk, row, step)
    else:
        walk.fail(row, reason)


def _age(walk: Walk, row: StepRun, until: dt.datetime) -> None:
    open_undo(walk.session, row, due_at=until, by=walk.by, now=walk.now, reason="ageing")


def _waits_until(walk: Walk, row: StepRun) -> dt.datetime:
    """Return when waiting ends: by the step's own word, else by what people may take."""
    if row.purpose == UNDO:
        return walk.now + HUMAN
    within = step_of(walk.playbook, row.step_id).within
    return min((row.started_at or walk.now) + (within or HUMAN), walk.run.deadline_at)


def _action_of(walk: Walk, step: Step) -> Action | None:
    return walk.house.actions.get(step.call.action) if step.call else None


def _scene(walk: Walk, row: StepRun, step: Step) -> Scene:
    return scene_of(walk.session, walk.house, walk.run, row, step, now=walk.now)
