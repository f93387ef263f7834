"""`citywatch audit`: prove that nothing was done to the audit, and read it."""

import datetime as dt
import json
import pathlib
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    import sqlalchemy as sa

    from situation.state.proof import Proof
    from situation.state.tables import AuditLine

FOUND = 2
MOST_LISTED = 10_000

app = typer.Typer(no_args_is_help=True, help="The audit: prove it, read it.")


@app.command("verify")
def verify_command(
    *,
    anchor: Annotated[
        pathlib.Path | None,
        typer.Option("--anchor", help="A copy of the anchor, its key beside it."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk the chain of all audit lines and compare it with its anchor.

    Exit code 2 if a line was changed, removed, inserted or moved, the end cut off, or the
    database exchanged; the place and the kind are printed.

    Example: citywatch audit verify --json
    """
    from situation.clock import SystemClock
    from situation.state.anchor import Anchor
    from situation.state.store import open_state_store

    settings, clock = settings_of(config, data=data), SystemClock()
    state = open_state_store(settings.state_url, Anchor(anchor or settings.anchor_path, clock))
    began = time.perf_counter()
    try:
        proof = state.verify()
    finally:
        state.close()
    seconds = time.perf_counter() - began
    if as_json:
        document = {**proof.document(), "seconds": round(seconds, 3)}
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _say_proof(proof, seconds)
    if proof.breaches:
        sys.exit(FOUND)


@app.command("list")
def list_command(
    *,
    about: Annotated[
        str | None, typer.Option("--object", help="Only of one object: KIND:ID.")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only by this account.")] = None,
    since: Annotated[
        dt.datetime | None, typer.Option("--since", help="Only from this time on, in UTC.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MOST_LISTED, help="So many, the newest.")
    ] = 100,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List audit lines: who did what to which object, and when.

    Example: citywatch audit list --object notice:3f2a --json
    """
    from situation.clock import SystemClock
    from soc_api.wiring import open_state

    query = _query(about, actor, since).limit(limit)
    state = open_state(settings_of(config, data=data), SystemClock())
    try:
        with state.reading() as session:
            lines = list(session.scalars(query))[::-1]
    finally:
        state.close()
    if as_json:
        say(json.dumps([_document(line) for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        said = json.dumps(line.detail, ensure_ascii=False) if line.detail else ""
        place = f"{line.object_kind}:{line.object_id}"
        say(f"{line.number}  {line.at:%Y-%m-%d %H:%M:%S} UTC  {line.actor}  {line.action}  {place}")
        if said:
            say(f"    {said}")
    if not lines:
        complain("there is no such line")


@app.command("renew-anchor")
def renew_command(*, config: ConfigOption = None, data: DataOption = None) -> None:
    """Put the anchor aside and begin another, after a restored backup or a new database.

    The old file stays beside it: it is the proof of what was anchored before.

    Example: citywatch audit renew-anchor
    """
    from situation.clock import SystemClock
    from situation.state.anchor import Anchor
    from situation.state.store import StateStore, audit
    from soc_api.wiring import open_state

    settings, clock = settings_of(config, data=data), SystemClock()
    aside = Anchor(settings.anchor_path, clock).renew()
    state: StateStore = open_state(settings, clock)
    try:
        with state.transaction() as session:
            name = aside.name if aside else ""
            audit(session, clock.now(), "cli", "audit.anchor", kind="audit", object_id=name)
    finally:
        state.close()
    say(f"The old anchor is {aside}." if aside else "There was no anchor yet.")


def _query(
    about: str | None, actor: str | None, since: dt.datetime | None
) -> "sa.Select[AuditLine]":
    import sqlalchemy as sa

    from situation.state.tables import AuditLine

    query = sa.select(AuditLine).order_by(AuditLine.number.desc())
    if about is not None:
        kind, colon, object_id = about.partition(":")
        if not colon:
            raise Malformed("give KIND:ID, for example incident:SJ-2026-0318-002", where="--object")
        query = query.where(AuditLine.object_kind == kind, AuditLine.object_id == object_id)
    if actor is not None:
        query = query.where(AuditLine.actor == actor)
    if since is not None:
        at = since if since.tzinfo else since.replace(tzinfo=dt.UTC)
        query = query.where(AuditLine.at >= at)
    return query


def _document(line: "AuditLine") -> dict[str, object]:
    return {
        "number": line.number,
        "at": line.at.isoformat(),
        "actor": line.actor,
        "action": line.action,
        "object": f"{line.object_kind}:{line.object_id}",
        "detail": line.detail,
        "digest": line.digest,
    }


def _say_proof(proof: "Proof", seconds: float) -> None:
    rate = proof.lines / max(seconds, 1e-6)
    say(f"{proof.lines:,} lines in {seconds:.1f} s ({rate:,.0f} a second)")
    say(f"Chain     {proof.chain or 'not begun yet'}")
    if proof.anchored and not proof.breaches:
        say(f"Anchored  lines 1 to {proof.anchored:,}, marked {proof.anchored_at}")
    if proof.lines > proof.anchored and not proof.breaches:
        say(f"Chained   lines {proof.anchored + 1:,} to {proof.lines:,}, not anchored yet")
    for breach in proof.breaches:
        say(f"FOUND     {breach.code} at {breach.number or 'the whole'}: {breach.reason}")
    if not proof.breaches:
        say("No line was changed, removed, added or moved.")
