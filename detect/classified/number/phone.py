"""Telephone numbers of the mainland: mobile, fixed by areas, and service numbers."""

import csv
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from detect.classified.context import label_wakes
from detect.classified.number.number import Number
from detect.classified.recogniser import GAP, POSSIBLE, SEPARATOR, SHAPE, Judged, behind

_SERVED: Final = Judged(0.7, ("prefix",))
_THINGS: Final = Judged(SHAPE + 0.1, ("prefix_of_things",))
_UNKNOWN: Final = Judged(SHAPE - 0.05, ("shape",))

_PEOPLE: Final = re.compile(
    "1(?:3[0-9]|4[57]|5[0-35-9]|6[25-7]|7[0-35-8]|8[0-9]|9[0-35-9])[0-9]{8}"
)
"""Prefixes that people are called by; 190-193 and 195-199 among them."""
_OF_THINGS: Final = re.compile("(?:14[0-46-9]|16[0134]|1740)[0-9]{7,8}")
"""Prefixes of data cards, of the Internet of things, of ships and satellites."""
_COUNTRY: Final = rf"(?:(?:\(?(?:\+|00)86\)?|86){SEPARATOR}?)?"
_COUNTRY_SIGN: Final = re.compile(r"^\(?(?:\+|00)?86\)?(?=1[0-9]{10}$|0?[1-9][0-9]{8,11}$)")


def _areas() -> dict[str, frozenset[int]]:
    text = files("detect.classified.number").joinpath("data/area.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: frozenset(map(int, row["digits"].split())) for row in rows}


AREAS: Final[Mapping[str, frozenset[int]]] = _areas()
"""Lengths of the numbers of an area, by its code with the leading zero."""


def _national(found: str) -> str:
    """Return the number without country, brackets and separators."""
    digits = re.sub(r"[^0-9]", "", found)
    return _COUNTRY_SIGN.sub("", digits.removeprefix("00") if digits.startswith("0086") else digits)


def _mobile(value: str) -> Judged | None:
    if _PEOPLE.fullmatch(value):
        return _SERVED
    return _THINGS if _OF_THINGS.fullmatch(value) else _UNKNOWN


_PARTS: Final = re.compile(
    r"\(?0?(10|2[0-9]|[3-9][0-9]{2})\)?[ \-—–]*([2-8][0-9]{2,3})[ \-]?([0-9]{4})(?![0-9])(.*)"
)


def _split(found: str) -> str:
    """Return area and number, and behind a # the extension; nothing where a gap parts the area."""
    bare = re.sub(r"^\(?(?:\+|00)86\)?[ \-\u00b7]?", "", found)
    parts = _PARTS.fullmatch(bare)
    if parts is None:
        return ""
    extension = re.sub("[^0-9]", "", parts[4])
    return f"0{parts[1]}{parts[2]}{parts[3]}" + (f"#{extension}" if extension else "")


_AREA: Final = Judged(0.65, ("area", "length"))
_WRONG_LENGTH: Final = Judged(SHAPE - 0.05, ("area",))
_LOCAL: Final = Judged(SHAPE, ("shape",))
_DATE_LIKE: Final = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def _area_of(digits: str) -> str:
    return next((digits[:length] for length in (3, 4) if digits[:length] in AREAS), "")


def _landline(value: str) -> Judged | None:
    digits = value.partition("#")[0]
    area = _area_of(digits)
    number = digits.removeprefix(area)
    if not area or number[:1] not in set("2345678"):
        return None
    if len(number) in AREAS[area]:
        return _WRONG_LENGTH if _DATE_LIKE.fullmatch(number) else _AREA
    return _WRONG_LENGTH if len(number) == max(AREAS[area]) + 1 else None


def _local(value: str) -> Judged | None:
    return None if _DATE_LIKE.fullmatch(value) else _LOCAL


_SERVICE: Final = Judged(POSSIBLE, ("service",))
_PLAIN_SERVICE: Final = Judged(SHAPE + 0.1, ("service",))

_LEFT: Final = behind("tel", "fax", "phone", "mobile") + r"(?<!\+)(?<![0-9]-)"
_EXTENSION: Final = r"(?:(?:-|转|ext\.?| ?x)[0-9]{1,6})?"
_LOCAL_RIGHT: Final = r"(?![0-9A-Za-z]|[\-./年][0-9])"
_NUMBER: Final = r"[2-8][0-9]{2,3}[ \-]?[0-9]{4}"

PHONE_NUMBERS: Final = (
    Number(
        kind="mobile",
        group=2,
        wakes=(f"1[3-9][0-9]{GAP}[0-9]{{4}}{GAP}[0-9]{{4}}",),
        shape=rf"{_COUNTRY}(?:1[3-9][0-9]{{9}}|1[3-9][0-9]({SEPARATOR})[0-9]{{4}}\1[0-9]{{4}})",
        left=_LEFT,
        right=r"(?![0-9A-Za-z])(?!-[0-9])",
        judge=_mobile,
        form=_national,
    ),
    Number(
        kind="landline",
        group=3,
        wakes=(
            r"0[1-9][0-9]{1,2}\)?(?:\xef\xbc\x89)?"
            + GAP
            + GAP
            + r"[2-8][0-9]{2,3}"
            + GAP
            + "[0-9]{4}",
            r"86\)?" + GAP + r"\(?[1-9][0-9]{1,2}\)?" + GAP + r"[2-8][0-9]{2,3}" + GAP + "[0-9]{4}",
        ),
        shape=rf"(?:\(?(?:\+|00)86\)?{SEPARATOR}?)?"
        rf"(?:\(0[1-9][0-9]{{1,2}}\) ?|0[1-9][0-9]{{1,2}} ?[\-—–]? ?){_NUMBER}{_EXTENSION}"
        rf"|(?:\+|00)86{SEPARATOR}?\(?[1-9][0-9]{{1,2}}\)?{SEPARATOR}?{_NUMBER}{_EXTENSION}",
        left=_LEFT,
        judge=_landline,
        form=_split,
    ),
    Number(
        kind="landline",
        group=3,
        wakes=("400-[0-9]", "400 [0-9]{3}"),
        shape=r"400([\- ])[0-9]{3}\1[0-9]{4}|400-[0-9]{7}|400-[0-9]{4}-[0-9]{3}",
        left=r"(?<![0-9A-Za-z+])(?<![0-9]-)",
        right=r"(?![0-9A-Za-z])(?!-[0-9])",
        judge=lambda _: _SERVICE,
    ),
    Number(
        kind="landline",
        group=3,
        wakes=("[48]00[0-9]{7}", "800-[0-9]"),
        shape="[48]00[0-9]{7}|800-[0-9]{3}-[0-9]{4}|800-[0-9]{7}",
        judge=lambda _: _PLAIN_SERVICE,
    ),
    Number(
        kind="landline",
        group=3,
        wakes=label_wakes("landline"),
        shape="[2-8][0-9]{7}|[2-8][0-9]{3}[ \\-][0-9]{4}",
        left=r"(?<![0-9A-Za-z+])(?<![0-9][\-)])",
        right=_LOCAL_RIGHT,
        judge=_local,
    ),
)
