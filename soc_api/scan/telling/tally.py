"""What a scan came to, for the terminal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from situation.content.grade import DataGrade
from situation.content.verdict import Verdict, Violation


@dataclass(slots=True)
class Tally:
    """What a scan came to."""

    resources: int = 0
    untouched: int = 0
    """Resources that were as they were, so that nothing of them was read."""
    state: str = "done"
    octets: int = 0
    seconds: float = 0.0
    grades: Counter[DataGrade] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict, broken: Sequence[Violation]) -> None:
        """Add what was said about a resource."""
        self.resources += 1
        self.octets += verdict.octets
        self.grades[verdict.grade] += 1
        self.rules.update(one.rule for one in broken)
        self.unreadable.update(one.reason for one in verdict.unreadable)

    def join(self, other: "Tally") -> None:
        """Add what another scan came to."""
        self.resources += other.resources
        self.untouched += other.untouched
        self.octets += other.octets
        self.seconds += other.seconds
        self.state = self.state if other.state == "done" else other.state
        self.grades.update(other.grades)
        self.rules.update(other.rules)
        self.unreadable.update(other.unreadable)
