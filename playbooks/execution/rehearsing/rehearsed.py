"""What a dry run says: each step with the exact action, and what hangs on the real run."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from playbooks.action.intent import Intent
from playbooks.cacao.playbook import UNNAMED, Clause, StepKind, Words
from playbooks.cacao.variable import short_name
from situation.state.columns import JsonObject

TAKEN = "taken"
NOT_TAKEN = "not taken"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """One step as it would come. `depth` counts the branches and playbooks around it."""

    step_id: str
    kind: StepKind
    name: Words
    note: Words
    clause: Clause | None
    playbook: str
    """Key of the playbook that it stands in."""
    depth: int
    branch: Words = UNNAMED
    """Which branch of the step around it; empty at the top."""
    is_certain: bool = True
    """False where it hangs on a value that only the real run knows whether it comes at all."""
    after: dt.timedelta = dt.timedelta()
    """Waiting times before it, since the start."""
    condition: str = ""
    verdict: str = ""
    """taken, not taken or unknown, for a step with a condition; the case of a switch."""
    action: str = ""
    action_name: Words = UNNAMED
    effect: str = ""
    parameters: JsonObject = field(default_factory=dict)
    """As they would be rendered; what is not known stays as a reference."""
    sha256: str = ""
    """Digest that people would agree to; empty where something is not known yet."""
    intent: Intent | None = None
    rule: str = ""
    """Key of the plan's row that asks people, empty where nobody is asked."""
    quorum: int = 0
    unknown: tuple[str, ...] = ()
    """Outputs that only the real run knows."""
    hangs_on: tuple[str, ...] = ()
    """Variables that are not known when it comes."""
    fault: str = ""
    """Why it would fail, empty where it would not."""

    def as_json(self) -> JsonObject:
        """Return it as it is printed for programs."""
        said: JsonObject = dict(asdict(self))
        said["kind"] = self.kind.value
        said["after"] = int(self.after.total_seconds())
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A whole dry run. `outcome`: succeeded or failed, as far as it can be told."""

    steps: tuple[Rehearsed, ...]
    outcome: str
    variables: Mapping[str, str | None]
    """Values in the end by full name, None where there is none or it is not known."""
    unknown: tuple[str, ...]
    """Full names of the variables that only the real run knows."""
    was_cut: bool = False
    """Whether it was too long to be walked to its end."""

    def as_json(self) -> JsonObject:
        """Return it as it is printed for programs."""
        return {
            "outcome": self.outcome,
            "was_cut": self.was_cut,
            "unknown": [short_name(name) for name in self.unknown],
            "variables": {short_name(name): value for name, value in self.variables.items()},
            "steps": [step.as_json() for step in self.steps],
        }
