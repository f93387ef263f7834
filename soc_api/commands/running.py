"""`citywatch run`: everything on one machine, or one role of a city: `run sensor`."""

import json
import pathlib
import time
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    StoreOption,
    overrides_of,
    settings_of,
)
from soc_api.terminal import complain, progress, say

if TYPE_CHECKING:
    from soc_api.wiring import City

app = typer.Typer(invoke_without_command=True)


@app.callback()
def run_command(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port of the console.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the console after the summary.")
    ] = True,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make a demo department and scan it for data.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Replay the default scenario unless it is there, then watch and serve the console.

    The inputs of the settings are read beside it. The first start prints a login; its password
    is shown this once. Stop with Ctrl-C.

    Example: citywatch run --store http://127.0.0.1:9200 --port 8420
    """
    if context.invoked_subcommand is not None:
        return
    from playbooks.directory import departments_from_assets
    from soc_api.house import install_playbooks
    from soc_api.wiring import open_city

    settings = settings_of(config, store, data, port)
    if demo:
        from soc_api.scan.demonstration import with_department

        settings = with_department(settings)
    with open_city(settings) as city:
        install_playbooks(city)
        with city.state.transaction() as session:
            departments_from_assets(session, city.assets, city.clock.now())
        _replay_default(city, as_json=as_json)
        if demo:
            _scan_department(city, quiet=as_json)
        if serve:
            from soc_api.serving import serve_console

            serve_console(city)


def _replay_default(city: "City", *, as_json: bool) -> None:
    from soc_api.drills.scenario import read_scenario
    from soc_api.replay import replay
    from soc_api.summary import lines, summary

    began = time.perf_counter()
    scenario = read_scenario(city.settings.city.scenarios, city.settings.city.default_scenario)
    with progress(quiet=as_json) as report:
        replayed = replay(city, [scenario.capture], logs=scenario.logs, progress=report)
    if replayed.kept:
        when = f"{replayed.capture.replayed_at:%Y-%m-%d %H:%M} UTC"
        complain(f"kept what was replayed on {when} in {_place(city)}")
    found = summary(city.state, replayed.capture, time.perf_counter() - began)
    if as_json:
        say(json.dumps({**found, "kept": replayed.kept}, ensure_ascii=False, indent=2))
        return
    for line in lines(found):
        say(line)


def _scan_department(city: "City", *, quiet: bool) -> None:
    from soc_api.scan.demonstration import scan_department
    from soc_api.scan.telling.sentence import summary_of
    from soc_api.sensing.stopping import stop_at_signals

    with stop_at_signals() as stop, progress(quiet=quiet) as report:
        tally = scan_department(city, stop, report)
    if not quiet:
        say()
        for line in summary_of(tally):
            say(line)


def _place(city: "City") -> str:
    return city.settings.store.events or str(city.settings.store.folder)


@app.command("sensor")
def sensor_command(
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    interface: Annotated[
        str, typer.Option("--interface", help="Capture this interface, beside the settings.")
    ] = "",
    packet_filter: Annotated[
        str, typer.Option("--filter", help="Filter of the packets, as pcap-filter(7) has it.")
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that share the packets.")
    ] = 1,
    watch: Annotated[
        pathlib.Path | None,
        typer.Option("--watch", help="Meter what is put into this folder, beside the settings."),
    ] = None,
) -> None:
    """Read the inputs of the settings, [inputs.NAME], and deliver them until stopped.

    Captures that are put into a watched folder are metered once each, at their own time, when
    nobody writes them any more.
    An interface needs no settings, and of rights the capability CAP_NET_RAW alone. The store may
    be away: what was accepted waits in the spool and goes on by itself. Stop with Ctrl-C; whatever
    was taken is durable then.

    Example: citywatch run sensor --interface eth0 --filter "not port 22"
    """
    from sensors.wire.worker_process import WorkerProcess

    # What follows takes longer to load than a worker, which may load meanwhile.
    idle = [WorkerProcess() for _ in range(workers if interface else 0)]

    from situation.faults import Misconfigured
    from situation.settings import read_settings
    from soc_api.sensing.beginning import begin_captures
    from soc_api.sensing.line import CAPTURES, PACKET, LiveLine
    from soc_api.sensing.stopping import stop_at_signals
    from soc_api.terminal import live

    if packet_filter and not interface:
        raise Misconfigured("what it filters is named by --interface", where="--filter")
    given = dict(overrides_of(store, data))
    inputs: dict[str, dict[str, object]] = {}
    if interface:
        captured = {"interface": interface, "filter": packet_filter, "workers": workers}
        inputs[interface] = {"type": PACKET, **captured}
    if watch:
        inputs["watch"] = {"type": CAPTURES, "paths": (str(watch.resolve()),)}
    if inputs:
        given["inputs"] = inputs
    settings = read_settings(config, given)
    captures = begin_captures(settings, idle)
    complain(f"sensor {settings.sensor.observer} starts; stop with Ctrl-C")
    with stop_at_signals() as stop, live() as show:
        from soc_api.sensing.process import run_sensor

        line = LiveLine()
        run_sensor(settings, stop, lambda status: show(line.of(status)), captures=captures)
    complain("stopped; what was accepted is durable")
