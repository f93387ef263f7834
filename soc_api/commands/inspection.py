"""`citywatch config` and `citywatch store`: what holds, and is the store in order."""

import json
from dataclasses import asdict

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    StoreOption,
    overrides_of,
    settings_of,
)
from soc_api.terminal import complain, say

store_app = typer.Typer(no_args_is_help=True, help="The event store: check it, set it up.")

NOT_AVAILABLE = 3


def config_command(
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every setting with its value and where it came from; no secrets.

    Example: citywatch config --json
    """
    from situation.settings import SECTIONS, origins

    settings = settings_of(config, store, data)
    came_from = origins(config, overrides_of(store, data))
    rows = []
    for section in SECTIONS:
        values = getattr(settings, section)
        for key, field in type(values).model_fields.items():
            name = f"{section}.{key}"
            rows.append(
                {
                    "setting": name,
                    "value": str(getattr(values, key)),
                    "from": came_from.get(name, "default"),
                    "meaning": field.description,
                }
            )
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['setting']:<26} {row['value']:<48} {row['from']}")


@store_app.command("check")
def check_command(
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether the event store is reachable, mapped and writable; exit 3 if it is not.

    Example: citywatch store check --store http://127.0.0.1:9200
    """
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    events = open_events(settings)
    try:
        health = events.health()
    finally:
        events.close()
    if as_json:
        say(json.dumps({"store": settings.events_url, **asdict(health)}, ensure_ascii=False))
    else:
        say(f"{settings.events_url}: {health.detail}")
        for name in ("reachable", "mapped", "writable"):
            say(f"  {name:<10} {'yes' if getattr(health, name) else 'no'}")
    if not (health.reachable and health.mapped and health.writable):
        raise typer.Exit(NOT_AVAILABLE)


@store_app.command("setup")
def setup_command(
    *, config: ConfigOption = None, store: StoreOption = None, data: DataOption = None
) -> None:
    """Create or update the templates and folders of the event store; harmless to repeat.

    Example: citywatch store setup --store http://127.0.0.1:9200
    """
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    events = open_events(settings)
    try:
        events.setup()
    finally:
        events.close()
    complain(f"{settings.events_url} is set up")
