"""Names within a run: ids of its steps, and scopes, each the place of one token.

The top scope is empty; a branch of a control step has `<id of the control step's row>/<branch>`.
"""

import hashlib

TOP = ""
DO = "do"
UNDO = "undo"


def step_run_id_of(run_id: str, step_id: str, scope: str = TOP, purpose: str = DO) -> str:
    """Return the id of a step of a run: its idempotency key, the same for each attempt."""
    named = f"{run_id}\x1f{step_id}\x1f{scope}\x1f{purpose}"
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def scope_of(control_id: str, branch: str) -> str:
    """Return the scope of a branch of a control step."""
    return f"{control_id}/{branch}"


def control_of(scope: str) -> str | None:
    """Return the id of the control step that a scope belongs to, None for the top."""
    return scope.partition("/")[0] or None
