"""Numbers of which some digits are hidden: found to prove that they are, not as the number."""

from typing import Final

from detect.classified.number.number import Number, always
from detect.classified.recogniser import LIKELY, POSSIBLE

_SIGN: Final = "[*●•×xX#]"
_WAKE_SIGN: Final = r"(?:[*xX#]|\xef\xbc\x8a|\xe2\x97\x8f|\xe2\x80\xa2|\xc3\x97)"


def _as_it_is(found: str) -> str:
    return found


def _row(kind: str, wake: str, shape: str, confidence: float) -> Number:
    return Number(
        kind=kind,
        group=15,
        wakes=(wake,),
        shape=shape,
        judge=always(confidence, "masked"),
        form=_as_it_is,
        masked=True,
        left=r"(?<![0-9A-Za-z*])",
        right=r"(?![0-9A-Za-z*])",
    )


MASKED_NUMBERS: Final = (
    _row(
        "resident_id",
        f"[1-8][0-9]{{0,9}}{_WAKE_SIGN}{{6,16}}[0-9xX]",
        rf"(?=[0-9*●•×xX#]{{18}}(?![0-9A-Za-z*])|[0-9*●•×xX#]{{15}}(?![0-9A-Za-z*]))"
        rf"[1-8][0-9]{{0,9}}{_SIGN}{{6,16}}[0-9]{{0,4}}[0-9xX]?",
        LIKELY,
    ),
    _row(
        "mobile",
        f"1[3-9][0-9]{_WAKE_SIGN}{{4}}",
        rf"1[3-9][0-9](?:{_SIGN}{{4}}[0-9]{{4}}|{_SIGN}{{8}}|{_SIGN}{{6}}[0-9]{{2}}"
        rf"|[ \-]{_SIGN}{{4}}[ \-][0-9]{{4}})",
        LIKELY,
    ),
    _row(
        "bank_card",
        rf"[2-69][0-9]{{3,5}}[ \-]?{_WAKE_SIGN}{{2,4}}",
        rf"(?=[0-9*●•×xX#]{{16,19}}(?![0-9A-Za-z*]))[2-69][0-9]{{3,5}}{_SIGN}{{6,12}}[0-9]{{3,4}}"
        rf"|[2-69][0-9]{{3}} (?:[0-9]{{2}}{_SIGN}{{2}}|{_SIGN}{{4}}) {_SIGN}{{4}}"
        rf"(?: {_SIGN}{{4}})? [0-9]{{3,4}}",
        POSSIBLE,
    ),
)
