"""Who acts on the command line: a person of an account, known by the password."""

import getpass
import os
from typing import TYPE_CHECKING, Annotated

import typer

from situation.faults import Malformed

if TYPE_CHECKING:
    from playbooks.person import Person
    from soc_api.permission import Permission
    from soc_api.wiring import City

PASSWORD_VARIABLE = "CITYWATCH_PASSWORD"  # noqa: S105 - the name of a variable

AsOption = Annotated[
    str,
    typer.Option(
        "--as", help="Account that acts. Its password is asked, or read from CITYWATCH_PASSWORD."
    ),
]
DrillOption = Annotated[
    str | None, typer.Option("--drill", help="Show a drill's records instead of the real ones.")
]


def acting(city: "City", name: str, right: "Permission") -> "Person":
    """Return the person of an account whose password was given and whose role has the right.

    Raise `Malformed` where the password is wrong or the right is lacking.
    """
    from playbooks.person import Person
    from soc_api.accounts import Refused, authenticate
    from soc_api.permission import may

    password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password of {name}: ")
    account = authenticate(city.state, city.clock.now(), name=name, password=password)
    if isinstance(account, Refused):
        wait = f"; try again in {account.wait.seconds // 60 + 1} minutes" if account.wait else ""
        raise Malformed(f"account or password is wrong{wait}", where="--as")
    if not may(account, right):
        raise Malformed(f"the role {account.role} lacks the right {right}", where=f"--as {name}")
    return Person(account.name, account.role, account.department)
