"""`citywatch scan run`: a scan here and now, shown, or kept in the name of an account."""

import contextlib
import json
import pathlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from soc_api.commands.acting import acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.commands.scan.out_file import written_whole
from soc_api.terminal import Report, complain, progress, say

if TYPE_CHECKING:
    from situation.content.verdict import Verdict, Violation
    from situation.settings import Settings
    from soc_api.scan.target import Target
    from soc_api.scan.telling.tally import Tally

app = typer.Typer()

Shown = Callable[[str, "Verdict", "Sequence[Violation]"], None]

TargetArgument = Annotated[
    str, typer.Argument(metavar="TARGET", help="Name in [scans.NAME], or a path or URL.")
]
OutOption = Annotated[
    pathlib.Path | None, typer.Option("--out", help="File for the JSON lines, instead of showing.")
]


@app.command("run")
def run_command(
    target: TargetArgument,
    *,
    name: Annotated[
        str | None,
        typer.Option(
            "--as", help="Account in whose name findings are kept; without it they are shown alone."
        ),
    ] = None,
    department: Annotated[
        str, typer.Option("--department", help="Full name of the department that owns it.")
    ] = "",
    zone: Annotated[
        str | None,
        typer.Option("--zone", help="internal, internet, public_share, partner or personal."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Scan a path, a URL or a target of the settings and show what was found.

    No value that is found is shown or kept: place, count and a mask are. With --as the findings
    are kept and followed; without it nothing is.

    Example: citywatch scan run /srv/share --json
    """
    from soc_api.scan.target import check_there, target_of

    settings = settings_of(config, data=data)
    wanted = target_of(settings, target, department=department, zone=zone)
    check_there(wanted)
    with _shown(out, as_json=as_json) as show, progress() as report:
        if name is None:
            tally = _scan_alone(settings, wanted, show, report)
        else:
            tally = _scan_as(settings, wanted, name, show, report)
    _tell(tally, to_error=as_json or out is not None)


def _scan_alone(settings: "Settings", target: "Target", show: Shown, report: Report) -> "Tally":
    from situation.clock import SystemClock
    from soc_api.scan.printing import scan_and_show

    return scan_and_show(target, settings.scan, SystemClock(), show=show, progress=report)


def _scan_as(
    settings: "Settings", target: "Target", name: str, show: Shown, report: Report
) -> "Tally":
    from soc_api.permission import Permission
    from soc_api.scan.keeping import scan_and_keep
    from soc_api.scan.telling.reserve import Reserve
    from soc_api.sensing.stopping import stop_at_signals
    from soc_api.wiring import open_city

    with open_city(settings) as city, stop_at_signals() as stop:
        person = acting(city, name, Permission.MANAGE_SCANS)
        shown = Reserve(show)
        tally = scan_and_keep(city, target, person, stop=stop, show=shown, progress=report)
    if shown.hidden:
        complain(f"Marks of secrecy in {shown.hidden:,} resources, for the secrecy officer")
    return tally


@contextlib.contextmanager
def _shown(out: pathlib.Path | None, *, as_json: bool) -> Iterator[Shown]:
    """Yield what shows a resource."""
    if out is None:
        yield (lambda *found: _write(sys.stdout, *found)) if as_json else _print
        return
    with written_whole(out) as draft, draft.open("w", encoding="utf-8") as file:
        yield lambda *found: _write(file, *found)


def _write(file: TextIO, path: str, verdict: "Verdict", broken: "Sequence[Violation]") -> None:
    from soc_api.scan.telling.line import lines_of

    lines = lines_of(path, verdict, broken)
    file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _print(path: str, verdict: "Verdict", broken: "Sequence[Violation]") -> None:
    from soc_api.scan.telling.sentence import sentences_of

    for sentence in sentences_of(path, verdict, broken):
        say(sentence)


def _tell(tally: "Tally", *, to_error: bool) -> None:
    from soc_api.scan.telling.sentence import summary_of

    for sentence in summary_of(tally):
        (complain if to_error else say)(sentence)
