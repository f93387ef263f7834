"""`citywatch drill`: the scenarios, and one of them as a drill."""

import json
from typing import Annotated

import typer

from soc_api.commands.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    StoreOption,
    settings_of,
)
from soc_api.terminal import progress, say

app = typer.Typer(no_args_is_help=True, help="Drills: scenarios replayed under their own id.")

MARKS = {
    "found": "found     ",
    "missed": "MISSED    ",
    "late": "LATE      ",
    "unexpected": "UNEXPECTED",
}


@app.command("list")
def list_command(*, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the scenarios with what each should lead to.

    Example: citywatch drill list
    """
    from soc_api.drills.scenario import list_scenarios

    scenarios = list_scenarios(settings_of(config).city.scenarios)
    if as_json:
        rows = [
            {
                "scenario": scenario.id,
                "name": scenario.name.model_dump(),
                "description": scenario.description.model_dump(),
                "packets": scenario.packets,
                "expected": scenario.expectation.model_dump(mode="json"),
            }
            for scenario in scenarios
        ]
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for scenario in scenarios:
        expected = scenario.expectation
        level = f"level {expected.level}" if expected.level else "no incident"
        say(
            f"{scenario.id:<14} {scenario.packets:>8,} packets  {level}, "
            f"{len(expected.alerts)} alerts"
        )
        say(f"{'':<14} {scenario.description.en}")


@app.command("run")
def run_command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="See citywatch drill list.")],
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a scenario as a drill and say what was found, missed or late.

    Example: citywatch drill run intrusion
    """
    from soc_api.drills.drill import run_drill
    from soc_api.drills.scenario import read_scenario
    from soc_api.summary import lines
    from soc_api.wiring import open_city

    settings = settings_of(config, store, data)
    chosen = read_scenario(settings.city.scenarios, scenario)
    with open_city(settings) as city, progress(quiet=as_json) as report:
        result = run_drill(city, chosen, report)
    if as_json:
        say(json.dumps(result, ensure_ascii=False, indent=2))
        return
    say(f"Drill     演练 {result['drill']} ({chosen.id})")
    for line in lines(result):
        say(line)
    findings = result["findings"]
    for finding in findings if isinstance(findings, list) else []:
        say(
            f"{MARKS[finding['verdict']]} {finding['what']:<7} {finding['expected']}"
            + (f"  (seen {finding['seen']})" if finding["seen"] else "")
        )
