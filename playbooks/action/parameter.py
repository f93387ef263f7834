"""Parameters that several actions share, and functions that take those of one action alone."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from playbooks.action.action import Parameters
from playbooks.text import typed
from situation.faults import Malformed

LINE_LENGTH = 200
TEXT_LENGTH = 10_000

Seen = TypeVar("Seen")
Given = TypeVar("Given", bound=Parameters)
Came = TypeVar("Came")


def taking(
    kind: type[Given], act: Callable[[Seen, Given], Came]
) -> Callable[[Seen, Parameters], Came]:
    """Return `act` as a row of the catalogue has it; parameters of another action are a bug."""

    def taken(seen: Seen, given: Parameters) -> Came:
        if not isinstance(given, kind):
            raise TypeError(f"{kind.__name__} were expected, not {type(given).__name__}")
        return act(seen, given)

    return taken


def _plain(text: str, longest: int) -> str:
    try:
        return typed(text, "text", longest=longest)
    except Malformed as fault:
        raise ValueError(fault.reason) from fault


def _line(text: str) -> str:
    return " ".join(_plain(text, LINE_LENGTH).split())


def _text(text: str) -> str:
    return _plain(text, TEXT_LENGTH)


Line = Annotated[str, AfterValidator(_line)]
"""A text of one line that may be empty."""

NamedLine = Annotated[str, AfterValidator(_line), Field(min_length=1)]
"""A text of one line that is not empty."""

Text = Annotated[str, AfterValidator(_text)]
"""A text of several lines that may be empty."""

Switch = Annotated[bool, Field(strict=True)]
"""True or false, never a text or a number that could be read as one."""
