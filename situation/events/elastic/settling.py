"""What follows from an answer: documents that have their outcome, and parts to send again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from situation.events.elastic.answer import Judged, Verdict
from situation.events.elastic.lines import Lines
from situation.events.store import Rejection

TRIES = 8
"""Tries of a document on which the server breaks; with their pauses some ten seconds."""
UNSUSPICIOUS_OCTETS = 64 * 2**10
"""A request up to this size does not fail for its size."""

Answer = Sequence[Judged] | Judged
"""A verdict for each document, or one for the request as a whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """Documents that are sent at once, and how often the server broke on just these."""

    lines: Lines
    tries: int = 0

    def halves(self) -> list["Part"]:
        """Return its halves, or itself where it is one document."""
        if self.lines.documents == 1:
            return [self]
        return [replace(self, lines=half) for half in self.lines.halves()]

    def less(self) -> list["Part"]:
        """Return its halves where its size may be what is wrong."""
        return self.halves() if self.lines.octets > UNSUSPICIOUS_OCTETS else [self]


@dataclass(slots=True)
class Settled:
    """Outcomes and what is left; `failure` is why it is left, None where that is no failure."""

    acked: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    again: list[Part] = field(default_factory=list)
    failure: Judged | None = None

    @property
    def documents(self) -> int:
        """How many have their outcome."""
        return self.acked + self.duplicates + len(self.rejected)


def settled(part: Part, answer: Answer) -> Settled:
    """Return what follows from the answer to `part`."""
    return _whole(part, answer) if isinstance(answer, Judged) else _each(part, answer)


def refused(part: Part, why: str) -> Settled:
    """Return the outcome of a part whose documents are all refused."""
    return Settled(rejected=[Rejection(event_id, why) for event_id in part.lines.ids])


def _whole(part: Part, found: Judged) -> Settled:
    match found.verdict:
        case Verdict.SPLIT if part.lines.documents == 1:
            return refused(part, found.reason)
        case Verdict.SPLIT:
            return Settled(again=part.halves())
        case Verdict.LESS:
            return Settled(again=part.less(), failure=found)
        case Verdict.CUT:
            tried = replace(part, tries=part.tries + 1)
            return Settled(again=tried.less(), failure=found)
    return Settled(again=[part], failure=found)


def _each(part: Part, answers: Sequence[Judged]) -> Settled:
    rows: dict[Verdict, list[int]] = {}
    for row, found in enumerate(answers):
        rows.setdefault(found.verdict, []).append(row)
    done = Settled(len(rows.pop(Verdict.STORED, ())), len(rows.pop(Verdict.DUPLICATE, ())))
    dead = rows.pop(Verdict.DEAD, [])
    if part.tries + 1 >= TRIES:
        dead += rows.pop(Verdict.FAILED, [])
    done.rejected = [Rejection(part.lines.ids[row], answers[row].reason) for row in dead]
    for verdict, left in rows.items():
        again = Part(part.lines.chosen(left), part.tries + (verdict is Verdict.FAILED))
        done.again += again.less() if verdict is Verdict.LESS else [again]
    if rows:
        worst = max(rows, key=lambda verdict: verdict.value)
        done.failure = answers[rows[worst][0]]
    return done
