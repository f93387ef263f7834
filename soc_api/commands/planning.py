"""`citywatch plan`: the emergency plan from the command line."""

import json
import pathlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from soc_api.commands.options import JsonOption
from soc_api.terminal import say

if TYPE_CHECKING:
    from playbooks.grading import Grade

app = typer.Typer(no_args_is_help=True, help="The emergency plan: grade facts.")


@app.command("grade")
def grade_command(
    facts_file: Annotated[
        pathlib.Path, typer.Argument(metavar="FACTS.json", help="Facts of an incident as JSON.")
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Grade the facts of an incident after every instrument that applies.

    Example: citywatch plan grade facts.json --json
    """
    from playbooks.facts import parse_facts
    from playbooks.grading import grade, grade_document
    from playbooks.plan.document import load_plan
    from situation.clock import SystemClock

    try:
        facts = parse_facts(_read_json(facts_file))
    except Malformed as fault:
        raise Malformed(str(fault), where=str(facts_file)) from fault
    found = grade(load_plan(), facts, SystemClock().now())
    if as_json:
        say(json.dumps(grade_document(found), ensure_ascii=False, indent=2))
        return
    for line in _lines(found):
        say(line)


def _read_json(path: pathlib.Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"no JSON: {error.msg}", where=where) from error
    except (OSError, ValueError, RecursionError) as error:
        raise Malformed(f"cannot be read: {error}") from error


def _lines(found: "Grade") -> Iterator[str]:
    from soc_api.summary import LEVELS, because

    numeral, zh, en = LEVELS[found.level]
    yield f"Level     {numeral} {zh} ({en})"
    for reason in found.reasons:
        yield f"Because   {because(asdict(reason))}"
    for clock in found.clocks:
        due = f", due {clock.due_at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if clock.due_at else ""
        yield (
            f"Clock     {clock.id}: {clock.addressee_en} within {clock.limit_minutes:,} minutes "
            f"of {clock.start}{due}"
        )
    for flag in found.flags:
        yield f"Flag      {flag.code}: {flag.en}"
