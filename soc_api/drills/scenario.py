"""The drill scenarios of `pcaps/`: capture and logs, what was injected, what should be found."""

import datetime as dt
import json
import pathlib
import tomllib
import zoneinfo
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, IPvAnyAddress, TypeAdapter, ValidationError

from situation.faults import Malformed, Misconfigured


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExpectedAlert(_Row):
    """An alert that should stand on the desk; late if its evidence ends after `by`."""

    detector: str
    category: str
    subject: str
    by: dt.datetime


class Expectation(_Row):
    """What a drill should find: alerts, the incident's level, the notified department."""

    alerts: tuple[ExpectedAlert, ...]
    level: int | None
    department: str | None


class Texts(_Row):
    """A text in both languages."""

    zh: str
    en: str


class _Log(_Row):
    file: str
    kind: str
    zone: zoneinfo.ZoneInfo
    host: IPvAnyAddress


class _Description(_Row):
    id: str
    start: dt.datetime
    packets: int
    sha256: str
    capture: str
    assets: str
    logs: tuple[_Log, ...] = ()
    name: Texts
    description: Texts


@dataclass(frozen=True, slots=True)
class HostLog:
    """A log that a host wrote while the capture was made.

    `kind` is one of `citywatch logs kinds`; `zone` that of times without one, `year` that of
    times without a year; `host` the address of the host.
    """

    path: pathlib.Path
    kind: str
    zone: zoneinfo.ZoneInfo
    year: int
    host: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, read and checked."""

    id: str
    name: Texts
    description: Texts
    packets: int
    sha256: str
    capture: pathlib.Path
    expectation: Expectation
    logs: tuple[HostLog, ...] = ()


def list_scenarios(folder: pathlib.Path) -> list[Scenario]:
    """Return all scenarios of a folder by their id."""
    names = sorted(path.parent.name for path in folder.glob("*/scenario.toml"))
    return [read_scenario(folder, name) for name in names]


def read_scenario(folder: pathlib.Path, name: str) -> Scenario:
    """Read one scenario; raise `Malformed` where there is none, `Misconfigured` if it is faulty."""
    place = folder / name
    if not (place / "scenario.toml").is_file():
        known = ", ".join(sorted(path.parent.name for path in folder.glob("*/scenario.toml")))
        raise Malformed(f"no such scenario; there are: {known or 'none'}", where=name)
    try:
        description = _Description.model_validate(
            tomllib.loads((place / "scenario.toml").read_text(encoding="utf-8"))
        )
        expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))
        expectation = TypeAdapter(Expectation).validate_python(expected)
    except (OSError, ValueError, ValidationError) as error:
        raise Misconfigured(str(error), where=str(place)) from error
    return Scenario(
        id=description.id,
        name=description.name,
        description=description.description,
        packets=description.packets,
        sha256=description.sha256,
        capture=place / description.capture,
        expectation=expectation,
        logs=tuple(_host_log(place, description, log) for log in description.logs),
    )


def _host_log(place: pathlib.Path, description: _Description, log: _Log) -> HostLog:
    path = place / log.file
    if not path.is_file():
        raise Misconfigured("the log is missing", where=str(path))
    return HostLog(path, log.kind, log.zone, description.start.year, str(log.host))
