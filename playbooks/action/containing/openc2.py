"""openc2: commands of OpenC2 (Language Specification 1.0) over HTTPS (Transfer, 1.1).

A command carries the step's key as `command_id` and `request_id`: a counterpart that has seen
it before does nothing twice. What was denied or contained is allowed again, or the rule that
the counterpart named is deleted.
"""

import datetime as dt
import json
import pathlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StrictInt, model_validator

from playbooks.action.action import (
    Action,
    Effect,
    Errand,
    Guarantee,
    Outcome,
    Parameters,
    Refused,
    Scene,
)
from playbooks.action.intent import Intent
from playbooks.action.parameter import NamedLine, Switch, taking
from playbooks.action.phrase import AT_ONCE, NO_UNDO
from playbooks.cacao.playbook import Words
from playbooks.measure.safety import guard_of, refuse_domain, refuse_network
from playbooks.measure.target import domain_of, network_of
from playbooks.measure.witness import hosts_near_domain, hosts_near_network
from playbooks.outbox.destination import Policy, destination
from playbooks.outbox.exchange import Answer, Line, Request, exchange
from situation.faults import Malformed, Unavailable
from situation.settings import ActuatorSettings
from situation.state.columns import JsonObject

MEDIA_TYPE = "application/openc2+json;version=1.0"
_NETS = ("ipv4_net", "ipv6_net")
_TARGETS = (*_NETS, "domain_name", "device")
_INVERSES = {"deny": "allow", "contain": "allow", "allow": "deny"}
_RULE = "rule_number"
_PROFILES = ("slpf", "pf")
"""Actuator profiles whose answer names the rule that was made (packet filters)."""
_FINE = range(200, 300)
_LATER = frozenset({102, 429, 500, 502, 503, 504})
"""Status codes after which the same command may be sent again (Language 1.0, 3.3.2.2)."""
_NOT_FOUND = 404
_LONGEST_ANSWER = 4000


class CommandParameters(Parameters):
    """What is said to whom. `target` has one name: ipv4_net, ipv6_net, domain_name or device."""

    actuator: NamedLine
    action: Literal["deny", "contain", "allow"]
    target: Annotated[dict[str, JsonValue], Field(min_length=1, max_length=1)]
    args: Annotated[dict[str, JsonValue], Field(default_factory=dict, max_length=16)]
    hours: Annotated[StrictInt, Field(ge=1, le=720)] = 24
    private: Switch = False

    @model_validator(mode="after")
    def _has_a_target(self) -> "CommandParameters":
        _known_target(self.target)
        return self


class QueryParameters(Parameters):
    """What is asked: `features` is a list of versions, profiles, pairs, rate_limit, or empty."""

    actuator: NamedLine
    features: Annotated[
        tuple[Literal["versions", "profiles", "pairs", "rate_limit"], ...], Field(max_length=10)
    ] = ()


def _known_target(target: Mapping[str, JsonValue]) -> None:
    ((name, value),) = target.items()
    if name not in _TARGETS:
        raise ValueError(f"target must be one of {', '.join(_TARGETS)}")
    if (name == "device") != isinstance(value, dict):
        raise ValueError("a device is an object, any other target a text")
    try:
        if name in _NETS and network_of(str(value)).version != _NETS.index(name) * 2 + 4:
            raise ValueError(f"is no network of {name}")
        if name == "domain_name":
            domain_of(str(value))
    except Malformed as fault:
        raise ValueError(fault.reason) from fault


def _refuse_own(scene: Scene, given: CommandParameters) -> list[str]:
    """Refuse what is never blocked; return the hosts whose alerts name the target."""
    ((name, value),) = given.target.items()
    guard = guard_of(scene.plan, scene.assets, scene.points)
    if name in _NETS:
        network = network_of(str(value))
        refuse_network(network, guard, private=given.private)
        return hosts_near_network(scene.session, network, drill_id=scene.drill_id, now=scene.now)
    if name == "domain_name":
        domain = domain_of(str(value))
        refuse_domain(domain, guard)
        return hosts_near_domain(scene.session, domain, drill_id=scene.drill_id, now=scene.now)
    return []


def _intend(scene: Scene, given: CommandParameters) -> Intent:
    hosts = _refuse_own(scene, given) if given.action != "allow" else []
    ((name, value),) = given.target.items()
    target = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    inverse = _INVERSES[given.action]
    return Intent(
        command=f"openc2 {given.action} {name} {target} at {given.actuator} for {given.hours} h",
        what=Words(
            f"命令 {given.actuator} 对 {target} 执行 {given.action}",
            f"tell {given.actuator} to {given.action} {target}",
        ),
        how_long=Words(
            f"{given.hours} 小时后自动撤销", f"{given.hours} h, then it is taken back by itself"
        ),
        undo=Words(
            f"删除对方所建规则；对方未给规则号时发送 {inverse}",
            f"the rule that it made is deleted, or {inverse} is sent where it names none",
        ),
        touches=Words("、".join(hosts) or "近 7 天没有告警涉及它", ", ".join(hosts) or "no alert"),
        unknown=("status", "response"),
    )


def _intend_query(scene: Scene, given: QueryParameters) -> Intent:
    _ = scene
    what = ",".join(given.features) or "-"
    return Intent(
        command=f"openc2 query features {what} at {given.actuator}",
        what=Words(f"查询 {given.actuator} 的能力", f"ask {given.actuator} what it can do"),
        how_long=AT_ONCE,
        undo=NO_UNDO,
        touches=Words(given.actuator, given.actuator),
        unknown=("status", "response"),
    )


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    body: Mapping[str, object]

    @property
    def text(self) -> str:
        return json.dumps(self.body, ensure_ascii=False, sort_keys=True)[:_LONGEST_ANSWER]

    def rule(self) -> JsonObject | None:
        """Return the target that names the rule which was made, where the answer says so."""
        results = self.body.get("results")
        for profile in _PROFILES:
            found = results.get(profile) if isinstance(results, dict) else None
            if isinstance(found, dict) and _RULE in found:
                return {f"{profile}:{_RULE}": found[_RULE]}
        return None


