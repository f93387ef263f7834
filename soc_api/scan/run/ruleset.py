"""Rulesets that scans went by, and what a change of rules touches of what was scanned before."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from detect.classified.ruleset import Ruleset, to_scan_again
from sensors.content.reading import VERSION
from situation.state.tables import ScanRuleset

EVERYTHING = -1


@dataclass(frozen=True, slots=True)
class Touched:
    """What has to be scanned again under the ruleset of now.

    `bits` by the ruleset of before: a resource is touched if its mask has one of them;
    `EVERYTHING` touches each, and so does a ruleset that is not known.
    """

    fingerprint: str
    bits: Mapping[str, int]

    def touches(self, ruleset: str, mask: int) -> bool:
        """Tell whether a resource has to be read again that was scanned under `ruleset`."""
        if ruleset == self.fingerprint:
            return False
        bits = self.bits.get(ruleset, EVERYTHING)
        return bits == EVERYTHING or bool(bits & mask)


def fingerprint_of(ruleset: Ruleset) -> str:
    """Return what rules and readers of now are known by: a change of either changes it."""
    return f"{ruleset.fingerprint}-{VERSION}"


def keep_ruleset(session: Session, ruleset: Ruleset, now: dt.datetime) -> Touched:
    """Keep the ruleset of now and return what it touches of those before."""
    before = session.scalars(sa.select(ScanRuleset)).all()
    mine = fingerprint_of(ruleset)
    if all(row.fingerprint != mine for row in before):
        groups = {str(bit): list(each) for bit, each in ruleset.group_fingerprints.items()}
        session.add(
            ScanRuleset(fingerprint=mine, readers=VERSION, groups=groups, first_used_at=now)
        )
    return Touched(mine, {row.fingerprint: _touched(row, ruleset) for row in before})


def _touched(row: ScanRuleset, ruleset: Ruleset) -> int:
    if row.readers != VERSION:
        return EVERYTHING
    before = {int(bit): _pair(each) for bit, each in row.groups.items()}
    return to_scan_again(before, ruleset.group_fingerprints)


def _pair(kept: object) -> tuple[str, str]:
    wakes, bodies = kept if isinstance(kept, list) else ("", "")
    return str(wakes), str(bodies)
