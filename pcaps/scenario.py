"""What every recipe does with its tape: capture, ground truth and description in a folder."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pcaps.traffic import Dice, Tape

CITY_ZONE = dt.timezone(dt.timedelta(hours=8))
START = dt.datetime(2026, 3, 3, 8, tzinfo=CITY_ZONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One thing that was put into the traffic, and who should see it.

    `start` and `end` are seconds from the beginning; `category` is that of the expected alert
    and `detector` its detector; both empty where nothing should be said.
    """

    what: str
    start: float
    end: float
    source: str
    destination: str
    host: str
    detector: str
    category: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A recipe with its texts."""

    id: str
    seed: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    draw: Callable[[Tape, Dice], list[Injection]]
    """Puts everything onto the tape and tells what was injected."""
    nanoseconds: bool = False


def cook(scenario: Scenario, folder: pathlib.Path) -> None:
    """Write `capture.pcap`, `truth.jsonl` and `scenario.toml` of a scenario into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tape = Tape(START)
    injections = scenario.draw(tape, Dice(scenario.seed))
    capture = folder / "capture.pcap"
    packets = tape.write(capture, nanoseconds=scenario.nanoseconds)
    lines = [json.dumps(_truth(one), ensure_ascii=False) for one in injections]
    (folder / "truth.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    digest = hashlib.sha256(capture.read_bytes()).hexdigest()
    (folder / "scenario.toml").write_text(_description(scenario, packets, digest), encoding="utf-8")


def _truth(injection: Injection) -> dict[str, object]:
    row: dict[str, object] = asdict(injection)
    for end in ("start", "end"):
        row[end] = (START + dt.timedelta(seconds=row[end])).isoformat()  # type: ignore[arg-type]
    return row


def _description(scenario: Scenario, packets: int, digest: str) -> str:
    return f"""\
id = "{scenario.id}"
start = {START.isoformat()}
packets = {packets}
sha256 = "{digest}"
capture = "capture.pcap"
assets = "../city.csv"

[name]
zh = "{scenario.name_zh}"
en = "{scenario.name_en}"

[description]
zh = "{scenario.description_zh}"
en = "{scenario.description_en}"
"""
