"""Settings: one TOML file, read once; environment above it; unknown keys refused.

A value comes from the default, the file, the environment (`CITYWATCH_STORE__EVENTS`) or the
command line, later ones above earlier ones. Secrets come by environment or from a file that
a setting names, never from the settings file itself.
"""

import pathlib
import tomllib
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from situation.faults import Misconfigured

PROJECT = pathlib.Path(__file__).parent.parent
FILE_NAME = "citywatch.toml"
ENVIRONMENT_PREFIX = "CITYWATCH_"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """Where events and state are kept."""

    folder: Annotated[
        pathlib.Path, Field(description="Folder of the embedded stores and of what is kept.")
    ] = PROJECT / "data"
    events: Annotated[
        str, Field(description="URL of Elasticsearch; empty for Parquet files in the folder.")
    ] = ""
    state: Annotated[
        str, Field(description="Database URL, for example postgresql+psycopg://; empty for SQLite.")
    ] = ""
    index_prefix: Annotated[
        str, Field(description="First word of the index names.", pattern=r"^[a-z][a-z0-9_]*$")
    ] = "citywatch"
    replicas: Annotated[int, Field(description="Replicas of each index.", ge=0, le=5)] = 0
    api_key: Annotated[
        SecretStr, Field(description="API key; by environment only, or see api_key_file.")
    ] = SecretStr("")
    api_key_file: Annotated[
        pathlib.Path | None, Field(description="File that holds the API key.")
    ] = None
    ca_certs: Annotated[
        pathlib.Path | None, Field(description="PEM file of the CA that signed the server.")
    ] = None


class CitySettings(_Section):
    """Who the city is and what it owns."""

    assets: Annotated[
        pathlib.Path, Field(description="Asset table, CSV or TOML: address range to department.")
    ] = PROJECT / "pcaps" / "city.csv"
    scenarios: Annotated[pathlib.Path, Field(description="Folder of the drill scenarios.")] = (
        PROJECT / "pcaps"
    )
    default_scenario: Annotated[str, Field(description="Scenario that the first run replays.")] = (
        "intrusion"
    )


class SensorSettings(_Section):
    """How the packet sensor meters."""

    observer: Annotated[str, Field(description="Name of the sensor.", min_length=1)] = "sensor-1"
    tcp_idle_seconds: Annotated[int, Field(description="Silence that ends a TCP flow.", gt=0)] = 300
    other_idle_seconds: Annotated[
        int, Field(description="Silence that ends any other flow.", gt=0)
    ] = 60
    active_seconds: Annotated[
        int, Field(description="Age at which an interim record is made.", gt=0)
    ] = 300


class ConsoleSettings(_Section):
    """Where the console listens."""

    port: Annotated[int, Field(description="Port on the loopback address.", ge=0, le=65535)] = 8420
    session_hours: Annotated[int, Field(description="Hours that a login lasts.", gt=0)] = 12
    https: Annotated[
        bool, Field(description="Whether a proxy serves it over TLS: Secure cookie and HSTS.")
    ] = False
    host_names: Annotated[
        tuple[str, ...], Field(description="Names beside the loopback ones that it is asked by.")
    ] = ()


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
    )

    store: StoreSettings = StoreSettings()
    city: CitySettings = CitySettings()
    sensor: SensorSettings = SensorSettings()
    console: ConsoleSettings = ConsoleSettings()

    @property
    def state_url(self) -> str:
        """Database URL that holds: the one given, or SQLite in the folder."""
        return self.store.state or f"sqlite:///{self.store.folder}/state.db"

    @property
    def events_url(self) -> str:
        """Event store URL that holds: the one given, or Parquet in the folder."""
        return self.store.events or f"file:{self.store.folder}/events"


SECTIONS = ("store", "city", "sensor", "console")

Overrides = Mapping[str, Mapping[str, object]]


def read_settings(path: pathlib.Path | None, overrides: Overrides | None = None) -> Settings:
    """Read the settings; raise `Misconfigured` with every fault at once.

    `path` None takes `citywatch.toml` of the project where it exists. `overrides` come from the
    command line: section to key to value.
    """
    merged: dict[str, dict[str, object]] = {}
    for _, layer in _layers(path, overrides or {}):
        for section, values in layer.items():
            merged.setdefault(section, {}).update(values)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise Misconfigured.listing(faults, where=str(path or "settings")) from error


def origins(path: pathlib.Path | None, overrides: Overrides | None = None) -> dict[str, str]:
    """Return where each value that is not a default came from, by `section.key`."""
    return {
        f"{section}.{key}": origin
        for origin, layer in _layers(path, overrides or {})
        for section, values in layer.items()
        for key in values
    }


def _layers(
    path: pathlib.Path | None, overrides: Overrides
) -> list[tuple[str, Mapping[str, Mapping[str, object]]]]:
    file = path or _default_file()
    layers: list[tuple[str, Mapping[str, Mapping[str, object]]]] = []
    if file is not None:
        layers.append((str(file), _read_file(file)))
    layers.append(("environment", EnvSettingsSource(Settings)()))
    layers.append(("command line", overrides))
    return layers


def _default_file() -> pathlib.Path | None:
    file = PROJECT / FILE_NAME
    return file if file.exists() else None


def _read_file(path: pathlib.Path) -> Mapping[str, Mapping[str, object]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"cannot be read: {error}", where=str(path)) from error
    faults = [
        f"{name} is no section" for name, value in content.items() if not isinstance(value, dict)
    ]
    if "api_key" in content.get("store", {}):
        faults.append("store.api_key: a secret comes by environment or by store.api_key_file")
    if faults:
        raise Misconfigured.listing(faults, where=str(path))
    return content
