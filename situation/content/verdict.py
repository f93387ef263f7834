"""Verdicts: what a scan says about one resource. No value that was found stands in any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from situation.content.grade import DataGrade
from situation.content.piece import Unreadable
from situation.content.place import Box, Place

MAX_PLACES = 20
"""Places that are kept of one kind in one resource; the count goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a grade or a severity is what it is: a code of `REASONS` of its maker and its figures."""

    code: str
    detail: str = ""
    """A figure or a name of a column; never a value."""
    grade: DataGrade = DataGrade.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What was found of one kind in one resource (or in one column of it).

    `distinct` is estimated by HyperLogLog over keyed hashes. `mask` is made by the kind's rule
    out of the shape alone: it shows no character of the value beyond what the rule allows.
    `masked` says that the resource itself holds masked values (`138****1234`), which are no hits
    of the kind. `checks` names the validators that were passed.
    """

    kind: str
    count: int
    distinct: int
    confidence: float
    mask: str
    checks: tuple[str, ...] = ()
    masked: bool = False
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnVerdict:
    """What a column of a table holds. `kind` is empty where it is nothing that is known.

    `share` is the share of the filled cells that fit; `by` says what decided: name, values, both.
    """

    table: str
    column: str
    kind: str
    confidence: float
    share: float
    rows: int
    filled: int
    by: Literal["name", "values", "both", "text"]
    grade: DataGrade
    reasons: tuple[Reason, ...] = ()


MarkClass = Literal["secret", "work_secret", "trade_secret", "exam", "discussion", "lifted"]
"""What a mark is taken for: a state secret; a work secret; a trade secret; an exam paper before
its day; a text that talks about marks; one that was declassified or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark of secrecy. `text` is the mark itself and nothing beside it: `机密★10年`.

    `score` is 0 to 100: raised from 60, to be looked at from 40. `level`: 绝密, 机密, 秘密, or
    empty where the mark has none (内部资料). `faults` says what is wrong with the mark itself:
    over_limit, misuse, no_term, split.
    """

    classed: MarkClass
    level: str
    text: str
    term: str
    score: int
    place: Place
    box: Box | None = None
    faults: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that is said about one resource under one ruleset.

    `mask` has a bit for each group of recognisers that the prefilter woke, so that a change of
    rules scans again only what it may touch. `persons` is how many people it is about, `sketch`
    the HyperLogLog behind it, to be merged over resources. `needs_confirm`: a person has to say
    whether it is important data. Where `stopped` is true a mark of secrecy ended the reading.
    """

    ruleset: str
    hits: Sequence[Hit] = ()
    columns: Sequence[ColumnVerdict] = ()
    marks: Sequence[Mark] = ()
    unreadable: Sequence[Unreadable] = ()
    grade: DataGrade = DataGrade.NONE
    reasons: Sequence[Reason] = ()
    needs_confirm: bool = False
    persons: int = 0
    sketch: bytes = b""
    mask: int = 0
    octets: int = 0
    rows: int = 0
    stopped: bool = False
    digest_sm3: str = ""
    """SM3 of the resource's octets, of one with a mark of secrecy alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule of `V01` to `V12` that a resource breaks. `severity`: 0 (P0) to 4 (P4)."""

    rule: str
    severity: int
    reasons: tuple[Reason, ...] = ()
    kinds: tuple[str, ...] = ()
    persons: int = 0
