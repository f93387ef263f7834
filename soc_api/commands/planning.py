"""`citywatch plan`: the emergency plan from the command line."""

import json
import pathlib
from typing import Annotated

import typer

from soc_api.commands.options import JsonOption
from soc_api.terminal import say

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
    from playbooks.plan import load_plan
    from situation.clock import SystemClock

    facts = parse_facts(_read_json(facts_file))
    found = grade_document(grade(load_plan(), facts, SystemClock().now()))
    if as_json:
        say(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in _lines(found):
        say(line)


def _read_json(path: pathlib.Path) -> object:
    from situation.faults import Malformed

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"{path}, line {error.lineno}, column {error.colno}"
        raise Malformed(f"no JSON: {error.msg}", where=where) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read: {error}", where=str(path)) from error


def _lines(found: dict[str, object]) -> list[str]:
    raise NotImplementedError(found)
