"""`citywatch outbox`: what leaves, what waits, what was given up, and sending it again."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from soc_api.commands.acting import AsOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from situation.state.tables import Delivery

app = typer.Typer(no_args_is_help=True, help="The outbox: what leaves, and sending it again.")


@app.command("list")
def list_command(
    *,
    state: Annotated[
        str, typer.Option("--state", help="pending, delivered, digested, skipped, dead or all.")
    ] = "all",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the newest first.

    Example: citywatch outbox list --state dead
    """
    from playbooks.outbox.listing import deliveries
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        wanted = None if state == "all" else state
        rows = deliveries(session, state=wanted, limit=limit)
    if as_json:
        say(json.dumps([_document(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        at = f"{row.created_at.astimezone(CITY_ZONE):%m-%d %H:%M}"
        error = f"  {row.last_error}" if row.last_error else ""
        say(f"{row.id[:12]}  {at}  {row.state:<9} {row.channel:<8} {row.recipient}{error}")
    if not rows:
        say("The outbox holds no such delivery.")


@app.command("redrive")
def redrive_command(
    chosen: Annotated[
        list[str] | None, typer.Argument(metavar="[DELIVERY]...", help="Id, or how it begins.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send again what was given up.

    Example: citywatch outbox redrive --all --as zhou
    """
    from playbooks.outbox.listing import deliveries
    from playbooks.outbox.redriving import redrive
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    if not chosen and not every:
        raise Malformed("name deliveries, or give --all", where="redrive")
    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.REDRIVE)
        with city.state.transaction() as session:
            dead = [row.id for row in deliveries(session, state="dead", limit=10_000)]
            ids = dead if every else _meant(chosen or [], dead)
            count = len(redrive(session, ids, by=person, now=city.clock.now()))
    say(json.dumps({"redriven": count}) if as_json else f"Sent again {count}")


def _meant(chosen: list[str], dead: list[str]) -> list[str]:
    found = {wanted: [each for each in dead if each.startswith(wanted)] for wanted in chosen}
    for wanted, ids in found.items():
        if len(ids) != 1:
            raise Malformed(f"{len(ids)} that were given up begin like this", where=wanted)
    return [ids[0] for ids in found.values()]


def _document(row: "Delivery") -> dict[str, object]:
    return {
        "id": row.id,
        "object": f"{row.object_kind}:{row.object_id}",
        "occasion": row.occasion,
        "recipient": row.recipient,
        "channel": row.channel,
        "state": row.state,
        "attempts": row.attempts,
        "error": row.last_error,
        "drill": row.drill_id,
        "created_at": row.created_at.isoformat(),
        "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
    }
