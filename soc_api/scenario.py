"""The drill scenarios of `pcaps/`: capture, what was injected, what should be found."""

import datetime as dt
import json
import pathlib
import tomllib
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

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


class _Description(_Row):
    id: str
    start: dt.datetime
    packets: int
    sha256: str
    capture: str
    assets: str
    name: Texts
    description: Texts


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
    )
