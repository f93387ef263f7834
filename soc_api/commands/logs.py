"""`citywatch logs`: what a log is read as, and its lines as events, without any store."""

import json
import pathlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import JsonOption
from soc_api.terminal import complain, progress, say

if TYPE_CHECKING:
    from sensors.log.kind import LogKind, SourceRules
    from sensors.log.reading import LogFile

app = typer.Typer(no_args_is_help=True, help="Logs: their kinds, and their lines as events.")

FilesArgument = Annotated[
    list[pathlib.Path], typer.Argument(help="Log files, also gzip.", metavar="FILE...")
]
ZoneOption = Annotated[
    str, typer.Option("--zone", help="Time zone of times that name none.", metavar="Z")
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", min=1970, max=2261, help="Year of times without one; else the nearest."),
]
OptionsOption = Annotated[
    list[str] | None,
    typer.Option("--option", help="What the kind understands, such as format=...", metavar="K=V"),
]

_BESIDE = {"event.original", "event.id", "event.created", "observer.name"}
_ZONE = "Asia/Shanghai"

NETFLOW = "netflow"
"""What `--as` says of exports of flows, which are no lines."""


@app.command("read")
def read_command(
    files: FilesArgument,
    *,
    out: Annotated[
        str, typer.Option("--out", help="F.jsonl, F.parquet or F.csv; - for JSON lines to stdout.")
    ],
    kind: Annotated[
        str,
        typer.Option("--as", help="Kind, product or mapping file; else guessed.", metavar="KIND"),
    ] = "",
    zone: ZoneOption = _ZONE,
    year: YearOption = None,
    option: OptionsOption = None,
) -> None:
    """Read log files into events: ECS fields, the raw line, and the rest of each line.

    The kind is guessed from the first lines and named. A line that cannot be parsed is kept
    raw, with its fault. A JSON line holds the fields by dotted name. Captures of NetFlow and
    IPFIX files are read as flows by --as netflow.

    Example: citywatch logs read /var/log/auth.log access.log.2.gz --out events.jsonl
    """
    rules = rules_of(zone, year, option or [])
    if kind == NETFLOW:
        _read_exports(files, out, rules)
    else:
        _read_logs(_opened(files, kind, rules), out, guessed=not kind)


def _read_logs(opened: list["LogFile"], out: str, *, guessed: bool) -> None:
    from situation.clock import SystemClock
    from soc_api.event_file import event_file

    received = SystemClock().now()
    with event_file(out) as write, progress(quiet=out == "-") as report:
        for file in opened:
            for frame in file.batches(received, partial(report, f"Reading {file.path.name}")):
                write(frame)
    for file in opened:
        complain(told(file, guessed=guessed))


def _read_exports(files: list[pathlib.Path], out: str, rules: "SourceRules") -> None:
    from sensors.netflow.counters import Counters
    from sensors.netflow.decoder import Decoder
    from sensors.netflow.reading import Export, flows_of
    from soc_api.event_file import event_file

    ports = _ports(rules)
    exports = [Export(path, ports) for path in files]
    totals = [Counters() for _ in files]
    with event_file(out) as write:
        for export, total in zip(exports, totals, strict=True):
            decoder = Decoder(observer=_observer())
            for decoded in flows_of(export, decoder):
                total.add(decoded.counters)
                for flows in decoded.frames:
                    write(flows.frame)
    for path, export, total in zip(files, exports, totals, strict=True):
        complain(
            f"{path}: read as {NETFLOW}; {total.datagrams:,} messages, {total.records:,} records, "
            f"{_counts(total.refused, 'messages refused')}, {total.no_template:,} sets without "
            f"template, {_counts(export.skipped, 'other packets')}"
        )


def _ports(rules: "SourceRules") -> frozenset[int]:
    """Return the ports of the option `ports`, or those that exporters usually send to."""
    from sensors.netflow.reading import PORTS
    from situation.faults import Misconfigured

    unknown = set(rules.options) - {"ports"}
    given = rules.options.get("ports", "")
    if unknown or not all(port.strip().isdigit() for port in given.split(",") if given):
        raise Misconfigured("knows the option ports alone, numbers by comma", where=NETFLOW)
    return frozenset(int(port) for port in given.split(",")) if given else PORTS


