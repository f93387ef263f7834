"""`citywatch store drop-before` and `store retain`: whole days go, after they were shown."""

import datetime as dt
import json
from collections.abc import Sequence
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
    from situation.retention import Expiry


def drop_command(
    day: Annotated[
        dt.datetime, typer.Argument(help="First UTC day that stays.", formats=["%Y-%m-%d"])
    ],
    *,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only this dataset; else all.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Drop; else it is only shown.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which days of the event store lie before DATE; drop them whole with --yes.

    Example: citywatch store drop-before 2026-01-01 --dataset flow
    """
    from situation.retention import Expiry
    from soc_api.wiring import open_events

    events = open_events(settings_of(config, store, data))
    try:
        found = []
        for name in (dataset,) if dataset else events.datasets():
            old = tuple(held for held in events.held(name) if held.day < day.date())
            found += [Expiry(name, day.date(), old)] if old else []
        if yes:
            for expiry in found:
                events.drop_before(expiry.dataset, expiry.before)
    finally:
        events.close()
    _say_expiries(found, dropped=yes, as_json=as_json)


def retain_command(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Drop; else it is only shown.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which days store.retention_days keeps no longer; drop them whole with --yes.

    A dataset that the setting does not name is kept; `drill` names those of all drills.

    Example: citywatch store retain --yes
    """
    from situation import retention
    from situation.clock import SystemClock
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    days, today = settings.store.retention_days, SystemClock().now().date()
    events = open_events(settings)
    try:
        nothing = set(days) - {retention.DRILLS, *events.datasets()}
        found = (retention.drop if yes else retention.preview)(events, days, today)
    finally:
        events.close()
    if not days:
        complain("store.retention_days names no dataset, so that everything is kept")
    for name in sorted(nothing):
        complain(f"store.retention_days names {name}, of which the store holds nothing")
    _say_expiries(found, dropped=yes, as_json=as_json)


def _say_expiries(found: Sequence["Expiry"], *, dropped: bool, as_json: bool) -> None:
    if as_json:
        days = [{"dataset": one.dataset, **asdict(day)} for one in found for day in one.days]
        say(json.dumps({"dropped": dropped, "days": days}, ensure_ascii=False, default=str))
        return
    for one in found:
        for day in one.days:
            say(f"{one.dataset:<24} {day.day}  {day.documents:>12,}  {day.octets:>15,} octets")
    every = [day for one in found for day in one.days]
    documents, octets = sum(day.documents for day in every), sum(day.octets for day in every)
    told = "dropped" if dropped else "would be dropped; nothing was (add --yes)"
    complain(f"{len(every)} days with {documents:,} documents, {octets:,} octets {told}")