def _command(errand: Errand, given: CommandParameters) -> Outcome:
    said: JsonObject = {"action": given.action, "target": dict(given.target)}
    response = _said(errand, given.actuator, said | ({"args": given.args} if given.args else {}))
    rule = response.rule()
    action, target = ("delete", rule) if rule else (_INVERSES[given.action], dict(given.target))
    return Outcome(
        outputs={"status": str(response.status), "response": response.text},
        undo={"actuator": given.actuator, "action": action, "target": target},
        until=errand.now + dt.timedelta(hours=given.hours),
        told=Words(f"{given.actuator} 已执行 {given.action}", f"{given.actuator} has obeyed"),
    )


def _presumed(scene: Scene, given: CommandParameters) -> Outcome:
    # The number of the rule was in the answer that never came.
    target: JsonObject = dict(given.target)
    return Outcome(
        undo={
            "actuator": given.actuator,
            "action": _INVERSES[given.action],
            "target": target,
        },
        until=scene.now + dt.timedelta(hours=given.hours),
    )


def _take_back(errand: Errand, undo: JsonObject) -> Outcome:
    said: JsonObject = {"action": undo["action"], "target": undo["target"]}
    response = _said(errand, str(undo["actuator"]), said, gone_is_fine=undo["action"] == "delete")
    return Outcome(
        outputs={"status": str(response.status)},
        told=Words(f"{undo['actuator']} 已撤销", f"{undo['actuator']} has taken it back"),
    )


def _query(errand: Errand, given: QueryParameters) -> Outcome:
    said: JsonObject = {"action": "query", "target": {"features": list(given.features)}}
    response = _said(errand, given.actuator, said)
    return Outcome(outputs={"status": str(response.status), "response": response.text})


def _said(
    errand: Errand, name: str, command: JsonObject, *, gone_is_fine: bool = False
) -> _Response:
    """Send a command under the key of the errand and return what was answered to it."""
    settings = errand.means.actuators.get(name)
    if settings is None or settings.type != "openc2":
        raise Refused(f"the settings name no OpenC2 actuator {name!r}")
    response = _answered(errand, name, settings, command)
    if response.status in _LATER:
        raise Unavailable(f"{name} answers {response.status}", where=name)
    is_fine = response.status in _FINE or (gone_is_fine and response.status == _NOT_FOUND)
    if not is_fine:
        raise Refused(f"{name} answers {response.status}")
    return response


def _answered(
    errand: Errand, name: str, settings: ActuatorSettings, command: JsonObject
) -> _Response:
    policy = Policy(settings.allow_loopback)
    try:
        to = destination(settings.url, policy)
    except Malformed as fault:
        raise Refused(f"actuators.{name}.url: {fault.reason}") from fault
    line = Line(policy, _context(name, settings.ca_certs))
    request = Request("POST", _headers(errand, name, settings), _body(errand, command))
    answer = exchange(to, line, request, errand.now)
    if isinstance(answer, Answer):
        return _response(answer)
    if answer.kind == "refused":
        raise Refused(answer.error)
    raise Unavailable(answer.error, where=name)


def _headers(errand: Errand, name: str, settings: ActuatorSettings) -> dict[str, str]:
    headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, "X-Request-ID": errand.key}
    if settings.token_file is None:
        return headers
    try:
        token = settings.token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Refused(f"actuators.{name}.token_file cannot be read") from error
    return headers | {"Authorization": f"Bearer {token}"}


def _body(errand: Errand, command: JsonObject) -> bytes:
    created = int(errand.now.timestamp() * 1000)
    message = {
        "headers": {"request_id": errand.key, "created": created, "from": "citywatch"},
        "body": {"openc2": {"request": {**command, "command_id": errand.key}}},
    }
    return json.dumps(message, ensure_ascii=False).encode()


def _response(answer: Answer) -> _Response:
    found: object = answer.json()
    # A message of the transfer 1.1, or the bare response of 1.0.
    for name in ("body", "openc2", "response"):
        found = found.get(name, found) if isinstance(found, dict) else {}
    body = found if isinstance(found, dict) else {}
    status = body.get("status")
    return _Response(status if isinstance(status, int) else answer.status, body)


def _context(name: str, ca_certs: pathlib.Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_certs)
    except (OSError, ssl.SSLError) as error:
        raise Refused(f"actuators.{name}.ca_certs cannot be read") from error


OPENC2 = Action(
    name="openc2",
    words=Words("OpenC2 命令", "OpenC2 command"),
    effect=Effect.CONTAIN,
    guarantee=Guarantee.KEYED,
    parameters=CommandParameters,
    outputs={"status": "integer", "response": "string"},
    intend=taking(CommandParameters, _intend),
    outside=taking(CommandParameters, _command),
    undo_outside=_take_back,
    presumed=taking(CommandParameters, _presumed),
)
OPENC2_QUERY = Action(
    name="openc2_query",
    words=Words("OpenC2 查询", "OpenC2 query"),
    effect=Effect.READ,
    guarantee=Guarantee.KEYED,
    parameters=QueryParameters,
    outputs={"status": "integer", "response": "string"},
    intend=taking(QueryParameters, _intend_query),
    outside=taking(QueryParameters, _query),
)
