"""`citywatch replay` and `citywatch flows`: captures in, findings or flow columns out."""

import json
import pathlib
import time
from collections import Counter as Collected
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    from sensors.meter.counters import Counters
    from soc_api.event_file import Write

_MOST_NAMED = 3
"""Files that are named where more are meant."""


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

    if out == events:
        where = "standard output" if out == "-" else out
        raise Misconfigured("only one of both can go there", where=where)
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
    for sentence in _sentences(metering.counters, deep=bool(events)):
        complain(sentence)


def _sentences(counters: "Counters", *, deep: bool) -> Iterator[str]:
    """Say what came of the packets, and of the messages in them where they were read."""
    yield (
        f"{counters.packets:,} packets, {counters.flows:,} flows, "
        f"{_refused('packets', counters.refused)}"
    )
    if deep:
        refused = Collected(counters.events_refused) + Collected(counters.dns_refused)
        records = counters.events + counters.dns_messages
        yield f"{records:,} records of protocols, {_refused('messages', refused)}"
    if counters.noted:
        yield f"noted, and metered all the same: {_reasons(counters.noted)}"
    if counters.shed:
        yield f"left out of what is metered: {_reasons(counters.shed)}"


def _refused(what: str, counts: Mapping[str, int]) -> str:
    why = f": {_reasons(counts)}" if counts else ""
    return f"{sum(counts.values()):,} {what} refused{why}"


def _reasons(counts: Mapping[str, int]) -> str:
    most_first = sorted(counts.items(), key=lambda count: -count[1])
    return ", ".join(f"{count:,} {reason}" for reason, count in most_first)


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
        named = ", ".join(map(str, selection.passed[:_MOST_NAMED]))
        more = ", ..." if len(selection.passed) > _MOST_NAMED else ""
        passed = len(selection.passed)
        complain(f"passed over, since they are no captures: {passed:,} files ({named}{more})")
    return selection.files
