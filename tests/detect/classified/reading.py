"""Text as the scanner judges it, without a resource around it."""

import datetime as dt
from functools import cache
from itertools import chain

from detect.classified.normal import folded
from detect.classified.recogniser import Candidate
from detect.classified.ruleset import Ruleset, open_ruleset
from situation.scan_settings import ScanSettings

TODAY = dt.date(2026, 11, 27)


@cache
def ruleset(*, pure: bool = False) -> Ruleset:
    return open_ruleset(ScanSettings(), TODAY, pure=pure)


def found(text: str, rules: Ruleset | None = None) -> list[Candidate]:
    """Return what is reported of a text; places are those of its normal form."""
    rules = rules or ruleset()
    normal = folded(text)
    awake = rules.awake(rules.prefilter.awake(text.encode()))
    return rules.settling.settle(normal, chain.from_iterable(rule.find(normal) for rule in awake))


def kinds(text: str) -> list[str]:
    """Return the kinds that are found, from left to right, those of masked values in brackets."""
    return [f"({each.kind})" if each.masked else each.kind for each in found(text)]
