"""`citywatch playbook approve`: what waits for agreement, and the votes about it."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from soc_api.commands.acting import DrillOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.commands.playbook.shelf import app
from soc_api.terminal import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from situation.state.columns import JsonObject
    from situation.state.tables import Approval


@app.command("approve")
def approve_command(
    approval: Annotated[
        str | None, typer.Argument(metavar="[APPROVAL]", help="Its id; else list what waits.")
    ] = None,
    *,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    fingerprint: Annotated[
        str, typer.Option("--sha256", help="Fingerprint that was read, its first 8 or more.")
    ] = "",
    remark: Annotated[str, typer.Option("--remark", help="Remark that is kept.")] = "",
    name: Annotated[str, typer.Option("--as", help="Account that decides.")] = "",
    drill: DrillOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agree to the exact action that a fingerprint names; without arguments list what waits.

    Example: citywatch playbook approve 3f2a9c10 --sha256 6b1f0c92 --as wang
    """
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        if approval is None:
            with city.state.reading() as session:
                waiting = [_row(one) for one in _pending(session, drill)]
            _show(waiting, as_json=as_json)
            return
        from playbooks.execution.voting import vote
        from soc_api.permission import Permission

        person = acting(city, name, Permission.APPROVE_ACTION)
        with city.state.transaction() as session:
            row = _found(session, approval)
            if len(fingerprint) < _SHORTEST or not row.action_sha256.startswith(fingerprint):
                raise Malformed(
                    f"is not the fingerprint of this action, {row.action_sha256}", where="--sha256"
                )
            row = vote(
                session,
                row.id,
                approve=not refuse,
                remark=remark,
                sha256=row.action_sha256,
                by=person,
                now=city.clock.now(),
            )
    say(f"Approval  {row.id} {row.state}")


_SHORTEST = 8
"""Digits of a fingerprint that have to be typed."""


def _pending(session: "Session", drill: str | None) -> "list[Approval]":
    import sqlalchemy as sa

    from situation.state.tables import Approval
    from soc_api.web.query.scope import within

    waiting = sa.select(Approval).where(
        Approval.state == "pending", within(Approval.drill_id, drill)
    )
    return list(session.scalars(waiting.order_by(Approval.deadline_at)))


def _found(session: "Session", approval_id: str) -> "Approval":
    import sqlalchemy as sa

    from situation.state.tables import Approval

    begins = Approval.id.startswith(approval_id, autoescape=True)
    rows = session.scalars(sa.select(Approval).where(begins)).all()
    if len(rows) != 1:
        raise Malformed(f"{len(rows)} approvals begin like this", where=approval_id)
    return rows[0]


def _row(approval: "Approval") -> dict[str, object]:
    return {
        "id": approval.id,
        "run": approval.run_id,
        "command": approval.intent.get("command", ""),
        "intent": approval.intent,
        "sha256": approval.action_sha256,
        "effect": approval.effect,
        "quorum": approval.quorum,
        "roles": approval.roles,
        "asked_by": approval.asked_by,
        "deadline_at": approval.deadline_at.isoformat(),
        "on_timeout": approval.on_timeout,
    }


def _show(waiting: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(waiting, ensure_ascii=False, indent=2))
        return
    for one in waiting:
        for line in _lines(one):
            say(line)
    if not waiting:
        say("Nothing waits for approval.")


def _lines(one: dict[str, object]) -> Iterator[str]:
    yield f"{str(one['id'])[:12]}  {one['command']}"
    intent = one["intent"] if isinstance(one["intent"], dict) else {}
    yield f"  {_zh(intent, 'what')}；{_zh(intent, 'how_long')}"
    yield f"  undo: {_zh(intent, 'undo')}; {_zh(intent, 'touches')}"
    until = dt.datetime.fromisoformat(str(one["deadline_at"])).astimezone(CITY_ZONE)
    yield f"  run {one['run']}, asked by {one['asked_by']}, needs {one['quorum']}"
    yield f"  until {until:%m-%d %H:%M}, then {one['on_timeout']}; sha256 {one['sha256']}"


def _zh(intent: "JsonObject", part: str) -> object:
    words = intent.get(part)
    return words.get("zh", "") if isinstance(words, dict) else ""
