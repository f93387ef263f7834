"""What was entered into a form, and how a page says that it cannot be taken."""

from typing import Annotated

from fastapi import Depends, Request

from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed

VALUE_LIMIT = 20_000
"""Characters of one field that are taken; more is cut off, as the field itself does."""


async def entered(request: Request) -> dict[str, str]:
    """Return the texts of a form by their name; files are left out."""
    form = await request.form()
    return {
        name: value[:VALUE_LIMIT].strip() for name, value in form.items() if isinstance(value, str)
    }


def refusal_of(fault: Conflict | Malformed, text: str) -> str:
    """Return the code by which a page says why an act with this text was not done."""
    if isinstance(fault, Malformed):
        return "unfit" if text.strip() else "reason_missing"
    return fault.code if isinstance(fault, Refusal) else "stale"


EnteredDep = Annotated[dict[str, str], Depends(entered)]
