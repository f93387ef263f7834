"""`citywatch playbook dry-run|run|stop|undo|retry|resolve|history`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.acting import AsOption, DrillOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.commands.playbook.shelf import KeyArgument, app
from soc_api.terminal import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from playbooks.cacao.playbook import Playbook
    from playbooks.execution.cause import Cause
    from playbooks.execution.house import House
    from playbooks.execution.rehearsal import Rehearsal
    from situation.state.tables import PlaybookRun, PlaybookVersion, StepRun
    from soc_api.wiring import City

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Number of the run, R-...")]
StepArgument = Annotated[
    str, typer.Argument(metavar="STEP", help="Id of the step, see `playbook history RUN`.")
]
IncidentOption = Annotated[
    str | None, typer.Option("--incident", help="What it is about; its facts fill variables.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A variable's value.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")]


def assignments(given: Iterable[str] | None, where: str) -> dict[str, str]:
    """Return `NAME=VALUE` as variables by their CACAO names; raise `Malformed` for what is none."""
    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name.strip("_ "):
            raise Malformed("is not NAME=VALUE", where=f"{where} {one}")
        found[f"__{name.strip().strip('_')}__"] = value
    return found


@app.command("dry-run")
def dry_run_command(
    key: KeyArgument,
    *,
    incident: IncidentOption = None,
    given: SetOption = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="NAME=VALUE", help="What a step would have found."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say exactly what would be done, without doing it: nothing is written, nobody is asked.

    Example: citywatch playbook dry-run guessed-password --incident SJ-20260318-1a2b3c4d
    """
    from playbooks.execution.rehearsal import rehearse
    from soc_api.house import open_house
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        house = open_house(city)
        playbook = house.playbook(_published(session, key))
        found = rehearse(
            session,
            house,
            playbook,
            cause=cause_for(session, city, incident, playbook),
            variables=assignments(given, "--set"),
            assume=assignments(assume, "--assume"),
            now=city.clock.now(),
        )
    if as_json:
        say(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for line in rehearsal_lines(found):
        say(line)


def rehearsal_lines(found: "Rehearsal") -> Iterator[str]:
    """Yield a rehearsal as people read it on a terminal."""
    for number, step in enumerate(found.steps, 1):
        yield f"{number:>3} {step.name.zh or step.name.en}{'' if step.is_certain else ' (if)'}"
        if step.condition:
            yield f"    if {step.condition}: {step.verdict}"
        if step.intent is not None:
            yield f"    {step.intent.command}"
            yield f"    {step.intent.what.zh}；{step.intent.how_long.zh}"
            yield f"    undo: {step.intent.undo.zh}; {step.intent.touches.zh}"
        if step.quorum:
            yield f"    needs {step.quorum} to agree ({step.rule}); sha256 {step.sha256 or 'open'}"
        if step.hangs_on:
            yield f"    hangs on {', '.join(step.hangs_on)}, which only the real run knows"
        if step.fault:
            yield f"    would fail: {step.fault}"
    yield "No connection was opened, nothing was written."


def cause_for(
    session: "Session", city: "City", incident: str | None, playbook: "Playbook"
) -> "Cause":
    """Return what a run is about; raise `Malformed` where there is no such incident."""
    from playbooks.execution.cause import cause_of_incident, cause_of_nothing
    from playbooks.execution.trigger import about
    from situation.state.tables import Incident

    if incident is None:
        return cause_of_nothing()
    row = session.get(Incident, incident)
    if row is None:
        raise Malformed("there is no such incident", where=incident)
    return cause_of_incident(session, city.plan, row, about(playbook))


def _published(session: "Session", key: str) -> "PlaybookVersion":
    from playbooks.execution.versions import published

    version = published(session, key)
    if version is None:
        raise Malformed("no version of it is published", where=key)
    return version


@app.command("run")
def run_command(
    key: KeyArgument,
    *,
    incident: IncidentOption = None,
    given: SetOption = None,
    reason: ReasonOption = "",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Start a playbook by hand; the engine of `citywatch run` carries it on.

    Example: citywatch playbook run guessed-password --incident SJ-20260318-1a2b3c4d --as zhou
    """
    import uuid

    from playbooks.execution.starting import start_run
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.RUN_PLAYBOOK)
        with city.state.transaction() as session:
            house, version = open_house(city), _published(session, key)
            run = start_run(
                session,
                house,
                version=version,
                trigger="hand",
                trigger_key=f"hand|{uuid.uuid4()}",
                cause=cause_for(session, city, incident, house.playbook(version)),
                variables=assignments(given, "--set"),
                by=person,
                reason=reason,
                now=city.clock.now(),
            )
    if run is not None:
        say(f"Run       {run.id} {run.state}; see `citywatch playbook history {run.id}`")


@app.command("stop")
def stop_command(
    run: RunArgument,
    *,
    reason: ReasonOption,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what it contained, the newest first.")
    ] = False,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Stop a run: no further step begins.

    Example: citywatch playbook stop R-2026-0318-11 --reason "..." --undo --as zhou
    """
    from playbooks.execution.stopping import stop_run
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.RUN_PLAYBOOK)
        with city.state.transaction() as session:
            row = stop_run(
                session,
                open_house(city),
                run,
                undo=undo,
                reason=reason,
                by=person,
                expected_version=found_run(session, run).version,
                now=city.clock.now(),
            )
    say(f"Run       {row.id} {row.state}")


@app.command("undo")
def undo_command(
    run: RunArgument,
    *,
    step: Annotated[
        str | None, typer.Option("--step", help="One step alone; else all, the newest first.")
    ] = None,
    reason: ReasonOption,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take back what a run contained.

    Example: citywatch playbook undo R-2026-0318-11 --reason "..." --as zhou
    """
    from playbooks.execution.undoing import undo_run, undo_step
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person, house = acting(city, name, Permission.RUN_PLAYBOOK), open_house(city)
        with city.state.transaction() as session:
            now = city.clock.now()
            found_run(session, run)
            if step is None:
                rows = undo_run(session, house, run, reason=reason, by=person, now=now)
            else:
                whole = _step_id(session, run, step)
                rows = [undo_step(session, house, whole, reason=reason, by=person, now=now)]
    say(f"Undo      {len(rows)} steps are taken back; see `citywatch playbook history {run}`")


@app.command("retry")
def retry_command(
    run: RunArgument,
    step: StepArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Try a failed step again; its run goes on from there.

    Example: citywatch playbook retry R-2026-0318-11 6b1f0c92 --as zhou
    """
    from playbooks.execution.resolving import retry_step
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person, house = acting(city, name, Permission.RUN_PLAYBOOK), open_house(city)
        with city.state.transaction() as session:
            whole = _step_id(session, run, step)
            row = retry_step(session, house, whole, by=person, now=city.clock.now())
    say(f"Step      {row.id} {row.state}")


@app.command("resolve")
def resolve_command(
    run: RunArgument,
    step: StepArgument,
    *,
    happened: Annotated[
        bool, typer.Option("--happened/--did-not", help="What somebody found out there.")
    ],
    remark: Annotated[str, typer.Option("--remark", help="How it was found out.")] = "",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Say whether a step acted that was under way when its machine died.

    Example: citywatch playbook resolve R-2026-0318-11 6b1f0c92 --did-not --as zhou
    """
    from playbooks.execution.resolving import resolve_unsure
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person, house = acting(city, name, Permission.RUN_PLAYBOOK), open_house(city)
        with city.state.transaction() as session:
            row = resolve_unsure(
                session,
                house,
                _step_id(session, run, step),
                happened=happened,
                remark=remark,
                by=person,
                now=city.clock.now(),
            )
    say(f"Step      {row.id} {row.state}")


@app.command("history")
def history_command(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="One run; else the newest of all.")
    ] = None,
    *,
    most: Annotated[int, typer.Option("--most", min=1, help="How many runs.")] = 20,
    drill: DrillOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest runs, or show one with every step and what was tried.

    Example: citywatch playbook history R-2026-0318-11 --json
    """
    from soc_api.house import open_house
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        house = open_house(city)
        if run is None:
            listed = [
                _run_row(one, _playbook_of(session, house, one))
                for one in _newest(session, drill, most)
            ]
        else:
            row = found_run(session, run)
            listed = [_with_steps(session, row, _playbook_of(session, house, row))]
    if as_json:
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for one in listed:
        for line in _history_lines(one):
            say(line)
    if not listed:
        say("Nothing has run yet.")


def _newest(session: "Session", drill: str | None, most: int) -> "list[PlaybookRun]":
    import sqlalchemy as sa

    from situation.state.tables import PlaybookRun
    from soc_api.web.query.scope import within

    newest = sa.select(PlaybookRun).where(within(PlaybookRun.drill_id, drill))
    return list(session.scalars(newest.order_by(PlaybookRun.started_at.desc()).limit(most)))


def _playbook_of(session: "Session", house: "House", run: "PlaybookRun") -> "Playbook":
    from situation.state.tables import PlaybookVersion

    return house.playbook(session.get_one(PlaybookVersion, run.version_id))


def _run_row(run: "PlaybookRun", playbook: "Playbook") -> dict[str, object]:
    return {
        "id": run.id,
        "playbook": playbook.key,
        "state": run.state,
        "trigger": run.trigger,
        "object": f"{run.object_kind} {run.object_id}".strip(),
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "started_by": run.started_by,
        "outcome": run.outcome,
    }


def _with_steps(session: "Session", run: "PlaybookRun", playbook: "Playbook") -> dict[str, object]:
    import sqlalchemy as sa

    from situation.state.tables import ActionLog, StepRun

    steps = session.scalars(
        sa.select(StepRun).where(StepRun.run_id == run.id).order_by(StepRun.opened_at, StepRun.id)
    ).all()
    log = session.scalars(
        sa.select(ActionLog).where(ActionLog.run_id == run.id).order_by(ActionLog.id)
    ).all()
    return {
        **_run_row(run, playbook),
        "steps": [_step_row(step, playbook) for step in steps],
        "log": [
            {"at": line.at.isoformat(), "step": line.step_run_id, "what": line.what, "by": line.by}
            for line in log
        ],
    }


def _step_row(step: "StepRun", playbook: "Playbook") -> dict[str, object]:
    written = playbook.steps.get(step.step_id)
    return {
        "id": step.id,
        "step": step.step_id,
        "name": (written.name.zh or written.name.en) if written else "",
        "purpose": step.purpose,
        "state": step.state,
        "action": step.action.get("name", ""),
        "sha256": step.action_sha256,
        "attempts": step.attempts,
        "due_at": step.due_at.isoformat(),
        "ended_at": step.ended_at.isoformat() if step.ended_at else None,
        "error": step.error,
    }


def _history_lines(run: Mapping[str, object]) -> Iterator[str]:
    outcome = f"  {run['outcome']}" if run["outcome"] else ""
    what = f"{run['playbook']}  {run['object']}".rstrip()
    yield f"{run['id']}  {run['state']:<12} {run['trigger']:<9} {what}{outcome}"
    steps = run.get("steps")
    for step in steps if isinstance(steps, list) else []:
        what = step["action"] or step["step"].partition("--")[0]
        error = f"  {step['error']}" if step["error"] else ""
        said = f"{what:<16} {step['name']}".rstrip()
        yield f"  {step['id'][:8]}  {step['state']:<10} {step['purpose']:<5} {said}{error}"


def found_run(session: "Session", run_id: str) -> "PlaybookRun":
    """Return a run; raise `Malformed` where there is none by this number."""
    from situation.state.tables import PlaybookRun

    row = session.get(PlaybookRun, run_id)
    if row is None:
        raise Malformed("there is no such run; see `citywatch playbook history`", where=run_id)
    return row


def _step_id(session: "Session", run_id: str, step: str) -> str:
    """Return the whole id of a step of a run that begins like this."""
    import sqlalchemy as sa

    from situation.state.tables import StepRun

    begins = StepRun.id.startswith(step, autoescape=True)
    ids = session.scalars(sa.select(StepRun.id).where(StepRun.run_id == run_id, begins)).all()
    if len(ids) != 1:
        raise Malformed(f"{len(ids)} steps of {run_id} begin like this", where=step)
    return ids[0]
