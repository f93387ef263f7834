"""`citywatch plan`: the emergency plan from the command line."""

import json
import pathlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed, Misconfigured
from soc_api.commands.json_file import read_facts
from soc_api.commands.options import ConfigOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from playbooks.grading import Grade
    from playbooks.plan.difference import Difference
    from playbooks.plan.document import Plan
    from playbooks.plan.row import Sourced

app = typer.Typer(
    no_args_is_help=True, help="The emergency plan: grade facts, show, check and compare its rows."
)

FAULTY = 2
"""Exit code of a check that found faults."""

_CITED = {"instrument", "clause", "source", "mark", "verified"}
"""What a row says of its source; it stands in the first line of the row."""

FolderArgument = Annotated[
    pathlib.Path, typer.Argument(metavar="FOLDER", help="Folder with the TOML files of a plan.")
]


@app.command("grade")
def grade_command(
    facts_file: Annotated[
        pathlib.Path, typer.Argument(metavar="FACTS.json", help="Facts of an incident as JSON.")
    ],
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grade the facts of an incident after every instrument that applies.

    Example: citywatch plan grade facts.json --json
    """
    from playbooks.grading import grade, grade_document
    from situation.clock import SystemClock

    found = grade(_plan_in_use(config), read_facts(facts_file), SystemClock().now())
    if as_json:
        say(json.dumps(grade_document(found), ensure_ascii=False, indent=2))
        return
    for line in _lines(found):
        say(line)


@app.command("show")
def show_command(
    table: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="Table to show; without one all are counted."),
    ] = None,
    *,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Only rows that were not read in the text.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the rules of the plan in use, each with clause, source and whether it was verified.

    Example: citywatch plan show clocks --unverified
    """
    plan = _plan_in_use(config)
    tables: dict[str, list[Sourced]] = {}
    for kind, row in plan.sourced():
        if not (unverified and row.verified):
            tables.setdefault(kind, []).append(row)
    if table is not None:
        tables = {table: _rows_of(plan, table, tables)}
    if as_json:
        say(json.dumps(_documents(plan, tables), ensure_ascii=False, indent=2))
        return
    for line in _counts(tables) if table is None else _rules(plan, tables[table]):
        say(line)


@app.command("check")
def check_command(
    folder: Annotated[
        pathlib.Path | None,
        typer.Argument(metavar="[FOLDER]", help="Folder of a plan; else the plan in use."),
    ] = None,
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a plan and tell every fault with file, row and key; exit code 2 if there is one.

    Example: citywatch plan check our-plan
    """
    from playbooks.plan.document import examine

    checked = folder or _folder_in_use(config)
    if not checked.is_dir():
        raise Misconfigured("is no folder", where=str(checked))
    plan, faults = examine(checked)
    rows = [row for _, row in plan.sourced()] if plan else []
    open_rows = sum(not row.verified for row in rows)
    digest = plan.digest if plan else None
    if as_json:
        found = {"faults": faults, "rows": len(rows), "unverified": open_rows, "digest": digest}
        say(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        say("\n".join(faults) or f"ok: {len(rows):,} rows, {open_rows:,} unverified")
    if faults:
        raise typer.Exit(FAULTY)


@app.command("diff")
def diff_command(
    folder: FolderArgument, *, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Tell what another plan has otherwise than the plan in use, row by row.

    Example: citywatch plan diff our-plan --json
    """
    from playbooks.plan.difference import differences
    from playbooks.plan.document import load_plan

    found = differences(_plan_in_use(config), load_plan(folder))
    if as_json:
        say(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        say("\n".join(_difference(each)))
    say(f"rows that differ: {len(found):,}" if found else "no difference")


def _folder_in_use(config: pathlib.Path | None) -> pathlib.Path:
    from playbooks.plan.document import FOLDER

    return settings_of(config).city.plan or FOLDER


def _plan_in_use(config: pathlib.Path | None) -> "Plan":
    from playbooks.plan.document import load_plan

    return load_plan(_folder_in_use(config))


def _rows_of(plan: "Plan", table: str, tables: dict[str, list["Sourced"]]) -> list["Sourced"]:
    known = list(dict.fromkeys(kind for kind, _ in plan.sourced()))
    if table not in known:
        raise Malformed(f"is none of {', '.join(known)}", where=table)
    return tables.get(table, [])


def _documents(plan: "Plan", tables: dict[str, list["Sourced"]]) -> dict[str, list[object]]:
    return {kind: [_document(plan, row) for row in rows] for kind, rows in tables.items()}


def _document(plan: "Plan", row: "Sourced") -> dict[str, object]:
    source = plan.source_of(row)
    read_on = source.read_on if source else None
    return {"name": row.name, **row.model_dump(mode="json"), "read_on": read_on}


def _counts(tables: dict[str, list["Sourced"]]) -> Iterator[str]:
    for kind, rows in tables.items():
        open_rows = sum(not row.verified for row in rows)
        yield f"{kind:18} {len(rows):>5,} rows  {open_rows:>5,} unverified"


def _rules(plan: "Plan", rows: list["Sourced"]) -> Iterator[str]:
    for row in rows:
        source = plan.source_of(row)
        said = f"read {source.read_on}" if source and row.verified else "UNVERIFIED"
        cited = row.instrument or "-"
        yield f"{row.name}  [{cited} {row.clause}; {row.source}, {row.mark}, {said}]"
        yield f"    {_contents(row)}"


def _contents(row: "Sourced") -> str:
    said = row.model_dump(mode="json", exclude=_CITED, exclude_none=True)
    return ", ".join(f"{key}={_plain(value)}" for key, value in said.items() if value != "")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_plain(each) for each in value)}]"
    if isinstance(value, dict):
        said = {key: each for key, each in value.items() if key not in _CITED and each is not None}
        return " ".join(f"{key}:{_plain(each)}" for key, each in said.items())
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _difference(each: "Difference") -> Iterator[str]:
    sign = {"added": "+", "removed": "-", "changed": "~"}[each.kind]
    yield f"{sign} {each.table} {each.name}"
    for key, (before, after) in each.fields.items():
        yield f"    {key}: {_plain(before)} -> {_plain(after)}"


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
