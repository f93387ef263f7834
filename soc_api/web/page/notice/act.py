"""The acts of the desk on a notice: each a form of its own, with its right and its version."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from playbooks.notice import acts
from playbooks.person import Person
from playbooks.plan import Plan
from soc_api.web.page.notice.change import LONGEST_REASON, Known, back_of, changed
from soc_api.web.query.notice.act import ACTS, DeskAct
from soc_api.web.visit import ChangeDep, allowed

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """What the form of an act sends; each act reads the fields that it asks for."""

    version: int
    reason: str
    level: int
    hazard_level: str
    department: str
    incident: str

    def typed(self) -> dict[str, str]:
        """Return what was typed, to be shown again."""
        return {
            "reason": self.reason,
            "level": str(self.level),
            "hazard_level": self.hazard_level,
            "department": self.department,
            "incident": self.incident,
        }


def act_form(
    *,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
    level: Annotated[int, Form(ge=1, le=4)] = 4,
    hazard_level: Annotated[Literal["", "low", "medium", "high", "critical"], Form()] = "",
    department: Annotated[str, Form(max_length=200)] = "",
    incident: Annotated[str, Form(max_length=200)] = "",
) -> ActForm:
    """Read the form of an act."""
    return ActForm(
        version=version,
        reason=reason,
        level=level,
        hazard_level=hazard_level,
        department=department,
        incident=incident,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An act that is to be carried out in a transaction."""

    session: Session
    plan: Plan
    notice_id: str
    form: ActForm
    by: Person
    now: dt.datetime

    def known(self) -> Known:
        """Return what every act is given beside its notice."""
        return Known(by=self.by, expected_version=self.form.version, now=self.now)


Doing = Callable[[Order], object]
DOINGS: Mapping[str, Doing] = {
    "submit": lambda o: acts.submit(o.session, o.plan, o.notice_id, **o.known()),
    "judge": lambda o: acts.judge(
        o.session,
        o.plan,
        o.notice_id,
        level=o.form.level,
        hazard_level=o.form.hazard_level or None,
        **o.known(),
    ),
    "propose": lambda o: acts.propose(o.session, o.plan, o.notice_id, **o.known()),
    "issue": lambda o: acts.issue(o.session, o.plan, o.notice_id, **o.known()),
    "recheck": lambda o: acts.recheck(o.session, o.plan, o.notice_id, **o.known()),
    "archive": lambda o: acts.archive(o.session, o.plan, o.notice_id, **o.known()),
    "send_back": lambda o: acts.send_back(
        o.session, o.plan, o.notice_id, reason=o.form.reason, **o.known()
    ),
    "remind": lambda o: acts.remind(o.session, o.plan, o.notice_id, by=o.by, now=o.now),
    "reassign": lambda o: acts.reassign(
        o.session,
        o.plan,
        o.notice_id,
        department=o.form.department,
        reason=o.form.reason,
        **o.known(),
    ),
    "supervise": lambda o: acts.supervise(
        o.session, o.plan, o.notice_id, reason=o.form.reason, **o.known()
    ),
    "escalate": lambda o: acts.escalate(
        o.session,
        o.plan,
        o.notice_id,
        incident_id=o.form.incident,
        reason=o.form.reason,
        **o.known(),
    ),
    "dismiss": lambda o: acts.dismiss(
        o.session, o.plan, o.notice_id, reason=o.form.reason, **o.known()
    ),
    "revoke": lambda o: acts.revoke(
        o.session, o.plan, o.notice_id, reason=o.form.reason, **o.known()
    ),
}
"""How each act of the desk is carried out."""


def _route(act: DeskAct) -> Callable[..., Response]:
    def carry_out(
        request: Request,
        visit: ChangeDep,
        notice_id: str,
        form: Annotated[ActForm, Depends(act_form)],
    ) -> Response:
        def change(session: Session) -> object:
            order = Order(
                session=session,
                plan=visit.console.plan,
                notice_id=notice_id,
                form=form,
                by=visit.person,
                now=visit.now,
            )
            return DOINGS[act.name](order)

        return changed(
            visit,
            notice_id,
            change,
            act=act.name,
            typed=form.typed(),
            back=back_of(request, notice_id),
        )

    return carry_out


for each in ACTS:
    router.add_api_route(
        f"/notices/{{notice_id}}/{each.name}",
        _route(each),
        methods=["POST"],
        name=each.name,
        dependencies=[allowed(each.permission)],
    )
