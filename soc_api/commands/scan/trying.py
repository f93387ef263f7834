"""`citywatch scan rules|try`: what the scan knows, and what it says of a text."""

import json
import sys
from typing import Annotated

import typer

from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

app = typer.Typer()


@app.command("rules")
def rules_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List the kinds of data that are recognised, the city's own patterns, and the violations.

    Example: citywatch scan rules --json
    """
    from situation.clock import SystemClock
    from soc_api.scan.telling.listing import rules_document, rules_lines
    from soc_api.scan.tools import open_tools

    ruleset = open_tools(settings_of(config, data=data).scan, b"", SystemClock(), pure=True).ruleset
    if as_json:
        say(json.dumps(rules_document(ruleset), ensure_ascii=False, indent=2))
        return
    for line in rules_lines(ruleset):
        say(line)


@app.command("try")
def try_command(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Text to be judged; - reads standard input.")
    ],
    *,
    name: Annotated[str, typer.Option("--name", help="Name of the file that it would be.")] = "",
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a scan would say of a text. It is kept nowhere.

    Example: citywatch scan try "身份证号 440301199003070019"
    """
    from situation.clock import SystemClock
    from soc_api.scan.telling.line import lines_of
    from soc_api.scan.telling.sentence import sentences_of
    from soc_api.scan.tools import open_tools
    from soc_api.scan.trying import try_text

    given = sys.stdin.read() if text == "-" else text
    tools = open_tools(settings_of(config, data=data).scan, b"", SystemClock(), pure=True)
    verdict = try_text(tools.ruleset, given, name=name)
    if as_json:
        for one in lines_of(name or "text", verdict, ()):
            say(json.dumps(one, ensure_ascii=False))
        return
    lines = list(sentences_of(name or "text", verdict, ()))
    for line in lines or ["Nothing that is known was found."]:
        say(line)
