"""`citywatch incident`: list, show, grade and close incidents."""

import json
import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.acting import AsOption, DrillOption, acting
from soc_api.commands.json_file import read_facts
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from situation.settings import Settings
    from situation.state.tables import Incident

app = typer.Typer(no_args_is_help=True, help="Incidents: list, show, grade and close them.")

IncidentArgument = Annotated[str, typer.Argument(metavar="INCIDENT", help="Id, SJ-...")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")]
NUMERALS = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


@app.command("list")
def list_command(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones, too.")] = False,
    drill: DrillOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the open incidents, the gravest first.

    Example: citywatch incident list --json
    """
    import sqlalchemy as sa

    from situation.state.tables import Incident
    from soc_api.docket import brief
    from soc_api.web.query.scope import within
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        query = sa.select(Incident).where(within(Incident.drill_id, drill))
        if not closed:
            query = query.where(Incident.status == "open")
        rows = session.scalars(query.order_by(Incident.level, Incident.last_seen.desc())).all()
    if as_json:
        say(json.dumps([brief(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row.id}  {NUMERALS[row.level]}  {row.stage:<11} {row.department}  {row.title_zh}")
    if not rows:
        say("No incident is open.")


@app.command("show")
def show_command(
    incident: IncidentArgument,
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one incident with its level, reasons, clocks, history and notices.

    Example: citywatch incident show SJ-20260318-1a2b3c4d
    """
    from soc_api.docket import docket
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        found = docket(session, incident)
    if as_json:
        say(json.dumps(found.document(), ensure_ascii=False, indent=2))
        return
    for line in found.lines():
        say(line)


@app.command("grade")
def grade_command(
    incident: IncidentArgument,
    facts_file: Annotated[
        pathlib.Path, typer.Argument(metavar="FACTS.json", help="Facts, as for `plan grade`.")
    ],
    *,
    name: AsOption,
    reason: ReasonOption = "",
    proved: Annotated[
        bool, typer.Option("--proved", help="The facts are proved, not assumed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would follow and change nothing.")
    ] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add facts to an incident and grade it again; a graver level holds at once.

    Example: citywatch incident grade SJ-20260318-1a2b3c4d facts.json --as zhou --dry-run
    """
    from playbooks.facts import flat
    from playbooks.incident.clocks import clocks_of
    from playbooks.incident.regrading import Entered, complete_facts, preview
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    facts = flat(read_facts(facts_file).document())
    entered = {
        path: Entered(value, "proved" if proved else "assumed") for path, value in facts.items()
    }
    with open_city(settings_of(config, data=data)) as city:
        person, now = acting(city, name, Permission.GRADE), city.clock.now()
        with city.state.transaction() as session:
            row = found_incident(session, incident)
            if dry_run:
                seen = preview(city.plan, row, clocks_of(session, row.id), entered, now)
                say(f"Level     {row.level} now, {seen.level_after} with these facts")
                for clock in seen.started:
                    say(f"Clock     {clock.id}: {clock.addressee_en} within {clock.limit_minutes}")
                return
            row = complete_facts(
                session,
                city.plan,
                incident,
                entered=entered,
                reason=reason or "citywatch incident grade",
                by=person,
                expected_version=row.version,
                now=now,
            )
    _tell(row, as_json=as_json)


@app.command("downgrade")
def downgrade_command(
    incident: IncidentArgument,
    *,
    level: Annotated[int, typer.Option("--to", min=2, max=4, help="The milder level.")],
    reason: ReasonOption,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Ask for a milder level; another person decides with `incident decide`.

    Example: citywatch incident downgrade SJ-20260318-1a2b3c4d --to 3 --reason "..." --as zhou
    """
    from playbooks.incident.regrading import ask_downgrade
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.GRADE)
        with city.state.transaction() as session:
            change = ask_downgrade(
                session,
                city.plan,
                incident,
                level=level,
                reason=reason,
                by=person,
                expected_version=found_incident(session, incident).version,
                now=city.clock.now(),
            )
            session.flush()
    say(f"Change    {change.id}: {change.before} to {change.after} waits for a second person")


@app.command("decide")
def decide_command(
    change: Annotated[int, typer.Argument(metavar="CHANGE", help="Number of the change.")],
    *,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="What is decided.")],
    remark: Annotated[str, typer.Option("--remark", help="Remark to the asker.")] = "",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Decide about a milder level that somebody else asked for.

    Example: citywatch incident decide 12 --approve --as wang
    """
    from playbooks.incident.regrading import decide_downgrade
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.APPROVE_GRADE)
        with city.state.transaction() as session:
            row = decide_downgrade(
                session,
                city.plan,
                change,
                approve=approve,
                remark=remark,
                by=person,
                now=city.clock.now(),
            )
    say(f"Change    {row.id}: {row.before} to {row.after} {row.state}")


@app.command("advance")
def advance_command(
    incident: IncidentArgument,
    act: Annotated[
        str, typer.Argument(metavar="ACT", help="respond, contain, recover, assess, withdraw ...")
    ],
    *,
    name: AsOption,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lead an incident to its next stage.

    Example: citywatch incident advance SJ-20260318-1a2b3c4d respond --as zhou
    """
    _advance(settings_of(config, data=data), incident, act, name, reason=reason, as_json=as_json)


@app.command("close")
def close_command(
    incident: IncidentArgument,
    *,
    name: AsOption,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """File an incident away, once its closing report was sent (归档).

    Example: citywatch incident close SJ-20260318-1a2b3c4d --as zhou
    """
    _advance(
        settings_of(config, data=data), incident, "archive", name, reason=reason, as_json=as_json
    )


def _advance(
    settings: "Settings", incident: str, act: str, name: str, *, reason: str, as_json: bool
) -> None:
    from playbooks.incident.stage import advance
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    right = Permission.CLOSE if act in ("archive", "withdraw") else Permission.GRADE
    with open_city(settings) as city:
        person = acting(city, name, right)
        with city.state.transaction() as session:
            row = advance(
                session,
                city.plan,
                incident,
                act,
                by=person,
                reason=reason,
                expected_version=found_incident(session, incident).version,
                now=city.clock.now(),
            )
    _tell(row, as_json=as_json)


def _tell(row: "Incident", *, as_json: bool) -> None:
    from soc_api.docket import brief

    if as_json:
        say(json.dumps(brief(row), ensure_ascii=False, indent=2))
        return
    say(f"{row.id}  {NUMERALS[row.level]}  {row.stage}")


def found_incident(session: "Session", incident_id: str) -> "Incident":
    """Return an incident; raise `Malformed` where there is none by this id."""
    from situation.state.tables import Incident

    row = session.get(Incident, incident_id)
    if row is None:
        raise Malformed("there is no such incident", where=incident_id)
    return row
