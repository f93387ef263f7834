"""raise_grade: the level of the incident is raised, with the clocks that it starts.

Only upwards. What a level called for cannot be made undone by a machine: the inverse gives people
the task to have the level lowered, which one asks for and another decides.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StrictInt

from playbooks.action.action import (
    Action,
    Effect,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
)
from playbooks.action.intent import Change, Intent
from playbooks.action.parameter import NamedLine, taking
from playbooks.action.phrase import NO_UNDO, at_time, impossible
from playbooks.cacao.playbook import Words
from playbooks.grading import GradeClock
from playbooks.incident.machine import INCIDENT, UNGRADED
from playbooks.incident.regrading import raise_level
from playbooks.incident.standing import if_raised
from playbooks.incident.tasks import open_task
from playbooks.machine import Refusal
from playbooks.person import SYSTEM
from playbooks.plan import Plan
from situation.state.columns import JsonObject
from situation.state.tables import Incident

_NO_INCIDENT = Words("本次运行不涉及事件", "the run is about no incident")
_NOT_NOW = Words("事件未定级或已办结", "the incident is not graded yet, or closed")
_UNDO = Words(
    "平台不自行降级：撤销时交办任务，由一人申请降级、另一人批准；已启动的时钟保持可见",
    "the platform lowers nothing: a task is given to people, one asks for the milder level and "
    "another decides; the clocks stay visible",
)


class RaiseGradeParameters(Parameters):
    """The graver level, 1 to 3, and why."""

    level: Annotated[StrictInt, Field(ge=1, le=3)]
    reason: NamedLine


def _against(incident: Incident | None) -> Words | None:
    if incident is None:
        return _NO_INCIDENT
    closed = incident.stage in INCIDENT.terminal or incident.stage in UNGRADED
    return _NOT_NOW if closed else None


def _intend(scene: Scene, given: RaiseGradeParameters) -> Intent:
    incident, against = scene.incident, _against(scene.incident)
    if incident is None or against is not None:
        return impossible("raise_grade", against or _NO_INCIDENT)
    before, after = _level(scene.plan, incident.level), _level(scene.plan, given.level)
    command = f"raise_grade incident={incident.id} level={given.level}"
    if given.level >= incident.level:
        return _unchanged(command, before, incident)
    again = if_raised(scene.session, scene.plan, incident, given.level, scene.now)
    statutory = [clock for clock in again.started if clock.statutory]
    return Intent(
        command=command,
        what=Words(
            f"将事件 {incident.id} 由{before.zh}升为{after.zh}：{given.reason}",
            f"raise incident {incident.id} from {before.en} to {after.en}: {given.reason}",
        ),
        how_long=Words("长期有效，只能由两人降级", "for good; only two people can lower it"),
        undo=_UNDO,
        touches=Words(
            f"启动 {len(again.started)} 个时钟，其中法定 {len(statutory)} 个；通知值班席",
            f"starts {len(again.started)} clocks, {len(statutory)} of them statutory; "
            "the duty desk is told",
        ),
        changes=_changes(before, after, again.started),
        outputs={"level": str(given.level), "before": str(incident.level)},
    )


def _unchanged(command: str, level: Words, incident: Incident) -> Intent:
    return Intent(
        command=command,
        what=Words(f"事件已为{level.zh}，不变", f"it is {level.en} already; nothing changes"),
        how_long=NO_UNDO,
        undo=NO_UNDO,
        touches=Words("不启动时钟", "starts no clock"),
        outputs={"level": str(incident.level), "before": str(incident.level)},
    )


def _changes(before: Words, after: Words, started: Sequence[GradeClock]) -> tuple[Change, ...]:
    lines = tuple(f"+ {_clock(clock)}" for clock in started)
    return (
        Change("级别 level", (f"- {before.zh} {before.en}", f"+ {after.zh} {after.en}")),
        *((Change("时钟 clocks", lines),) if lines else ()),
    )


def _clock(clock: GradeClock) -> str:
    due = at_time(clock.due_at) if clock.due_at else "待触发 waits"
    return f"{clock.id} {clock.addressee} {clock.addressee_en}：{due}（{clock.clause}）"


def _level(plan: Plan, level: int) -> Words:
    word = plan.scale_value("level", str(level))
    return Words(word.zh, word.en)


def _raise(scene: Scene, given: RaiseGradeParameters) -> Outcome:
    incident, against = scene.incident, _against(scene.incident)
    if incident is None or against is not None:
        raise Refused((against or _NO_INCIDENT).en)
    before = incident.level
    try:
        raised = raise_level(
            scene.session,
            scene.plan,
            incident.id,
            level=given.level,
            reason=given.reason,
            by=SYSTEM,
            now=scene.now,
        )
    except Refusal as refusal:
        raise Refused(refusal.reason) from refusal
    level = _level(scene.plan, raised.level)
    changed = raised.level < before
    return Outcome(
        outputs={"level": str(raised.level), "before": str(before)},
        undo={"incident": incident.id, "before": before, "after": raised.level} if changed else {},
        told=Words(f"事件为{level.zh}", f"the incident is {level.en}"),
    )


def _ask_to_lower(scene: Scene, undo: JsonObject) -> Outcome:
    incident = scene.session.get(Incident, str(undo["incident"]))
    if incident is None or _against(incident) or incident.level != undo["after"]:
        return Outcome(told=Words("级别已另行变更", "the level has changed since"))
    level = _level(scene.plan, int(str(undo["before"])))
    open_task(
        scene.session,
        kind="playbook_step",
        object_kind="incident",
        object_id=incident.id,
        key=scene.key,
        title_zh=f"预案撤销升级：研判是否申请降为{level.zh}，由第二人批准",
        title_en=f"The playbook took its raise back: ask for {level.en}, a second person decides",
        due_at=None,
        drill_id=scene.drill_id,
        now=scene.now,
    )
    told = Words("已交办降级研判任务", "people have the task to lower the level")
    return Outcome(told=told)


RAISE_GRADE = Action(
    name="raise_grade",
    words=Words("提升事件级别", "raise the grade"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=RaiseGradeParameters,
    outputs={"level": "integer", "before": "integer"},
    intend=taking(RaiseGradeParameters, _intend),
    inside=taking(RaiseGradeParameters, _raise),
    undo_inside=_ask_to_lower,
    needs_approval=True,
)
