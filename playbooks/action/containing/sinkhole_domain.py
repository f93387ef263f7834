"""sinkhole_domain: a domain and all below it is answered otherwise by the city's name servers."""

from typing import Annotated

from pydantic import Field, StrictInt, field_validator

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, NamedLine, taking
from playbooks.cacao.playbook import Words
from playbooks.measure.machine import SINKHOLE_DOMAIN as KIND
from playbooks.measure.safety import guard_of, refuse_domain
from playbooks.measure.target import domain_of
from playbooks.measure.wish import Wish, carried_out, intended, taken_back
from playbooks.measure.witness import hosts_near_domain
from situation.faults import Malformed


class SinkholeParameters(Parameters):
    """Which domain, for how long and where. `points` empty: all that can hold it."""

    domain: NamedLine
    hours: Annotated[StrictInt, Field(ge=1, le=720)] = 24
    points: Annotated[tuple[Line, ...], Field(max_length=32)] = ()
    reason: Line = ""

    @field_validator("domain")
    @classmethod
    def _is_a_domain(cls, text: str) -> str:
        try:
            return domain_of(text)
        except Malformed as fault:
            raise ValueError(fault.reason) from fault


def _checked(scene: Scene, given: SinkholeParameters) -> Wish:
    refuse_domain(given.domain, guard_of(scene.plan, scene.assets, scene.points))
    return Wish(
        kind=KIND,
        target=given.domain,
        hours=given.hours,
        points=given.points,
        reason=given.reason,
    )


def _intend(scene: Scene, given: SinkholeParameters) -> Intent:
    wish = _checked(scene, given)
    hosts = hosts_near_domain(scene.session, given.domain, drill_id=scene.drill_id, now=scene.now)
    goes = sorted({scene.points[name].sinkhole for name in wish.at(scene)} - {""})
    return intended(
        scene,
        wish,
        command=f"deny domain {given.domain} and below",
        what=_what(given.domain, " ".join(goes)),
        hosts=hosts,
    )


def _what(domain: str, goes: str) -> Words:
    zh = f"一律指向 {goes}" if goes else "回答不存在"
    en = f"lead to {goes}" if goes else "do not exist"
    return Words(
        f"解析 {domain} 及其下级域名时{zh}", f"for whoever asks, {domain} and all below it {en}"
    )


def _sink(scene: Scene, given: SinkholeParameters) -> Outcome:
    return carried_out(scene, _checked(scene, given))


SINKHOLE_DOMAIN = Action(
    name=KIND,
    words=Words("域名拦截解析", "sinkhole a domain"),
    effect=Effect.CONTAIN,
    guarantee=Guarantee.INSIDE,
    parameters=SinkholeParameters,
    outputs={"measure": "string", "until": "string"},
    intend=taking(SinkholeParameters, _intend),
    inside=taking(SinkholeParameters, _sink),
    undo_inside=taken_back,
)
