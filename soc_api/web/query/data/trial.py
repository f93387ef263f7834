"""A text that somebody tries the rules on: judged in memory, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from detect.classified.ruleset import Ruleset
from playbooks.finding.verdict import verdict_document
from situation.content.verdict import Mark
from soc_api.scan.trying import try_text
from soc_api.web.query.data.naming import ReasonLine, reason_line
from soc_api.web.query.data.record import HeldLine, held_lines, rows_in

LONGEST = 20_000
"""Characters of a text that is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the rules say about a text. Values stand in it as masks alone."""

    held: list[HeldLine]
    marks: Sequence[Mark]
    grade: int
    why: list[ReasonLine]
    stopped: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not self.held and not self.marks


def tried(ruleset: Ruleset, text: str) -> Trial:
    """Judge a text as a scan would judge a file of it."""
    verdict = try_text(ruleset, text, name="")
    document = verdict_document(verdict)
    return Trial(
        held=held_lines(document),
        marks=verdict.marks,
        grade=int(verdict.grade),
        why=[reason_line(reason) for reason in rows_in(document, "reasons")],
        stopped=verdict.stopped,
    )
