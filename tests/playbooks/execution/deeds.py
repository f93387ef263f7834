"""Actions for the tests of the engine: what they do can be counted, inside and outside."""

import datetime as dt
import threading
from collections import Counter
from typing import Literal

import httpx
import sqlalchemy as sa

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
from playbooks.cacao.playbook import Words
from playbooks.incident.tasks import open_task
from situation.faults import Unavailable
from situation.state.columns import JsonObject
from situation.state.store import StateStore, send
from situation.state.tables import OutboxMessage

TOPIC = "test.deed"
SECONDS = 20


class Given(Parameters):
    """What the actions of the tests take. `goes`: how it ends."""

    name: str = ""
    goes: Literal["well", "refused", "away", "wrong"] = "well"
    says: str = ""
    url: str = ""
    hours: int = 0
    """For how long it holds; 0: until it is taken back."""


def _intend(_scene: Scene, given: Parameters) -> Intent:
    assert isinstance(given, Given)
    words = Words(given.name, given.name)
    known: JsonObject = {"says": given.says} if given.says else {}
    return Intent(
        command=f"deed {given.name}",
        what=words,
        how_long=words,
        undo=words,
        touches=words,
        outputs=known,
    )


def _stumbles(given: Given) -> None:
    if given.goes == "refused":
        raise Refused("the other side will not")
    if given.goes == "away":
        raise Unavailable("the other side is away")
    if given.goes == "wrong":
        raise ZeroDivisionError(given.name)


def mark(scene: Scene, name: str) -> None:
    """Do something that can be counted: a row of its own each time."""
    send(scene.session, scene.now, TOPIC, scene.key, {"name": name})


def deeds(state: StateStore) -> Counter[str]:
    """Return how often each thing was done inside, by its name."""
    with state.reading() as session:
        rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.topic == TOPIC))
        return Counter(str(row.payload["name"]) for row in rows)


def doubled(state: StateStore) -> Counter[str]:
    """Return the steps that did more than once what they do, by their ids."""
    with state.reading() as session:
        told = sa.select(OutboxMessage.object_id).where(OutboxMessage.topic == TOPIC)
        counts = Counter(session.scalars(told))
    return Counter({key: count for key, count in counts.items() if count > 1})


def _inside(scene: Scene, given: Parameters) -> Outcome:
    assert isinstance(given, Given)
    mark(scene, given.name)
    _stumbles(given)
    return Outcome(outputs={"says": given.says}, told=Words("做了", "done"))


def _contain(scene: Scene, given: Parameters) -> Outcome:
    assert isinstance(given, Given)
    mark(scene, given.name)
    until = scene.now + dt.timedelta(hours=given.hours) if given.hours else None
    return Outcome(undo={"name": given.name, "goes": given.says}, until=until)


def _release(scene: Scene, undo: JsonObject) -> Outcome:
    if undo["goes"] == "stuck":
        raise Refused("it is stuck")
    mark(scene, f"undo {undo['name']}")
    return Outcome()


def _ask(scene: Scene, given: Parameters) -> Outcome:
    assert isinstance(given, Given)
    task = open_task(
        scene.session,
        kind="playbook_step",
        object_kind="playbook_run",
        object_id=scene.run_id,
        key=scene.key,
        title_zh=given.name,
        title_en=given.name,
        due_at=None,
        drill_id=scene.drill_id,
        now=scene.now,
    )
    return Outcome(awaits=("task", task.id))


def _post(errand: Errand, given: Parameters) -> Outcome:
    assert isinstance(given, Given)
    _stumbles(given)
    headers = {"idempotency-key": errand.key}
    try:
        told = {"name": given.name, "run": errand.run_id}
        answer = httpx.post(given.url, headers=headers, json=told, timeout=SECONDS)
    except httpx.TransportError as error:
        raise Unavailable(type(error).__name__, where=given.url) from error
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        raise Refused(str(answer.status_code))
    return Outcome(outputs={"says": given.says}, undo={"url": given.url, "name": given.name})


def _post_back(errand: Errand, undo: JsonObject) -> Outcome:
    given = Given(name=f"undo {undo['name']}", url=str(undo["url"]))
    _post(errand, given)
    return Outcome()


def _ring(errand: Errand, given: Parameters) -> Outcome:
    return Outcome(outputs=_post(errand, given).outputs)


def _presumed(_scene: Scene, given: Parameters) -> Outcome:
    assert isinstance(given, Given)
    return Outcome(undo={"url": given.url, "name": given.name})


GATE = threading.Event()
"""What a step that waits outside waits for."""


def _linger(errand: Errand, given: Parameters) -> Outcome:
    GATE.wait(SECONDS)
    return _post(errand, given)


def _row(name: str, effect: Effect, guarantee: Guarantee, **ways: object) -> Action:
    return Action(
        name=name,
        words=Words(name, name),
        effect=effect,
        guarantee=guarantee,
        parameters=Given,
        outputs={"says": "string"},
        intend=_intend,
        **ways,  # type: ignore[arg-type]
    )


_INSIDE, _KEYED, _ONCE = Guarantee.INSIDE, Guarantee.KEYED, Guarantee.ONCE

ACTIONS = {
    row.name: row
    for row in (
        _row("mark", Effect.NOTIFY, _INSIDE, inside=_inside),
        _row("agreed", Effect.NOTIFY, _INSIDE, inside=_inside, needs_approval=True),
        _row("hold", Effect.CONTAIN, _INSIDE, inside=_contain, undo_inside=_release),
        _row("ask", Effect.NOTIFY, _INSIDE, inside=_ask, by_people=True),
        _row("post", Effect.NOTIFY, _KEYED, outside=_post, undo_outside=_post_back),
        _row("ring", Effect.NOTIFY, _ONCE, outside=_ring),
        _row(
            "shut",
            Effect.NOTIFY,
            _ONCE,
            outside=_ring,
            undo_outside=_post_back,
            presumed=_presumed,
        ),
        _row("linger", Effect.NOTIFY, _KEYED, outside=_linger, undo_outside=_post_back),
    )
}
