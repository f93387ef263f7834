"""`citywatch account`: who may log in."""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from playbooks.person import Person
    from situation.clock import Clock
    from situation.settings import Settings
    from situation.state.store import StateStore
    from situation.state.tables import Account

ACTOR = "cli"
"""Who stands in the audit: whoever may run commands on this machine."""

app = typer.Typer(no_args_is_help=True, help="Accounts: add, list, end, give a role or password.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name to log in with.")]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        help="analyst, duty_lead, department, data_officer, secrecy_officer, drill_director, "
        "auditor, viewer or administrator.",
    ),
]
DepartmentOption = Annotated[
    str | None, typer.Option("--department", help="Full name of the department of its user.")
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command("add")
def add_command(
    name: NameArgument,
    *,
    role: RoleOption,
    department: DepartmentOption = None,
    display: Annotated[str, typer.Option("--name", help="Name that others see.")] = "",
    from_stdin: StdinOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Add an account. Its password is drawn and printed this once, unless it is given.

    Example: citywatch account add chen --role duty_lead --name 陈一
    """
    from soc_api.accounts import add_account, new_password

    settings = settings_of(config, data=data)
    _check_department(settings, department)
    password = _from_stdin() if from_stdin else new_password()
    with _opened(settings) as (state, clock), state.transaction() as session:
        add_account(
            session,
            clock.now(),
            name=name,
            display_name=display,
            password=password,
            role=role,
            department=department,
            by=_operator(),
        )
    say(f"Account   {name}, {role}{f' of {department}' if department else ''}")
    if not from_stdin:
        say(f"Password  {password}   (shown this once)")


@app.command("list")
def list_command(
    *, config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List all accounts, those that ended, too.

    Example: citywatch account list --json
    """
    import sqlalchemy as sa

    from situation.state.tables import Account

    with _opened(settings_of(config, data=data)) as (state, _), state.reading() as session:
        accounts = session.scalars(sa.select(Account).order_by(Account.name)).all()
    if as_json:
        say(json.dumps([_document(one) for one in accounts], ensure_ascii=False, indent=2))
        return
    for one in accounts:
        ended = f"  ended {one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else ""
        say(f"{one.name}  {one.role}  {one.department or '-'}  {one.display_name}{ended}")
    if not accounts:
        complain("there is no account yet; the first start of citywatch run makes one")


@app.command("end")
def end_command(
    name: NameArgument, *, config: ConfigOption = None, data: DataOption = None
) -> None:
    """Close an account for good and end its logins. Its name stays taken, for the audit.

    Example: citywatch account end chen
    """
    from soc_api.accounts import end_account

    with _opened(settings_of(config, data=data)) as (state, clock), state.transaction() as session:
        end_account(session, name, by=_operator(), now=clock.now())
    say(f"{name} is closed, its logins have ended.")


@app.command("password")
def password_command(
    name: NameArgument,
    *,
    from_stdin: StdinOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give an account another password, drawn and printed once or read; its logins end.

    Example: citywatch account password chen
    """
    from soc_api.accounts import change_password, new_password

    password = _from_stdin() if from_stdin else new_password()
    with _opened(settings_of(config, data=data)) as (state, clock), state.transaction() as session:
        change_password(session, name, password, by=_operator(), now=clock.now())
    say(f"{name} has another password, its logins have ended.")
    if not from_stdin:
        say(f"Password  {password}   (shown this once)")


@app.command("role")
def role_command(
    name: NameArgument,
    *,
    role: RoleOption,
    department: DepartmentOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give an account another role; its logins end.

    Example: citywatch account role chen --role duty_lead
    """
    from soc_api.accounts import change_role

    settings = settings_of(config, data=data)
    _check_department(settings, department)
    with _opened(settings) as (state, clock), state.transaction() as session:
        change_role(
            session, name, role=role, department=department, by=_operator(), now=clock.now()
        )
    say(f"{name} is {role}{f' of {department}' if department else ''} now.")


@contextlib.contextmanager
def _opened(settings: "Settings") -> Iterator[tuple["StateStore", "Clock"]]:
    from situation.clock import SystemClock
    from soc_api.wiring import open_state

    clock = SystemClock()
    state = open_state(settings, clock)
    try:
        yield state, clock
    finally:
        state.close()


def _operator() -> "Person":
    from playbooks.person import Person

    return Person(ACTOR, "system")


def _check_department(settings: "Settings", department: str | None) -> None:
    """Raise `Malformed` for a department that nobody knows: its user would see nothing."""
    if department is None:
        return
    import sqlalchemy as sa

    from situation.assets import read_assets
    from situation.state.tables import Department, Notice

    known = {asset.department for asset in read_assets(settings.city.assets).rows}
    with _opened(settings) as (state, _), state.reading() as session:
        known.update(session.scalars(sa.select(Department.name)))
        known.update(session.scalars(sa.select(Notice.department).distinct()))
    if department not in known:
        near = sorted(name for name in known if department in name)[:5]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise Malformed(
            f"no asset, contact or notice is of {department}{hint}", where="--department"
        )


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _document(account: "Account") -> dict[str, object]:
    return {
        "name": account.name,
        "display_name": account.display_name,
        "role": account.role,
        "department": account.department,
        "created_at": account.created_at.isoformat(),
        "ended_at": account.ended_at.isoformat() if account.ended_at else None,
    }
