"""`citywatch run`: the default scenario once, then detectors and console until stopped."""

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    StoreOption,
    settings_of,
)
from soc_api.terminal import complain, progress, say

if TYPE_CHECKING:
    from soc_api.wiring import City


def run_command(
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
    as_json: JsonOption = False,
) -> None:
    """Replay the default scenario unless it is there, then watch and serve the console.

    The first start prints a login; its password is shown this once. Stop with Ctrl-C.

    Example: citywatch run --store http://127.0.0.1:9200 --port 8420
    """
    from soc_api.wiring import open_city

    settings = settings_of(config, store, data, port)
    with open_city(settings) as city:
        _replay_default(city, as_json=as_json)
        if serve:
            from soc_api.serving import serve_console

            serve_console(city)


def _replay_default(city: "City", *, as_json: bool) -> None:
    from soc_api.replay import replay
    from soc_api.scenario import read_scenario
    from soc_api.summary import lines, summary

    began = time.perf_counter()
    scenario = read_scenario(city.settings.city.scenarios, city.settings.city.default_scenario)
    with progress(quiet=as_json) as report:
        replayed = replay(city, [scenario.capture], progress=report)
    if replayed.kept:
        when = f"{replayed.capture.replayed_at:%Y-%m-%d %H:%M} UTC"
        complain(f"kept what was replayed on {when} in {_place(city)}")
    found = summary(city.state, replayed.capture, time.perf_counter() - began)
    if as_json:
        say(json.dumps({**found, "kept": replayed.kept}, ensure_ascii=False, indent=2))
        return
    for line in lines(found):
        say(line)


def _place(city: "City") -> str:
    return city.settings.store.events or str(city.settings.store.folder)
