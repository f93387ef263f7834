"""Options that several commands share, and the settings that they make."""

import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from situation.settings import Overrides, Settings

ConfigOption = Annotated[
    pathlib.Path | None,
    typer.Option("--config", help="Settings file; else citywatch.toml of the project."),
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="Elasticsearch, for example http://127.0.0.1:9200."),
]
DataOption = Annotated[
    pathlib.Path | None, typer.Option("--data", help="Folder of the embedded stores.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
FilesArgument = Annotated[
    list[pathlib.Path],
    typer.Argument(
        help="Captures (pcap, pcapng, ERF; plain, gzip, bzip2, xz, zstd), and folders of them.",
        metavar="FILE...",
    ),
]


def settings_of(
    config: pathlib.Path | None,
    store: str | None = None,
    data: pathlib.Path | None = None,
    port: int | None = None,
) -> "Settings":
    """Read the settings with what the command line says above them."""
    from situation.settings import read_settings

    return read_settings(config, overrides_of(store, data, port))


def overrides_of(
    store: str | None = None, data: pathlib.Path | None = None, port: int | None = None
) -> "Overrides":
    """Return what the command line says as a layer of settings."""
    given: dict[str, dict[str, object]] = {"store": {}, "console": {}}
    if store is not None:
        given["store"]["events"] = store
    if data is not None:
        given["store"]["folder"] = data.resolve()
    if port is not None:
        given["console"]["port"] = port
    return {section: values for section, values in given.items() if values}
