"""What every recipe does with its tape: capture, ground truth and description in a folder."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pcaps.log import LogFile
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
    logs: Callable[[Tape, Dice], list[LogFile]] = lambda _tape, _dice: []
    """Makes the logs that hosts wrote of what is on the tape."""


def cook(scenario: Scenario, folder: pathlib.Path) -> None:
    """Write `capture.pcap`, `truth.jsonl`, `scenario.toml` and the logs into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tape = Tape(START)
    injections = scenario.draw(tape, Dice(scenario.seed))
    capture = folder / "capture.pcap"
    packets = tape.write(capture, nanoseconds=scenario.nanoseconds)
    lines = [json.dumps(_truth(one), ensure_ascii=False) for one in injections]
    (folder / "truth.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    digest = hashlib.sha256(capture.read_bytes()).hexdigest()
    logs = scenario.logs(tape, Dice(scenario.seed).split("logs"))
    for log in logs:
        (folder / log.file).write_bytes(log.content(START))
    text = _description(scenario, packets, digest, logs)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")


def _truth(injection: Injection) -> dict[str, object]:
    row: dict[str, object] = asdict(injection)
    for end in ("start", "end"):
        row[end] = (START + dt.timedelta(seconds=row[end])).isoformat()  # type: ignore[arg-type]
    return row


def _description(scenario: Scenario, packets: int, digest: str, logs: list[LogFile]) -> str:
    rows = "".join(f"\n  {_log_row(log)}," for log in logs)
    told = f"logs = [{rows}\n]\n" if logs else ""
    return f"""\
id = "{scenario.id}"
start = {START.isoformat()}
packets = {packets}
sha256 = "{digest}"
capture = "capture.pcap"
assets = "../city.csv"
{told}
[name]
zh = "{scenario.name_zh}"
en = "{scenario.name_en}"

[description]
zh = "{scenario.description_zh}"
en = "{scenario.description_en}"
"""


def _log_row(log: LogFile) -> str:
    return (
        f'{{ file = "{log.file}", kind = "{log.kind}", zone = "{log.zone}", '
        f'host = "{log.host.ip}" }}'
    )
