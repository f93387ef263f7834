"""`citywatch config` and `citywatch store`: what holds, and is the store in order."""

import json
import os
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
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
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from pydantic import BaseModel

store_app = typer.Typer(no_args_is_help=True, help="The event store: check it, set it up.")

NOT_AVAILABLE = 3

PasswordOption = Annotated[
    pathlib.Path | None,
    typer.Option("--password-file", help="File with the user's password; else it is asked."),
]


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
    from situation.settings import NAMED_SECTIONS, SECTIONS, origins

    settings = settings_of(config, store, data)
    came_from = origins(config, overrides_of(store, data))
    rows = [
        row for section in SECTIONS for row in _rows(section, getattr(settings, section), came_from)
    ]
    named = [
        (f"{section}.{name}", one)
        for section in NAMED_SECTIONS
        for name, one in getattr(settings, section).items()
    ]
    for where, one in named:
        given = {f"{where}.{key}": came_from.get(where, "default") for key in one.model_fields_set}
        rows += _rows(where, one, given)
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['setting']:<26} {row['value']:<48} {row['from']}")


def _rows(
    section: str, values: "BaseModel", came_from: Mapping[str, str]
) -> Iterator[dict[str, str | None]]:
    from situation.settings import without_password

    for key, field in type(values).model_fields.items():
        name = f"{section}.{key}"
        yield {
            "setting": name,
            "value": without_password(str(getattr(values, key))),
            "from": came_from.get(name, "default"),
            "meaning": field.description,
        }


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
    from situation.settings import without_password
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    url = without_password(settings.events_url)
    events = open_events(settings)
    try:
        health = events.health()
    finally:
        events.close()
    if as_json:
        say(json.dumps({"store": url, **asdict(health)}, ensure_ascii=False))
    else:
        say(f"{url}: {health.detail}")
        for name in ("reachable", "mapped", "writable"):
            say(f"  {name:<10} {'yes' if getattr(health, name) else 'no'}")
    if not (health.reachable and health.mapped and health.writable):
        raise typer.Exit(NOT_AVAILABLE)


@store_app.command("setup")
def setup_command(
    *,
    user: Annotated[
        str, typer.Option("--user", help="Who sets it up, instead of the key of the settings.")
    ] = "",
    password_file: PasswordOption = None,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
) -> None:
    """Create or update the templates and folders of the event store; harmless to repeat.

    Example: citywatch store setup --store http://127.0.0.1:9200 --user elastic
    """
    from situation.settings import without_password
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    password = _password(user, password_file) if user else ""
    events = open_events(settings, username=user, password=password)
    try:
        events.setup()
    finally:
        events.close()
    complain(f"{without_password(settings.events_url)} is set up")


@store_app.command("key")
def key_command(
    role: Annotated[str, typer.Argument(help="sensor, reader or desk.", metavar="ROLE")],
    *,
    user: Annotated[
        str, typer.Option("--user", help="Who makes it: a user of Elasticsearch, not a key.")
    ],
    password_file: PasswordOption = None,
    name: Annotated[
        str, typer.Option("--name", help="Name of the key in Elasticsearch; else citywatch-ROLE.")
    ] = "",
    out: Annotated[
        pathlib.Path | None,
        typer.Option("--out", help="New file for the key, readable by its owner alone."),
    ] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
) -> None:
    """Make an Elasticsearch API key that may do what ROLE needs and no more.

    Example: citywatch store key sensor --user elastic --out sensor.key
    """
    from situation.events.elastic.store import ElasticStore
    from situation.faults import Misconfigured
    from soc_api.wiring import open_events

    settings = settings_of(config, store, data)
    if out is not None and out.exists():
        raise Misconfigured("is there already; a key overwrites nothing", where=str(out))
    if out is not None and not os.access(out.parent, os.W_OK):
        # Told before a key is made that nobody would get to know.
        raise Misconfigured("cannot be written: no folder that we may write to", where=str(out))
    events = open_events(settings, username=user, password=_password(user, password_file))
    try:
        if not isinstance(events, ElasticStore):
            raise Misconfigured("only Elasticsearch has keys", where=settings.events_url)
        key = events.make_key(role, name or f"citywatch-{role}")
    finally:
        events.close()
    if out is None:
        say(key)
        return
    _keep_secret(key, out)
    complain(f"the key is in {out}; name the file in store.api_key_file")


def _password(user: str, file: pathlib.Path | None) -> str:
    from situation.faults import Misconfigured

    if file is None:
        return str(typer.prompt(f"Password of {user}", hide_input=True, err=True))
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"cannot be read: {error}", where=str(file)) from error


def _keep_secret(text: str, path: pathlib.Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
