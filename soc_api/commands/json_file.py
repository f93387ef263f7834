"""JSON files that commands are given."""

import json
import pathlib
from typing import TYPE_CHECKING

from situation.faults import Malformed

if TYPE_CHECKING:
    from playbooks.facts import Facts


def read_json(path: pathlib.Path) -> object:
    """Read a JSON file; raise `Malformed` with file, line and column."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"{path}: line {error.lineno}, column {error.colno}"
        raise Malformed(f"no JSON: {error.msg}", where=where) from error
    except (OSError, ValueError, RecursionError) as error:
        raise Malformed(f"cannot be read: {error}", where=str(path)) from error


def read_facts(path: pathlib.Path) -> "Facts":
    """Read the facts of an incident from a JSON file."""
    from playbooks.facts import parse_facts

    document = read_json(path)
    try:
        return parse_facts(document)
    except Malformed as fault:
        raise Malformed(str(fault), where=str(path)) from fault
