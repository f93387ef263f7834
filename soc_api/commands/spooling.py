"""`citywatch spool`: what waits for the store, what it refused, and sending that again."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    StoreOption,
    settings_of,
)
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soc_api.spool.listing import Reason, Status

app = typer.Typer(no_args_is_help=True, help="The spools: what waits, what was refused.")

ReasonOption = Annotated[
    str, typer.Option("--reason", help="Only those whose reason holds this text.")
]


@app.command("status")
def status_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Tell fill, age, sums and health of each spool.

    Example: citywatch spool status --json
    """
    from situation.clock import SystemClock
    from soc_api.spool.listing import statuses

    found = statuses(settings_of(config, None, data), SystemClock())
    if as_json:
        say(json.dumps([asdict(one) for one in found], default=str, ensure_ascii=False, indent=2))
        return
    if not found:
        complain("there is no spool yet; a sensor makes one")
    for one in found:
        _say_status(one)


@app.command("dead")
def dead_command(
    *,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the documents that no store took, by reason, with some of them.

    Example: citywatch spool dead --reason "host.name"
    """
    from situation.clock import SystemClock
    from soc_api.spool.listing import reasons

    found = reasons(settings_of(config, None, data), SystemClock(), reason)
    if as_json:
        told = {name: [asdict(one) for one in listed] for name, listed in found.items()}
        say(json.dumps(told, default=sorted, ensure_ascii=False, indent=2))
        return
    if not found:
        complain("there are no dead letters")
    for name, listed in found.items():
        say(f"{name}: {sum(one.count for one in listed):,} documents refused")
        for one in listed:
            _say_reason(one)


@app.command("redrive")
def redrive_command(
    *,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send refused documents again, once the reason for the refusal is gone.

    Harmless to repeat: what the store has already, it keeps as it is.

    Example: citywatch spool redrive --reason "not declared"
    """
    from situation.clock import SystemClock
    from soc_api.spool.listing import redrive
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    events = open_events(settings)
    try:
        events.setup()
        done = redrive(settings, events, SystemClock(), reason)
    finally:
        events.close()
    if as_json:
        say(json.dumps([asdict(one) for one in done], ensure_ascii=False, indent=2))
        return
    for one in done:
        left = one.asked - one.put
        say(f"{one.name}: {one.put:,} documents sent again")
        if left > 0:
            say(f"{one.name}: {left:,} more are taken up by the sensor that runs")
    if not any(one.asked or one.put for one in done):
        complain("there is nothing to send again")


def _say_status(status: "Status") -> None:
    health = status.health
    if health is None:
        say(f"{status.name}: a sensor runs and has told nothing yet")
        return
    unsent = health.oldest_unsent
    oldest = f"oldest unsent {unsent:%Y-%m-%d %H:%M:%S} UTC, " if unsent else ""
    say(
        f"{status.name}: {'running' if status.running else 'idle'} at {health.at:%H:%M:%S} UTC, "
        f"{health.waiting:,} rows wait, "
        f"{oldest}{health.lag_seconds:,.0f} s behind"
    )
    say(
        f"  fill      {health.fill_share:.1%} of {health.budget_octets // 2**20:,} MiB"
        + (" ALARM" if health.alarm else "")
    )
    why = f": {health.circuit_reason}" if health.circuit_reason else ""
    say(f"  sending   {health.circuit}{why}")
    say(f"  disk      {health.disk_trouble or 'writes'}")
    lost = {name: rows for name, rows in health.settled.items() if name != "acknowledged"}
    say(
        f"  rows      {health.put:,} put, {health.stored:,} stored, "
        f"{health.duplicates:,} duplicates, {sum(health.rejected.values()):,} refused, "
        f"{_counts(health.shed, 'shed')}, {_counts(lost, 'lost')}"
    )
    say(
        f"  dead      {health.dead_letter_octets / 2**20:,.1f} MiB of letters, "
        f"{health.dead_letters_dropped:,} dropped"
    )


def _counts(counts: "Mapping[str, int]", what: str) -> str:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in counts.items() if count)
    return f"{sum(counts.values()):,} {what}" + (f" ({reasons})" if reasons else "")


def _say_reason(reason: "Reason") -> None:
    say(f"  {reason.count:>8,}  {reason.reason}")
    say(f"            {', '.join(sorted(reason.datasets))}, {reason.first} to {reason.last}")
    for letter in reason.samples:
        text = json.dumps(letter.document, ensure_ascii=False, default=str)
        say(f"            {text[:160]}")
