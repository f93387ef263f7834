"""Numbers of bank cards (ISO/IEC 7812-1) by their issuers' ranges."""

import re
from typing import Final

from detect.classified.number.check import luhn
from detect.classified.number.number import Number
from detect.classified.recogniser import LIKELY, POSSIBLE, SEPARATOR, SHAPE, Judged

_UNION: Final = Judged(LIKELY, ("luhn", "unionpay"))
_UNION_RARE: Final = Judged(POSSIBLE, ("luhn", "unionpay"))
_INTERNATIONAL: Final = Judged(LIKELY - 0.1, ("luhn", "issuer"))
_RARE: Final = Judged(SHAPE + 0.1, ("luhn", "issuer"))

_ISSUERS: Final = (
    (re.compile("62[0-9]{14}|62[0-9]{17}"), _UNION),
    (re.compile("62[0-9]{15,16}"), _UNION_RARE),
    (
        re.compile("43674[0-9]{14}|95(?:58|59|5[0-7])[0-9]{15}|60(?:3367|1382)[0-9]{13}"),
        _UNION_RARE,
    ),
    (re.compile("4[0-9]{15}|5[1-5][0-9]{14}|35(?:2[89]|[3-8][0-9])[0-9]{12}"), _INTERNATIONAL),
    (re.compile("2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"), _INTERNATIONAL),
    (re.compile("3[47][0-9]{13}"), _RARE),
    (re.compile("4[0-9]{12}|4[0-9]{18}|3(?:0[0-5]|[689][0-9])[0-9]{11}"), _RARE),
    (re.compile("(?:60|63|67|68|69|9[0-9]|50|5[6-9])[0-9]{14,17}"), _RARE),
)
"""Ranges of issuers with their lengths, and what a right check digit then says. The last rows
hold lengths and old domestic ranges that are rare enough to ask for a label."""


def _card(value: str) -> Judged | None:
    if not luhn(value):
        return None
    return next((judged for issuer, judged in _ISSUERS if issuer.fullmatch(value)), None)


_DOMESTIC: Final = re.compile("62[0-9]{14,17}")
_FOURS: Final = (
    rf"[2-69][0-9]{{3}}({SEPARATOR})[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}(?:\1[0-9]{{1,3}})?"
)
_WAKES_GAP: Final = r"(?:[ \-]|\xc2[\xb7\xa0]|\xe3\x80\x80|\xef\xbc\x8d)"

CARD_NUMBERS: Final = (
    Number(
        kind="bank_card",
        group=4,
        wakes=(
            "[2-69][0-9]{12}",
            f"[2-69][0-9]{{3}}{_WAKES_GAP}[0-9]{{4}}{_WAKES_GAP}[0-9]{{4}}{_WAKES_GAP}[0-9]{{3}}",
            f"3[47][0-9]{{2}}{_WAKES_GAP}[0-9]{{6}}{_WAKES_GAP}[0-9]{{5}}",
        ),
        shape=f"[2-69][0-9]{{12,18}}|{_FOURS}|3[47][0-9]{{2}}({SEPARATOR})[0-9]{{6}}\\2[0-9]{{5}}",
        judge=_card,
        near=lambda value: bool(_DOMESTIC.fullmatch(value)),
    ),
)
