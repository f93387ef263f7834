"""draft_notice: the notice of the incident is drafted and lies before the second person."""

import sqlalchemy as sa

from playbooks.action.action import (
    Action,
    Effect,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
)
from playbooks.action.intent import Intent
from playbooks.action.parameter import Switch, taking
from playbooks.action.phrase import AT_ONCE, impossible
from playbooks.cacao.playbook import Words
from playbooks.notice.drafting import draft, notice_id_of
from playbooks.notice.machine import DRAFTS
from situation.assets import UNKNOWN
from situation.state.columns import JsonObject
from situation.state.tables import Alert, Notice

NO_INCIDENT = Words("本次运行不涉及事件", "the run is about no incident")
NO_DEPARTMENT = Words("事件的责任单位未知", "the department of the incident is unknown")
WAITS = Words("等待第二人签发", "waits for a second person to issue it")
_ISSUED = Words("已下发", "was issued")
_OVER = {
    "archived": Words("已归档", "is archived"),
    "dismissed": Words("不予下发", "was dismissed"),
    "reassigned": Words("已转派", "was reassigned"),
    "revoked": Words("已撤销", "was revoked"),
}
"""How a notice stands that ended, by its status."""
UNDO = Words(
    "未签发的可不予下发，已签发的可撤销，均由人办理",
    "people can dismiss it before it is issued and revoke it afterwards",
)
NOTICE_OUTPUTS = {"notice": "string", "number": "string", "state": "string"}


class DraftNoticeParameters(Parameters):
    """`until_issued`: whether the step waits until a second person has issued the notice."""

    until_issued: Switch = False


def _intend(scene: Scene, given: DraftNoticeParameters) -> Intent:
    incident, against = scene.incident, against_incident(scene)
    if incident is None or against is not None:
        return impossible("draft_notice", against or NO_INCIDENT)
    there = scene.session.get(Notice, notice_id_of(incident.id, incident.department))
    known: JsonObject = {"notice": there.id, "number": there.number} if there else {}
    number = f" {there.number}" if there else ""
    return Intent(
        command=f"draft_notice incident={incident.id} department={incident.department}",
        what=Words(f"起草或更新通报{number}并送签", f"draft notice{number} for sign-off"),
        how_long=WAITS if given.until_issued else AT_ONCE,
        undo=UNDO,
        touches=department_told(incident.department),
        unknown=tuple(name for name in NOTICE_OUTPUTS if name not in known),
        outputs=known,
    )


def _draft(scene: Scene, given: DraftNoticeParameters) -> Outcome:
    incident, against = scene.incident, against_incident(scene)
    if incident is None or against is not None:
        raise Refused((against or NO_INCIDENT).en)
    mine = sa.select(Alert).where(Alert.incident_id == incident.id)
    alerts = scene.session.scalars(mine.order_by(Alert.first_seen, Alert.id)).all()
    if not alerts:
        raise Refused("the incident has no alerts: a person has to write its notice")
    made = draft(scene.session, scene.plan, scene.assets, incident, alerts=alerts, now=scene.now)
    if made is None:
        raise Refused(NO_DEPARTMENT.en)
    scene.session.flush()
    return laid_before(made, until_issued=given.until_issued)


def laid_before(notice: Notice, *, until_issued: bool) -> Outcome:
    """Return what came of a notice that waits for its second person, or is beyond that."""
    if until_issued and notice.status == "dismissed":
        raise Refused(f"notice {notice.number} was dismissed")
    waits = until_issued and notice.status in DRAFTS
    return Outcome(
        outputs={"notice": notice.id, "number": notice.number, "state": notice.status},
        awaits=("notice", notice.id) if waits else None,
        told=_standing(notice),
    )


def _standing(notice: Notice) -> Words:
    stands = _OVER.get(notice.status, WAITS if notice.status in DRAFTS else _ISSUED)
    return Words(
        f"通报 {notice.number} 致 {notice.department}，{stands.zh}",
        f"notice {notice.number} to {notice.department} {stands.en}",
    )


def against_incident(scene: Scene) -> Words | None:
    """Return why the incident of a run can have no notice; None where it can."""
    if scene.incident is None:
        return NO_INCIDENT
    return NO_DEPARTMENT if scene.incident.department == UNKNOWN else None


def department_told(department: str) -> Words:
    """Say whom a notice reaches."""
    return Words(
        f"第二人签发后通知 {department}",
        f"{department} is told once a second person has issued it",
    )


DRAFT_NOTICE = Action(
    name="draft_notice",
    words=Words("起草通报", "draft the notice"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=DraftNoticeParameters,
    outputs=NOTICE_OUTPUTS,
    intend=taking(DraftNoticeParameters, _intend),
    inside=taking(DraftNoticeParameters, _draft),
    by_people=True,
)
