"""The command line: `citywatch`. Exit codes: 0 done, 2 bad input, 3 a needed server is away."""

import signal
import sys
from typing import NoReturn

import typer

from situation.faults import Conflict, Fault, Malformed, Misconfigured, Unavailable
from soc_api.commands import (
    accounting,
    auditing,
    departments,
    drilling,
    expiring,
    incidents,
    inspection,
    logs,
    notices,
    outgoing,
    planning,
    playbook,
    replaying,
    running,
    scan,
    spooling,
)
from soc_api.commands.packet import dissecting, keeping
from soc_api.jobs import command as jobs
from soc_api.measures import command as measures
from soc_api.terminal import complain, tell_log

_SIGNALLED = 128
"""Added to a signal's number, as shells do."""
EXIT_CODES: dict[type[Fault], int] = {Malformed: 2, Misconfigured: 2, Conflict: 2, Unavailable: 3}
STOPPED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Citywatch (城市网络与数据安全态势感知): from a capture to a department's notice.",
)
app.add_typer(running.app, name="run")
app.command("replay")(replaying.replay_command)
app.command("flows")(replaying.flows_command)
app.command("packets")(keeping.packets_command)
app.command("dissect")(dissecting.dissect_command)
app.add_typer(logs.app, name="logs")
app.add_typer(planning.app, name="plan")
app.add_typer(drilling.app, name="drill")
app.command("config")(inspection.config_command)
app.add_typer(inspection.store_app, name="store")
inspection.store_app.command("drop-before")(expiring.drop_command)
inspection.store_app.command("retain")(expiring.retain_command)
app.add_typer(spooling.app, name="spool")
app.add_typer(accounting.app, name="account")
app.add_typer(auditing.app, name="audit")
app.add_typer(incidents.app, name="incident")
app.add_typer(notices.app, name="notice")
app.add_typer(playbook.app, name="playbook")
app.add_typer(measures.app, name="measure")
app.add_typer(scan.app, name="scan")
app.add_typer(jobs.app, name="jobs")
app.add_typer(outgoing.app, name="outbox")
app.add_typer(departments.app, name="department")


def main() -> None:
    """Run the command line; a fault becomes one sentence and an exit code."""
    tell_log()
    signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except Fault as fault:
        complain(" ".join(str(fault).split()))
        sys.exit(next(code for kind, code in EXIT_CODES.items() if isinstance(fault, kind)))
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(STOPPED)


def _end(number: int, _frame: object) -> NoReturn:
    """End as for Ctrl-C, so that no half-written file is left behind."""
    sys.exit(_SIGNALLED + number)
