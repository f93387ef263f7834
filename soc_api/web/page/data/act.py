"""What people do with a finding: each act a form of its own, with its right and its version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.finding import deciding
from playbooks.finding.sending import send
from situation.faults import Conflict, Malformed
from situation.state.tables import DataFinding, ScannedResource
from soc_api.scan.run.asking import ask_scan
from soc_api.scan.target import target_of
from soc_api.web.entered import refusal_of
from soc_api.web.page.data.finding import Trouble, finding_page
from soc_api.web.query.data.act import ACTS, FindingAct
from soc_api.web.query.data.record import finding_view
from soc_api.web.visit import ChangeDep, Visit, allowed, path_of
from soc_api.web.wording import Wording

router = APIRouter()

SEE_OTHER, NOT_FOUND, CONFLICT = 303, 404, 409
LONGEST_REASON, LONGEST_OWNER, MOST_ALSO = 2000, 200, 100
LISTS = ("/data", "/data/findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """What the form of an act sends; each act reads the fields that it asks for."""

    version: int
    reason: str
    owner: str
    also: Sequence[str]

    def typed(self) -> dict[str, str]:
        """Return what was typed, to be shown again."""
        return {"reason": self.reason, "owner": self.owner}


def act_form(
    *,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
    owner: Annotated[str, Form(max_length=LONGEST_OWNER)] = "",
    also: Annotated[Sequence[str], Form(max_length=MOST_ALSO)] = (),
) -> ActForm:
    """Read the form of an act."""
    return ActForm(version=version, reason=reason, owner=owner, also=tuple(also))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An act that is to be carried out in a transaction."""

    session: Session
    visit: Visit
    finding_id: str
    form: ActForm

    def decide(self, act: Callable[..., object], **more: object) -> None:
        """Carry out a decision that needs a reason."""
        self.held(act, reason=self.form.reason, **more)

    def held(self, act: Callable[..., object], **more: object) -> None:
        """Carry out a change of the finding at the version that was seen."""
        visit, version = self.visit, self.form.version
        known = {"by": visit.person, "expected_version": version, "now": visit.now}
        act(self.session, self.finding_id, **known, **more)

    def send(self) -> None:
        """Draft the rectification of this finding and of those that were ticked."""
        visit, chosen = self.visit, [self.finding_id, *self.form.also]
        seen = {self.finding_id: self.form.version}
        plan = visit.console.plan
        send(self.session, plan, chosen, by=visit.person, now=visit.now, expected=seen)

    def rescan(self) -> None:
        """Ask for a scan of the target that the finding lies in."""
        visit, row = self.visit, self.session.get_one(DataFinding, self.finding_id)
        zone = self.session.get_one(ScannedResource, row.resource_id).zone
        settings = visit.console.scanning.settings
        target = target_of(settings, row.target, department=row.department, zone=zone)
        ask_scan(self.session, target, by=visit.person, now=visit.now)


Doing = Callable[[Order], None]
DOINGS: Mapping[str, Doing] = {
    "rectify": lambda o: o.send(),
    "rescan": lambda o: o.rescan(),
    "important": lambda o: o.decide(deciding.confirm_grade, important=True),
    "ordinary": lambda o: o.decide(deciding.confirm_grade, important=False),
    "owner": lambda o: o.held(deciding.change_owner, owner=o.form.owner),
    "false_alarm": lambda o: o.decide(deciding.false_alarm),
    "accept": lambda o: o.decide(deciding.accept),
    "reopen": lambda o: o.decide(deciding.reopen),
}
"""How each act is carried out."""


def _route(act: FindingAct) -> Callable[..., Response]:
    def carry_out(
        request: Request,
        visit: ChangeDep,
        finding_id: str,
        form: Annotated[ActForm, Depends(act_form)],
    ) -> Response:
        state = visit.console.state
        with state.reading() as session:
            if finding_view(session, finding_id) is None:
                raise HTTPException(NOT_FOUND)
        try:
            with state.transaction() as session:
                order = Order(session=session, visit=visit, finding_id=finding_id, form=form)
                DOINGS[act.name](order)
        except (Conflict, Malformed) as fault:
            said = _said(visit, refusal_of(fault, form.reason or form.owner or "."))
            trouble = Trouble(said=said, act=act.name, values=form.typed())
            with state.reading() as session:
                return finding_page(visit, session, finding_id, code=CONFLICT, trouble=trouble)
        return RedirectResponse(_back(request, finding_id), SEE_OTHER)

    return carry_out


def _said(visit: Visit, code: str) -> str:
    return Wording(visit.language, visit.now).word(f"refused_{code}")


def _back(request: Request, finding_id: str) -> str:
    """Return where the form was sent from: a list with its filter, else the finding itself."""
    came = path_of(request.headers.get("referer", ""))
    return came if came.partition("?")[0] in LISTS else f"/data/findings/{finding_id}"


for each in ACTS:
    router.add_api_route(
        f"/data/findings/{{finding_id}}/{each.name}",
        _route(each),
        methods=["POST"],
        name=f"finding_{each.name}",
        dependencies=[allowed(each.permission)],
    )
