"""`citywatch jobs`: what runs by the clock, and pausing it, letting it go on, having it run now."""

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from soc_api.commands.acting import AsOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from playbooks.schedule.ledger import JobLine
    from situation.state.tables import JobSlot

app = typer.Typer(no_args_is_help=True, help="Jobs: what runs by the clock.")

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="See citywatch jobs list.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")]


@app.command("list")
def list_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List the jobs with their next slot and the age of their last success.

    Example: citywatch jobs list --json
    """
    from playbooks.schedule.ledger import listing
    from soc_api.jobs.catalogue import jobs_of
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        lines = listing(session, jobs_of(city.settings), city.plan, city.clock.now())
    if as_json:
        say(json.dumps([_document(line) for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        say(f"{line.job.name:<12} {line.state:<8} {line.job.zh} / {line.job.en}")
        say(f"{'':<12} {line.job.timing}; next {_next(line)}; last success {_age(line)}")
        if line.paused_by:
            say(f"{'':<12} paused by {line.paused_by}: {line.pause_reason}")
        if line.last_error:
            say(f"{'':<12} last error: {line.last_error}")


@app.command("history")
def history_command(
    job: JobArgument,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 20,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the slots of a job, the newest first, with what each did.

    Example: citywatch jobs history sweep --limit 5
    """
    from playbooks.schedule.ledger import history, job_named
    from soc_api.jobs.catalogue import jobs_of
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    name = job_named(jobs_of(settings), job).name
    with open_city(settings) as city, city.state.reading() as session:
        rows = history(session, name, limit=limit)
    if as_json:
        say(json.dumps([_slot(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        did = ", ".join(f"{key} {n}" for key, n in row.outcome.items())
        said = "  ".join(text for text in (row.asked_by, did, row.error) if text)
        say(f"{_local(row.slot)}  {row.state:<8} {said}")
    if not rows:
        say("No slot of this job is kept.")


@app.command("run")
def run_command(
    job: JobArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a turn of a job now; a worker of `citywatch run` does it.

    Example: citywatch jobs run feeds --as zhou
    """
    from playbooks.schedule.ledger import job_named, run_now
    from soc_api.jobs.catalogue import jobs_of
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    row = job_named(jobs_of(settings), job)
    with open_city(settings) as city:
        person = acting(city, name, Permission.MANAGE_JOBS)
        with city.state.transaction() as session:
            slot = run_now(session, row, by=person, now=city.clock.now())
    say(json.dumps(_slot(slot), ensure_ascii=False) if as_json else f"Asked for {row.name}")


@app.command("pause")
def pause_command(
    job: JobArgument,
    *,
    reason: ReasonOption,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Pause a job until it is resumed; its slots meanwhile are skipped.

    Example: citywatch jobs pause compaction --reason "disk is being changed" --as zhou
    """
    from playbooks.schedule.ledger import found_job, job_named, pause
    from soc_api.jobs.catalogue import jobs_of
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    row = job_named(jobs_of(settings), job)
    with open_city(settings) as city:
        person = acting(city, name, Permission.MANAGE_JOBS)
        with city.state.transaction() as session:
            seen, now = found_job(session, row).version, city.clock.now()
            pause(session, row.name, reason=reason, by=person, expected_version=seen, now=now)
    say(f"Paused {row.name}")


@app.command("resume")
def resume_command(
    job: JobArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Let a paused job go on from now.

    Example: citywatch jobs resume compaction --as zhou
    """
    from playbooks.schedule.ledger import found_job, job_named, resume
    from soc_api.jobs.catalogue import jobs_of
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    row = job_named(jobs_of(settings), job)
    with open_city(settings) as city:
        person = acting(city, name, Permission.MANAGE_JOBS)
        with city.state.transaction() as session:
            seen, now = found_job(session, row).version, city.clock.now()
            resume(session, row, city.plan, by=person, expected_version=seen, now=now)
    say(f"Resumed {row.name}")


def _next(line: "JobLine") -> str:
    if line.next_slot is None:
        return "never"
    guessed = " (holidays of that year are not published yet)" if line.guessed else ""
    return f"{_local(line.next_slot)}{guessed}"


def _age(line: "JobLine") -> str:
    return (
        "never"
        if line.age is None
        else f"{dt.timedelta(seconds=int(line.age.total_seconds()))} ago"
    )


def _local(at: dt.datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}"


def _document(line: "JobLine") -> dict[str, object]:
    return {
        "job": line.job.name,
        "name": {"zh": line.job.zh, "en": line.job.en},
        "timing": str(line.job.timing),
        "days": line.job.days,
        "rule": line.job.rule,
        "state": line.state,
        "stale": line.is_stale,
        "next_slot": _iso(line.next_slot),
        "next_slot_by_weekends_alone": line.guessed,
        "last_success_at": _iso(line.last_success_at),
        "last_success_age_seconds": None if line.age is None else int(line.age.total_seconds()),
        "last_error": line.last_error,
        "paused_by": line.paused_by,
        "pause_reason": line.pause_reason,
    }


def _slot(row: "JobSlot") -> dict[str, object]:
    return {
        "job": row.job,
        "slot": row.slot.isoformat(),
        "state": row.state,
        "asked_by": row.asked_by,
        "attempts": row.attempts,
        "started_at": _iso(row.started_at),
        "ended_at": _iso(row.ended_at),
        "outcome": row.outcome,
        "error": row.error,
    }


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
