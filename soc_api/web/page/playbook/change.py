"""Changes that people make on these pages, and why one was not carried out."""

from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed

STALE = "stale"
UNFIT = "unfit"
"""Code of a text that no form has: with a control character, or too long."""


def code_of(fault: Conflict | Malformed) -> str:
    """Return the code under which the words for a refusal stand."""
    if isinstance(fault, Refusal):
        return fault.code
    return UNFIT if isinstance(fault, Malformed) else STALE
