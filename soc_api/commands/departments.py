"""`citywatch department`: who is told, read from CSV, and who is known."""

import json
import pathlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.acting import AsOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from playbooks.directory import ImportReport

app = typer.Typer(no_args_is_help=True, help="Departments and the people who are told.")


@app.command("import")
def import_command(
    file: Annotated[
        pathlib.Path,
        typer.Argument(
            metavar="FILE.csv",
            help="department, district, sector, superior, name, role, phone, mail, wecom ...",
        ),
    ],
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read departments and contacts from CSV; good rows count, bad ones are listed.

    Example: citywatch department import contacts.csv --as zhou
    """
    from playbooks.directory import import_directory
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.MANAGE_ACCOUNTS)
        with city.state.transaction() as session:
            report = import_directory(
                session,
                file,
                channels=tuple(city.settings.channels),
                by=person,
                now=city.clock.now(),
            )
    if as_json:
        say(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        for line in _lines(report):
            say(line)
    if report.faults:
        complain(f"{len(report.faults)} rows were left out")
        raise typer.Exit(2)


def _lines(report: "ImportReport") -> Iterator[str]:
    yield f"Added     {len(report.added)}"
    yield f"Changed   {len(report.changed)}"
    yield f"As before {report.unchanged}"
    for fault in report.faults:
        yield f"Left out  line {fault.line}: {fault.reason}"
    if report.absent:
        yield f"Kept      {len(report.absent)} that the file does not name"


@app.command("list")
def list_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List departments with their contacts.

    Example: citywatch department list --json
    """
    import sqlalchemy as sa

    from situation.state.tables import Contact, Department
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        departments = session.scalars(sa.select(Department).order_by(Department.name)).all()
        contacts = session.scalars(sa.select(Contact).order_by(Contact.role, Contact.name)).all()
    rows = [
        {
            "department": department.name,
            "district": department.district,
            "superior": department.superior,
            "contacts": [
                {"name": each.name, "role": each.role, "phone": each.phone, "mail": each.mail}
                for each in contacts
                if each.department == department.name
            ],
        }
        for department in departments
    ]
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row, department in zip(rows, departments, strict=True):
        say(f"{department.name}  {department.district}")
        for each in row["contacts"]:
            if isinstance(each, dict):
                say(f"    {each['role']:<8} {each['name']}  {each['phone']}  {each['mail']}")
    if not rows:
        say("No department is known; import a CSV, or give an asset table.")
