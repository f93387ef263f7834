"""What an action would do, in words for whom has to agree: the dry run of one step."""

from dataclasses import asdict, dataclass, field

from playbooks.cacao.playbook import Words
from situation.state.columns import JsonObject


@dataclass(frozen=True, slots=True)
class Change:
    """One place that would change: the lines that come and go there, as in a unified diff."""

    place: str
    lines: tuple[str, ...]
    """Each begins with `+ `, `- ` or two blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What would be done, for how long, how it is undone, and whom it touches.

    `command` is the exact action in one line, as it would be said to a firewall. `unknown` names
    the outputs that only the real run can tell.
    """

    command: str
    what: Words
    how_long: Words
    undo: Words
    touches: Words
    changes: tuple[Change, ...] = ()
    unknown: tuple[str, ...] = ()
    outputs: JsonObject = field(default_factory=dict)
    """Outputs that are known without doing it, as CACAO text by name."""

    def as_json(self) -> JsonObject:
        """Return it as it is stored with an approval."""
        return dict(asdict(self))