@app.command("kinds")
def kinds_command(*, as_json: JsonOption = False) -> None:
    """List the kinds of logs that are known.

    Example: citywatch logs kinds --json
    """
    from sensors.log.catalogue import KINDS

    rows = [{"kind": one.name, "title": one.title} for one in KINDS]
    rows.append({"kind": NETFLOW, "title": "NetFlow v5, v9 and IPFIX: captures, IPFIX files"})
    rows.sort(key=lambda row: row["kind"])
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['kind']:<18} {row['title']}")


@app.command("form")
def form_command() -> None:
    """Print how a mapping is written, with an example.

    Example: citywatch logs form
    """
    from sensors.log.mapping import document

    say((document.__doc__ or "").strip())


@app.command("try")
def try_command(
    mapping: Annotated[
        str, typer.Argument(help="A mapping's TOML file, or a kind.", metavar="MAPPING")
    ],
    file: Annotated[pathlib.Path, typer.Argument(help="Log file to try it on.", metavar="FILE")],
    *,
    lines: Annotated[
        int, typer.Option("--lines", help="Lines that are shown; all are counted.", min=0)
    ] = 100,
    zone: ZoneOption = _ZONE,
    year: YearOption = None,
    option: OptionsOption = None,
) -> None:
    """Show line by line what a mapping yields, and what it could not parse; counts at the end.

    Example: citywatch logs try door-control.toml door.log
    """
    from situation.clock import SystemClock

    opened = _opened([file], mapping, rules_of(zone, year, option or []))[0]
    shown = 0
    for frame in opened.batches(SystemClock().now()):
        for row in frame.head(lines - shown).iter_rows(named=True):
            _show(row)
            shown += 1
    complain(told(opened, guessed=False))


def rules_of(zone: str, year: int | None, options: list[str]) -> "SourceRules":
    """Return the rules that the command line says; raise `Misconfigured` for what is none."""
    from sensors.log.kind import CITY_ZONE, SourceRules
    from sensors.log.timestamp import zone_named
    from situation.faults import Misconfigured

    faults = [f"--option {text}: must be KEY=VALUE" for text in options if "=" not in text]
    known = CITY_ZONE
    try:
        known = zone_named(zone)
    except ValueError as error:
        faults.append(f"--zone: {error}")
    if faults:
        raise Misconfigured.listing(faults, where="logs")
    pairs = dict(text.split("=", 1) for text in options)
    return SourceRules(zone=known, year=year, options=pairs)


def told(file: "LogFile", *, guessed: bool) -> str:
    """Return one line on what became of a file."""
    tally = file.tally
    how = " (guessed)" if guessed else ""
    sentence = (
        f"{file.path}: read as {file.kind.name}{how}; {tally.lines:,} lines = "
        f"{tally.events:,} events + {_counts(tally.skipped, 'skipped')}; "
        f"{_counts(tally.faults, 'events with a fault')}"
    )
    return sentence + (f"; damaged: {_counts(tally.damaged, 'parts')}" if tally.damaged else "")


def _opened(files: list[pathlib.Path], kind: str, rules: "SourceRules") -> list["LogFile"]:
    """Open all files and find their kinds, before anything is written."""
    from sensors.log.reading import LogFile, Plan

    plan = Plan(tuple(_kinds(kind)), observer=_observer(), rules=rules)
    opened = [LogFile(path, plan) for path in files]
    for file in opened:
        file.kind.parser(rules)
    return opened


def _observer() -> str:
    from situation.settings import SensorSettings

    return SensorSettings().observer


def _kinds(name: str) -> Iterator["LogKind"]:
    from sensors.log.catalogue import KINDS, kinds_named

    yield from kinds_named(name) if name else KINDS


def _counts(counts: Counter[str], what: str) -> str:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items()) if count)
    return f"{sum(counts.values()):,} {what}" + (f" ({reasons})" if reasons else "")


def _show(row: dict[str, object]) -> None:
    fault = row.get("citywatch.log.fault")
    say(f"{row['event.original']}")
    if fault is not None:
        say(f"    ! {fault}")
    for name, value in row.items():
        hidden = name in _BESIDE or name.startswith(("citywatch.log.", "log.file."))
        if value is not None and not hidden:
            say(f"    {name:<28} {value}")
