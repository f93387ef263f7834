"""`citywatch playbook list|show|check|import|export|submit|review|retire`."""

import json
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.acting import AsOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from playbooks.cacao.playbook import Playbook
    from situation.state.columns import JsonObject
    from situation.state.tables import PlaybookVersion

app = typer.Typer(
    no_args_is_help=True,
    help="Playbooks (剧本): list, check, rehearse, run, approve and take back.",
)

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Short name, see the list.")]
VersionArgument = Annotated[
    int, typer.Argument(metavar="VERSION", help="Id of the version, see `playbook show`.")
]
FileArgument = Annotated[
    pathlib.Path, typer.Argument(metavar="FILE", help="YAML form, or CACAO 2.0 as .json.")
]


@app.command("list")
def list_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List the playbooks with their newest versions and what starts them.

    Example: citywatch playbook list --json
    """
    import sqlalchemy as sa

    from situation.state.tables import PlaybookVersion
    from soc_api.house import open_house
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        rows = session.scalars(
            sa.select(PlaybookVersion)
            .where(PlaybookVersion.state.in_(("draft", "review", "published")))
            .order_by(PlaybookVersion.key, PlaybookVersion.number)
        ).all()
        house = open_house(city)
        listed = [_brief(row, house.playbook(row)) for row in rows]
    if as_json:
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for one in listed:
        say(f"{one['key']:<22} v{one['number']:<3} {one['state']:<10} {one['name_zh']}")
        for trigger in _as_list(one["triggers"]):
            say(f"{'':<22} {trigger}")
    if not listed:
        say("No playbook is installed; `citywatch run` installs those that come along.")


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _brief(row: "PlaybookVersion", playbook: "Playbook") -> dict[str, object]:
    return {
        "id": row.id,
        "key": row.key,
        "number": row.number,
        "state": row.state,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "written_by": row.written_by,
        "reviewed_by": row.reviewed_by,
        "sha256": row.sha256,
        "triggers": [_trigger(playbook, index) for index in range(len(playbook.triggers))],
    }


def _trigger(playbook: "Playbook", index: int) -> str:
    row = playbook.triggers[index]
    wanted = ", ".join(row.values) or "any"
    level = f", level {row.level} or graver" if row.level < 4 else ""  # noqa: PLR2004 - 4 is any
    left = f", {row.minutes} min left" if row.minutes else ""
    return f"on {row.on}: {wanted}{level}{left}"


@app.command("show")
def show_command(
    key: KeyArgument,
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a playbook: its steps with clause and action, and its versions.

    Example: citywatch playbook show guessed-password
    """
    from soc_api.house import open_house
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        rows = _versions(session, key)
        newest = next((row for row in rows if row.state == "published"), rows[0])
        playbook = open_house(city).playbook(newest)
    if as_json:
        say(json.dumps([_brief(row, playbook) for row in rows], ensure_ascii=False, indent=2))
        return
    say(f"{playbook.key}  {playbook.name.zh}  {playbook.name.en}")
    for line in _step_lines(playbook):
        say(line)
    for row in rows:
        reviewed = f", reviewed by {row.reviewed_by}" if row.reviewed_by else ""
        say(f"version   {row.number}  id {row.id}  {row.state}, by {row.written_by}{reviewed}")


def _versions(session: "Session", key: str) -> "list[PlaybookVersion]":
    import sqlalchemy as sa

    from situation.state.tables import PlaybookVersion

    rows = session.scalars(
        sa.select(PlaybookVersion)
        .where(PlaybookVersion.key == key)
        .order_by(PlaybookVersion.number.desc())
    ).all()
    if not rows:
        raise Malformed("there is no such playbook; see `citywatch playbook list`", where=key)
    return list(rows)


def _step_lines(playbook: "Playbook") -> Iterator[str]:
    for step in playbook.steps.values():
        if step.call is None and not step.condition:
            continue
        what = step.call.action if step.call else f"{step.kind} {step.condition}"
        clause = f"{step.clause.instrument} {step.clause.clause}" if step.clause else "-"
        say_name = step.name.zh or step.name.en
        yield f"  {what:<28} {clause:<28} {say_name}"


