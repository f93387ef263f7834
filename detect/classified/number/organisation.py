"""Numbers of organisations: unified credit codes, organisation codes, business licences."""

from typing import Final

from detect.classified.context import label_wakes
from detect.classified.number.check import mod_11_10, mod_31, organisation
from detect.classified.number.number import Number
from detect.classified.number.region import PROVINCES
from detect.classified.recogniser import LIKELY, SHAPE, Judged

_BOTH: Final = Judged(LIKELY, ("mod31", "gb11714", "region"))
_ELSEWHERE: Final = Judged(SHAPE + 0.1, ("mod31", "gb11714"))
_OUTER: Final = Judged(SHAPE, ("mod31",))
_CHECKED: Final = Judged(SHAPE, ("gb11714",))
_CHAIN: Final = Judged(SHAPE, ("gs15", "region"))

_CLASSES: Final = "123459"
"""Second characters: the class of what its office registers."""
STATE: Final = "10"
"""Region of what the state itself registers."""


def _credit(value: str) -> Judged | None:
    if not mod_31(value):
        return None
    if not organisation(value[8:17]) or value[1] not in _CLASSES:
        return _OUTER
    return _BOTH if value[2:4] in PROVINCES or value[2:4] == STATE else _ELSEWHERE


def _organisation(value: str) -> Judged | None:
    return _CHECKED if organisation(value) else None


def _licence(value: str) -> Judged | None:
    known = value[:2] in PROVINCES or value[:2] == STATE
    return _CHAIN if known and mod_11_10(value) else None


ORGANISATION_NUMBERS: Final = (
    Number(
        kind="uscc",
        group=5,
        wakes=("(?i)[1-9AYN][0-9A-Y][0-9]{6}[0-9A-Y]{9}[0-9A-Y]",),
        shape="[1-9ANYany][0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y][0-9]{6}"
        "[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y]{10}",
        judge=_credit,
    ),
    Number(
        kind="organisation_code",
        group=6,
        wakes=("(?i)[0-9A-Z]{8}-[0-9X]", *label_wakes("organisation_code")),
        shape="[0-9A-Z]{8}-?[0-9X]",
        judge=_organisation,
    ),
    Number(
        kind="business_licence",
        group=6,
        wakes=label_wakes("business_licence"),
        shape="[1-9][0-9]{14}",
        judge=_licence,
    ),
)
