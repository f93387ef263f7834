"""open_rectification: what a department has to rectify, laid before the second person."""

from typing import Annotated

from pydantic import Field

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
from playbooks.action.notice import (
    NO_DEPARTMENT,
    NO_INCIDENT,
    NOTICE_OUTPUTS,
    UNDO,
    WAITS,
    department_told,
    laid_before,
)
from playbooks.action.parameter import Line, NamedLine, Switch, taking
from playbooks.action.phrase import AT_ONCE, impossible
from playbooks.cacao.playbook import Words
from playbooks.notice.rectifying import Order, draft_rectification
from situation.assets import UNKNOWN
from situation.state.tables import Incident


class OpenRectificationParameters(Parameters):
    """The items to be rectified and why. `department` empty is that of the incident."""

    items: Annotated[tuple[NamedLine, ...], Field(min_length=1, max_length=20)]
    reason: NamedLine
    department: Line = ""
    until_issued: Switch = False


def _department(incident: Incident, given: OpenRectificationParameters) -> str:
    return given.department or incident.department


def _against(scene: Scene, given: OpenRectificationParameters) -> Words | None:
    if scene.incident is None:
        return NO_INCIDENT
    return NO_DEPARTMENT if _department(scene.incident, given) == UNKNOWN else None


def _intend(scene: Scene, given: OpenRectificationParameters) -> Intent:
    incident, against = scene.incident, _against(scene, given)
    if incident is None or against is not None:
        return impossible("open_rectification", against or NO_INCIDENT)
    department, count = _department(incident, given), len(given.items)
    return Intent(
        command=f"open_rectification department={department} items={count}",
        what=Words(
            f"起草限期整改通知并送签，{count} 项：{given.reason}",
            f"draft a rectification order of {count} items for sign-off: {given.reason}",
        ),
        how_long=WAITS if given.until_issued else AT_ONCE,
        undo=UNDO,
        touches=department_told(department),
        changes=(Change("整改项 items", tuple(f"+ {item}" for item in given.items)),),
        unknown=tuple(NOTICE_OUTPUTS),
    )


def _open(scene: Scene, given: OpenRectificationParameters) -> Outcome:
    incident, against = scene.incident, _against(scene, given)
    if incident is None or against is not None:
        raise Refused((against or NO_INCIDENT).en)
    order = Order(
        key=scene.key,
        department=_department(incident, given),
        items=given.items,
        reason=given.reason,
        basis=scene.clause,
    )
    made = draft_rectification(scene.session, scene.plan, incident, order, now=scene.now)
    return laid_before(made, until_issued=given.until_issued)


OPEN_RECTIFICATION = Action(
    name="open_rectification",
    words=Words("开具限期整改", "open a rectification"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=OpenRectificationParameters,
    outputs=NOTICE_OUTPUTS,
    intend=taking(OpenRectificationParameters, _intend),
    inside=taking(OpenRectificationParameters, _open),
    by_people=True,
)