@app.command("check")
def check_command(
    file: FileArgument,
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a playbook without keeping it: its form, and what stands against running it.

    Example: citywatch playbook check my.yaml
    """
    from playbooks.action.catalogue import ACTIONS
    from playbooks.cacao.reading import read_playbook
    from playbooks.execution.checking.below import below_faults
    from playbooks.execution.readiness import faults_of
    from playbooks.library.shelf import read_shelf
    from playbooks.plan import load_plan
    from playbooks.plan.document import FOLDER

    settings = settings_of(config)
    document, _ = read_document(file)
    playbook = read_playbook(document)
    shelf = {one.id: one for one in (read_playbook(known) for known, _ in read_shelf().values())}
    plan = load_plan(settings.city.plan or FOLDER)
    faults = faults_of(playbook, actions=ACTIONS, plan=plan, knows=shelf.__contains__)
    faults += below_faults(playbook, shelf.get)
    if as_json:
        found = {"key": playbook.key, "id": playbook.id, "faults": faults}
        say(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        say(f"{playbook.key}: {len(playbook.steps)} steps, valid CACAO 2.0")
        for fault in faults:
            say(f"  {fault}")
    if faults:
        complain(f"{len(faults)} things stand against running it")
        raise typer.Exit(2)


def read_document(file: pathlib.Path) -> "tuple[JsonObject, str]":
    """Return the CACAO document of a file and the form that it was compiled from, if it was.

    Raise `Malformed` with place and reason for what is neither.
    """
    from playbooks.cacao.form import compile_form

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no UTF-8"
        raise Malformed(f"cannot be read: {reason}", where=str(file)) from error
    if file.suffix != ".json":
        return compile_form(text, file.name), text
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"is no JSON: {error}", where=str(file)) from error
    if not isinstance(document, dict):
        raise Malformed("is no JSON object", where=str(file))
    return document, ""


@app.command("import")
def import_command(
    file: FileArgument, *, name: AsOption, config: ConfigOption = None, data: DataOption = None
) -> None:
    """Keep a playbook as a draft; `playbook submit` lays it before a second person.

    Example: citywatch playbook import my.yaml --as zhou
    """
    from playbooks.execution.versions import save_draft
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    document, source = read_document(file)
    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.WRITE_PLAYBOOK)
        with city.state.transaction() as session:
            row = save_draft(session, document, source=source, by=person, now=city.clock.now())
    say(f"Draft     {row.key} v{row.number}, id {row.id}")


@app.command("export")
def export_command(
    key: KeyArgument,
    *,
    out: Annotated[
        pathlib.Path | None, typer.Option("--out", help="File; else standard output.")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Write the published version as CACAO 2.0 JSON.

    Example: citywatch playbook export guessed-password --out guessed-password.json
    """
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        rows = _versions(session, key)
    chosen = next((row for row in rows if row.state == "published"), rows[0])
    text = json.dumps(chosen.document, ensure_ascii=False, indent=2)
    if out is None:
        say(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Malformed(f"cannot be written: {error.strerror}", where=str(out)) from error
    say(f"Written   {out}")


@app.command("submit")
def submit_command(
    version: VersionArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Lay a draft before a second person; it must be fit to run.

    Example: citywatch playbook submit 12 --as zhou
    """
    from playbooks.execution.versions import submit, version_of
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.WRITE_PLAYBOOK)
        with city.state.transaction() as session:
            row = submit(
                session,
                open_house(city),
                version,
                by=person,
                expected_version=version_of(session, version).version,
                now=city.clock.now(),
            )
    say(f"{row.key} v{row.number} {row.state}")


@app.command("review")
def review_command(
    version: VersionArgument,
    *,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="What is decided.")],
    remark: Annotated[str, typer.Option("--remark", help="Remark to the author.")] = "",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Publish what somebody else wrote, or refuse it with a remark.

    Example: citywatch playbook review 12 --approve --as wang
    """
    from playbooks.execution.versions import review, version_of
    from soc_api.house import open_house
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.PUBLISH_PLAYBOOK)
        with city.state.transaction() as session:
            row = review(
                session,
                open_house(city),
                version,
                approve=approve,
                remark=remark,
                by=person,
                expected_version=version_of(session, version).version,
                now=city.clock.now(),
            )
    say(f"{row.key} v{row.number} {row.state}")


@app.command("retire")
def retire_command(
    version: VersionArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")],
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Put a version out of use; what runs of it goes on.

    Example: citywatch playbook retire 12 --reason "..." --as wang
    """
    from playbooks.execution.versions import retire, version_of
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.PUBLISH_PLAYBOOK)
        with city.state.transaction() as session:
            row = retire(
                session,
                version,
                reason=reason,
                by=person,
                expected_version=version_of(session, version).version,
                now=city.clock.now(),
            )
    say(f"{row.key} v{row.number} {row.state}")
