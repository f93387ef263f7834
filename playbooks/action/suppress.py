"""suppress: alerts of a host that are known need nobody for a time."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StrictInt, field_validator

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, NamedLine, taking
from playbooks.action.phrase import until
from playbooks.cacao.playbook import Words
from playbooks.person import SYSTEM
from playbooks.suppression import LOOK_BACK, begin_suppression, end_suppression, would_hide
from situation.events.address import canonical
from situation.state.columns import JsonObject
from situation.state.tables import Suppression


class SuppressParameters(Parameters):
    """Which alerts, for how many days, and why. `detector` empty is any."""

    host: NamedLine
    """Address that they are about or come from."""
    detector: Line = ""
    days: Annotated[StrictInt, Field(ge=1, le=90)] = 30
    reason: NamedLine

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        address = canonical(text)
        if address is None:
            raise ValueError("is no address")
        return address


def _until(scene: Scene, given: SuppressParameters) -> dt.datetime:
    return scene.now + dt.timedelta(days=given.days)


def _intend(scene: Scene, given: SuppressParameters) -> Intent:
    found = would_hide(
        scene.session,
        detector=given.detector,
        host=given.host,
        drill_id=scene.drill_id,
        now=scene.now,
    )
    asset = scene.assets.of(given.host)
    whose = f" {asset.name}（{asset.department}）" if asset else ""
    which = given.detector or "*"
    return Intent(
        command=f"suppress host={given.host} detector={which} days={given.days}",
        what=Words(
            f"压制 {given.host}{whose} 的新告警（检测器 {which}）：{given.reason}",
            f"hide new alerts of {given.host}{whose} (detector {which}): {given.reason}",
        ),
        how_long=until(_until(scene, given)),
        undo=Words(
            "结束压制，被压制的告警重新出现", "the suppression ends, what it hid is open again"
        ),
        touches=Words(
            f"最近 {LOOK_BACK.days} 天的 {found.of} 条告警中会隐藏 {found.alerts} 条，"
            f"其中高危以上 {found.grave} 条；涉及单位：{'、'.join(found.departments) or '无'}",
            f"would have hidden {found.alerts} of the {found.of} alerts of the last "
            f"{LOOK_BACK.days} days, {found.grave} of them grave; departments: "
            f"{', '.join(found.departments) or 'none'}",
        ),
        unknown=("suppression",),
    )


def _begin(scene: Scene, given: SuppressParameters) -> Outcome:
    row = Suppression(
        id=scene.key,
        drill_id=scene.drill_id,
        run_id=scene.run_id,
        detector=given.detector,
        host=given.host,
        reason=given.reason,
        owner=scene.started_by,
        since=scene.now,
        until=_until(scene, given),
    )
    held = begin_suppression(scene.session, row, by=SYSTEM)
    return Outcome(
        outputs={"suppression": held.id},
        undo={"suppression": held.id},
        until=held.until,
        told=Words(f"已压制 {held.host}", f"alerts of {held.host} are suppressed"),
    )


def _end(scene: Scene, undo: JsonObject) -> Outcome:
    opened = end_suppression(scene.session, str(undo["suppression"]), by=SYSTEM, now=scene.now)
    told = Words(f"压制结束，{opened} 条告警重新出现", f"it ended, {opened} alerts are open again")
    return Outcome(told=told)


SUPPRESS = Action(
    name="suppress",
    words=Words("压制告警", "suppress alerts"),
    effect=Effect.CONTAIN,
    guarantee=Guarantee.INSIDE,
    parameters=SuppressParameters,
    outputs={"suppression": "string"},
    intend=taking(SuppressParameters, _intend),
    inside=taking(SuppressParameters, _begin),
    undo_inside=_end,
)
