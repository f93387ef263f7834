"""`citywatch replay` and `citywatch flows`: captures in, findings or flow columns out."""

import json
import pathlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    FilesArgument,
    JsonOption,
    StoreOption,
    settings_of,
)
from soc_api.terminal import complain, progress, say

if TYPE_CHECKING:
    from soc_api.event_file import Write


def replay_command(
    files: FilesArgument,
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run captures through the whole pipeline: flows, alerts, incident, notice.

    They are read in the order of their first packets; of a folder all captures are taken.
    What was replayed before is kept and told again. A file that is no capture is refused with
    its reason, and the stores stay as they were.

    Example: citywatch replay night.pcapng --json
    """
    captures = _captures(files, pipes=False)
    from soc_api.replay import replay
    from soc_api.summary import lines, summary
    from soc_api.wiring import open_city

    began = time.perf_counter()
    with open_city(settings_of(config, store, data)) as city:
        with progress(quiet=as_json) as report:
            replayed = replay(city, captures, progress=report)
        found = summary(city.state, replayed.capture, time.perf_counter() - began)
    if as_json:
        say(json.dumps({**found, "kept": replayed.kept}, ensure_ascii=False, indent=2))
        return
    if replayed.kept:
        complain(f"{replayed.capture.name} was replayed before; this is what was found then")
    for line in lines(found):
        say(line)


def flows_command(
    files: FilesArgument,
    *,
    out: Annotated[
        str, typer.Option("--out", help="F.parquet, F.jsonl or F.csv; - for JSON lines to stdout.")
    ],
    events: Annotated[
        str,
        typer.Option(
            "--events",
            help="The same for records of application protocols: DNS, HTTP, TLS, Modbus ...",
        ),
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes that share one classic pcap.")
    ] = 1,
    config: ConfigOption = None,
) -> None:
    """Meter captures into flow columns, without any store.

    They are read in the order of their first packets; of a folder all captures are taken, and -
    is standard input. The rows of a pipe have other ids each time, since they are made of the
    content, and that is known too late.
    Of the records of protocols a line is one flat object in the names of ECS; `event.dataset` says
    which protocol it is, and `citywatch.flow.id` and `network.community_id` which flow. Only with
    `--events` the flows know their `network.protocol`.
    With `--workers` a large unpacked pcap is split between processes; its rows come at the end.
    Times are ISO 8601 with nanoseconds in JSON lines and CSV, nanosecond timestamps in Parquet.

    Example: citywatch flows a.pcap b.pcap --out flows.parquet --events events.jsonl
    """
    from sensors.enrichment import enrich
    from sensors.metering import Metering
    from sensors.sharding import Sharding
    from situation.assets import read_assets
    from situation.faults import Misconfigured
    from soc_api.event_file import messages
    from soc_api.flow_file import flow_file
    from soc_api.sensing.packets import meter_settings, watched

    if out == events == "-":
        raise Misconfigured("only one of both can go there", where="standard output")
    settings = settings_of(config)
    captures = _captures(files, pipes=True)
    meter: Callable[..., Metering | Sharding] = partial(Metering, captures)
    if workers > 1:
        meter = partial(Sharding, _only(captures), workers=workers)
    metering = meter(
        observer=settings.sensor.observer,
        settings=meter_settings(settings),
        deep=bool(events),
    )
    assets = read_assets(settings.city.assets)
    quiet = "-" in (out, events)
    with flow_file(out) as write, _messages(events) as tell, progress(quiet=quiet) as report:
        for metered in watched(metering, report):
            write(enrich(metered.flows, assets))
            tell(enrich(messages(metered.dns, metered.events), assets))
    counters = metering.counters
    complain(
        f"{counters.packets:,} packets, {counters.flows:,} flows, "
        f"{sum(counters.refused.values()):,} packets refused {dict(counters.refused)}"
    )
    if counters.noted:
        complain(f"noted, and metered all the same: {dict(counters.noted)}")


def _only(captures: list[pathlib.Path]) -> pathlib.Path:
    """Return the one capture that several processes share."""
    from situation.faults import Misconfigured

    if len(captures) != 1:
        raise Misconfigured("several processes share one capture", where="--workers")
    return captures[0]


def _messages(target: str) -> AbstractContextManager["Write"]:
    """Return where records of protocols go; they go nowhere without a target."""
    from soc_api.event_file import event_file

    return event_file(target) if target else nullcontext(lambda _frame: None)


def _captures(paths: Sequence[pathlib.Path], *, pipes: bool) -> list[pathlib.Path]:
    """Return the captures that are meant; Misconfigured for a pipe where none can be read."""
    from sensors.capture.origin import is_pipe
    from sensors.capture.selection import captures_of
    from situation.faults import Misconfigured

    for path in paths:
        if not pipes and is_pipe(path):
            raise Misconfigured(
                "a pipe cannot be replayed: alerts look for their packets in the file afterwards; "
                "save it first",
                where=str(path),
            )
    selection = captures_of(paths)
    if selection.passed:
        complain(f"{len(selection.passed):,} files of the folders are no captures: passed over")
    return selection.files
