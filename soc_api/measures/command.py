"""`citywatch measure`: what is kept out, lifting it, and whether the points can be used."""

import json
import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from soc_api.commands.acting import AsOption, DrillOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from situation.state.tables import Measure, MeasurePoint

app = typer.Typer(no_args_is_help=True, help="Measures: what is kept out, and lifting it.")


@app.command("list")
def list_command(
    *,
    state: Annotated[
        str, typer.Option("--state", help="wanted, in_force, lifting, lifted or all.")
    ] = "all",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    drill: DrillOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List measures, the newest first, with what each point says.

    Example: citywatch measure list --state in_force
    """
    from playbooks.measure.ledger import listing, points_of
    from playbooks.measure.machine import MEASURE
    from soc_api.wiring import open_city

    if state not in {"all", *MEASURE.states}:
        raise Malformed("is no state of a measure", where="--state")
    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        states = () if state == "all" else (state,)
        rows = listing(session, states=states, drill_id=drill, limit=limit)
        told = [(row, points_of(session, row.id)) for row in rows]
    if as_json:
        say(json.dumps([_document(*one) for one in told], ensure_ascii=False, indent=2))
        return
    for row, points in told:
        say(_line(row, points))
    if not told:
        say("There is no such measure.")


@app.command("lift")
def lift_command(
    chosen: Annotated[str, typer.Argument(metavar="MEASURE", help="Id, or how it begins.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")],
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Lift a measure before its time; the engine of `citywatch run` takes its step back.

    Example: citywatch measure lift 3fa9 --reason "..." --as zhou
    """
    from playbooks.execution.undoing import undo_step
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.RUN_PLAYBOOK)
        with city.state.transaction() as session:
            measure_id, now = _meant(session, chosen), city.clock.now()
            undo_step(session, open_house(city), measure_id, reason=reason, by=person, now=now)
    say(f"{measure_id} is taken back; see `citywatch measure list`")


@app.command("check")
def check_command(
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring every point into line once and say which ones cannot be.

    Exit code 3 where a point is away.
    Example: citywatch measure check
    """
    from playbooks.measure.checking import faults_of
    from playbooks.measure.enforcing import enforce
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    with open_city(settings) as city:
        done = enforce(city.state, settings.points, settings.store.folder, city.clock)
    wrong = {name: faults_of(name, one) for name, one in settings.points.items()}
    said = {
        name: "; ".join([*wrong[name], *([done.away[name]] if name in done.away else [])])
        for name in settings.points
    }
    if as_json:
        say(json.dumps({"busy": done.is_busy, "points": said}, ensure_ascii=False, indent=2))
    else:
        for name, fault in said.items():
            found = "put right" if name in done.put_right else "in line"
            say(f"{name:<12} {settings.points[name].type:<9} {fault or found}")
    if any(said.values()):
        raise typer.Exit(3)


@app.command("firewall-helper")
def helper_command(
    *,
    socket: Annotated[
        pathlib.Path,
        typer.Option("--socket", help="Unix socket to answer at; in a folder below /run."),
    ],
) -> None:
    """Keep the set of nftables for the desk; needs its user, CAP_NET_ADMIN and nothing else.

    Example: citywatch measure firewall-helper --socket /run/citywatch/nftables.sock
    """
    from playbooks.measure.nftables.keeper import Keeper
    from playbooks.measure.nftables.ruleset import Firewall
    from soc_api.sensing.stopping import stop_at_signals

    with stop_at_signals() as stop:
        say(f"Keeping the set at {socket}")
        Keeper(socket, Firewall()).serve(stop.is_set)


def _meant(session: "Session", chosen: str) -> str:
    import sqlalchemy as sa

    from situation.state.tables import Measure

    wanted = sa.select(Measure.id).where(Measure.id.startswith(chosen, autoescape=True)).limit(2)
    ids = session.scalars(wanted).all()
    if len(ids) != 1:
        raise Malformed(
            f"{'more than one' if ids else 'no'} measure begins like this", where=chosen
        )
    return ids[0]


def _line(row: "Measure", points: "Sequence[MeasurePoint]") -> str:
    until = f"{row.until.astimezone(CITY_ZONE):%m-%d %H:%M}" if row.until else "-"
    places = " ".join(
        f"{one.point}:{one.state}{f' ({one.error})' if one.error else ''}" for one in points
    )
    return f"{row.id[:12]}  {row.state:<9} {row.target:<24} until {until}  {places}"


def _document(row: "Measure", points: "Sequence[MeasurePoint]") -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "target": row.target,
        "state": row.state,
        "run": row.run_id,
        "incident": row.incident_id,
        "drill": row.drill_id,
        "wanted_at": row.wanted_at.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "points": {one.point: {"state": one.state, "error": one.error} for one in points},
    }
