"""What was entered into a form whose fields come from the plan."""

from typing import Annotated

from fastapi import Depends, Request

VALUE_LIMIT = 20_000
"""Characters of one field that are taken; more is cut off, as the field itself does."""


async def entered(request: Request) -> dict[str, str]:
    """Return the texts of a form by their name; files are left out."""
    form = await request.form()
    return {
        name: value[:VALUE_LIMIT].strip() for name, value in form.items() if isinstance(value, str)
    }


EnteredDep = Annotated[dict[str, str], Depends(entered)]
