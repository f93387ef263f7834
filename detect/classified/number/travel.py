"""Papers of travel and of residents of Hong Kong, Macao and Taiwan."""

import re
from typing import Final

from detect.classified.context import label_wakes
from detect.classified.number.check import hong_kong, taiwan
from detect.classified.number.number import Number, always
from detect.classified.recogniser import LIKELY, SHAPE, Judged

_PASSPORT: Final = (
    "[EeGg][0-9]{8}|[Ee][A-HJ-NP-Za-hj-np-z][0-9]{7}|1[45][0-9]{7}|[PpSsDd][0-9]{7,8}"
    "|(?:PE|SE|DE|pe|se|de)[0-9]{7}|[Kk][0-9]{8}|[HhKk][A-Za-z]?[0-9]{8}|(?:MA|MB|ma|mb)[0-9]{7}"
)
"""Ordinary (E, EA-EZ without I and O, G, 14, 15), public affairs (P, PE), service (S, SE),
diplomatic (D, DE), Hong Kong (K, KA, H) and Macao (MA, MB) passports."""
_PERMIT: Final = (
    "[HhMm][0-9]{10}|[HhMm][0-9]{8}|[Cc][0-9]{8}|[CcWw][A-HJ-NP-Za-hj-np-z]?[0-9]{7}|[LlTt][0-9]{8}"
)
"""Home return permits (H, M, with two digits of renewals in the old form), permits to Hong Kong
and Macao (C, CA, W), to Taiwan (L, T)."""
_TAIWAN_PERMIT: Final = Judged(SHAPE, ("shape",))
_NAMED: Final = re.compile(r"(?:[证證号號码碼A-Za-z][为是]?|^|[\t\n|,])[^\w\t\n|,]{0,8}$")
"""What stands before digits that a label names: its end, nothing, or the border of a cell."""
_DATE: Final = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

_BRACKETED: Final = Judged(LIKELY - 0.05, ("mod11", "brackets"))
_HKID: Final = Judged(SHAPE + 0.05, ("mod11",))
_TWID: Final = Judged(SHAPE, ("mod10",))


def _hong_kong(value: str) -> Judged | None:
    bare = re.sub(r"[()]", "", value)
    if not hong_kong(bare):
        return None
    return _HKID if bare == value else _BRACKETED


def _taiwan_permit(value: str) -> Judged | None:
    return None if _DATE.fullmatch(value) else _TAIWAN_PERMIT


def _taiwan(value: str) -> Judged | None:
    return _TWID if taiwan(value) else None


TRAVEL_NUMBERS: Final = (
    Number(
        kind="passport",
        group=7,
        wakes=("(?i)[EGPSDHK][A-Z]?[0-9]{7}", "(?i)M[AB][0-9]{7}", "1[45][0-9]{7}"),
        shape=_PASSPORT,
        judge=always(SHAPE),
    ),
    Number(
        kind="travel_permit",
        group=7,
        wakes=("(?i)[HMCWLT][A-Z]?[0-9]{7}",),
        shape=_PERMIT,
        judge=always(SHAPE),
    ),
    Number(
        kind="travel_permit",
        group=6,
        wakes=label_wakes("travel_permit"),
        shape="[0-9]{8}(?:\\([A-Z]\\))?|[0-9]{10}\\([A-Z]\\)",
        judge=_taiwan_permit,
        beside=_NAMED.search,
        right=r"(?![0-9A-Za-z]|\.[0-9]|[-/年])",
    ),
    Number(
        kind="hkid",
        group=8,
        wakes=(r"(?i)[A-Z][0-9]{6}(?:\(|\xef\xbc\x88)?[0-9A]",),
        shape=r"[A-Za-z]{1,2}[0-9]{6}(?:\([0-9Aa]\)|[0-9Aa])",
        judge=_hong_kong,
        right=r"(?![0-9A-Za-z])",
    ),
    Number(
        kind="twid",
        group=8,
        wakes=("(?i)[A-Z][1289][0-9]{8}",),
        shape="[A-Za-z][1289][0-9]{8}",
        judge=_taiwan,
    ),
)
