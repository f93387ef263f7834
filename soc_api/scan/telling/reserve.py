"""What the command line shows of marks of secrecy to an account that is not for them: a count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playbooks.finding.rule import MARK_RULE
from situation.content.verdict import Verdict, Violation

Show = Callable[[str, Verdict, Sequence[Violation]], None]


@dataclass(slots=True)
class Reserve:
    """Shows what `show` may show; resources with a mark are counted alone."""

    show: Show
    hidden: int = 0

    def __call__(self, path: str, verdict: Verdict, broken: Sequence[Violation]) -> None:
        """Show a resource, or keep it for the secrecy officer."""
        if verdict.marks or any(one.rule == MARK_RULE for one in broken):
            self.hidden += 1
        else:
            self.show(path, verdict, broken)
