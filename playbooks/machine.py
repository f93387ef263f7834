"""State machines as tables: which act leads from which state to which; all else is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from situation.faults import Conflict


class Refusal(Conflict):
    """An act that the state or a guard forbids; nothing was changed.

    `code` names the reason for a page to say it in the reader's language, for example
    `illegal`, `same_person`, `other_department`.
    """

    def __init__(self, code: str, reason: str, *, where: str = "") -> None:
        super().__init__(reason, where=where)
        self.code = code


@dataclass(frozen=True, slots=True)
class Transition:
    """An act with the states that it may start from and the state that it leads to."""

    act: str
    sources: tuple[str, ...]
    target: str


class Machine:
    """The transitions of one kind of thing. `initial` and `terminal` are its ends."""

    def __init__(
        self, initial: str, terminal: Iterable[str], transitions: Iterable[Transition]
    ) -> None:
        self.initial = initial
        self.terminal = frozenset(terminal)
        self.transitions = tuple(transitions)
        self._targets: Mapping[tuple[str, str], str] = {
            (source, row.act): row.target for row in self.transitions for source in row.sources
        }

    @property
    def states(self) -> frozenset[str]:
        """Return every state that is named."""
        named = {row.target for row in self.transitions} | {self.initial} | self.terminal
        return frozenset(named.union(*(row.sources for row in self.transitions)))

    def after(self, state: str, act: str, *, where: str = "") -> str:
        """Return the state after `act`; raise `Refusal` with code `illegal` if it is none."""
        target = self._targets.get((state, act))
        if target is None:
            raise Refusal("illegal", f"{act} is not possible while it is {state}", where=where)
        return target

    def acts(self, state: str) -> tuple[str, ...]:
        """Return the acts that are possible in `state`, in the order of the table."""
        return tuple(row.act for row in self.transitions if state in row.sources)
