"""The case that is judged: a resource's verdict, how it is protected, what was declared of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from situation.content.declared import Declared
from situation.content.kind import KINDS, KindClass
from situation.content.resource import Exposure, Zone
from situation.content.verdict import Reason, Verdict, Violation

OPEN_ZONES: Final[frozenset[Zone]] = frozenset({"internet", "public_share", "personal"})
"""Zones in which strangers, or a provider of one's own choice, can come to what lies there."""

SERIOUS: Final[Mapping[str, int]] = {
    "track": 50,
    "gps": 50,
    "credit": 50,
    "income": 50,
    "bank_card": 50,
    "estate": 50,
    "medical": 500,
    "biometric": 500,
    "call_record": 500,
}
"""People from which giving such data away is a grave case (法释〔2017〕10号 art 5 (三), (四)).

50: whereabouts, communication, credit, property; 500: lodging, communication records, health,
dealings. 5,000 for all other personal information (art 5 (五)).
"""
SERIOUS_OTHERWISE: Final = 5000
GRAVEST: Final = 10
"""Ten times as many make it the gravest case (art 5, second paragraph, (三))."""
MANY: Final = 500
"""People from which a leak of general-3 or -4 data is P2, whatever kind it is."""
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another resource of the same folder or schema: which kinds it holds masked, and which raw."""

    path: str
    masked_kinds: frozenset[str] = frozenset()
    raw_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One resource before the rules. `previous` is the verdict of the scan before this one.

    `today` is the city's date, against which the day of an exam is held; without it none lies
    ahead.
    """

    verdict: Verdict
    exposure: Exposure
    declared: Declared | None = None
    previous: Verdict | None = None
    neighbours: Sequence[Neighbour] = ()
    today: dt.date | None = None

    @cached_property
    def raw(self) -> frozenset[str]:
        """Kinds that it holds unmasked."""
        hits = {hit.kind for hit in self.verdict.hits if not hit.masked}
        return frozenset(hits | {column.kind for column in self.verdict.columns} - {""})

    @cached_property
    def masked(self) -> frozenset[str]:
        """Kinds that it holds with masked values."""
        return frozenset(hit.kind for hit in self.verdict.hits if hit.masked)

    @cached_property
    def persons(self) -> int:
        """How many people it is about: counted, or else the values that stand for one."""
        identifying = (
            hit.distinct
            for hit in self.verdict.hits
            if not hit.masked and hit.kind in KINDS and KINDS[hit.kind].identifies
        )
        return self.verdict.persons or max(identifying, default=0)

    @property
    def anonymous(self) -> bool:
        """Whether anybody gets it without a login."""
        return bool(self.exposure.anonymous)

    def of_class(self, *classes: KindClass) -> frozenset[str]:
        """Return the unmasked kinds of some classes."""
        return frozenset(key for key in self.raw if key in KINDS and KINDS[key].klass in classes)

    def ladder(self) -> tuple[int, int]:
        """Return how many people make a grave case of these kinds, and how grave it is by that.

        2: gravest case, 1: grave, 0: below it.
        """
        bars = (SERIOUS[kind] for kind in self.raw if kind in SERIOUS)
        bar = min(bars, default=SERIOUS_OTHERWISE)
        return bar, (self.persons >= bar) + (self.persons >= bar * GRAVEST)


def violated(
    case: Case, rule: str, severity: int, reasons: Sequence[Reason], kinds: frozenset[str]
) -> Violation:
    """Return a violation, its kinds in the order in which people see them."""
    known = tuple(key for key in KINDS if key in kinds)
    own = tuple(sorted(kinds - set(known)))
    return Violation(
        rule=rule,
        severity=severity,
        reasons=tuple(reasons),
        kinds=known + own,
        persons=case.persons if kinds else 0,
    )
