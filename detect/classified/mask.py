"""Masks: how a value of a kind looks, with no more of it than its shape."""

from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "********"
"""Mask of what is secret as a whole: not even its length is shown."""

_SECRET: Final = frozenset({"password", "private_key", "cloud_key", "token", "connection_string"})

_SHOWN: Final[Mapping[str, tuple[int, int]]] = {
    "resident_id": (6, 4),
    "resident_id_15": (6, 3),
    "residence_permit": (6, 4),
    "permanent_residence": (6, 4),
    "student_number": (7, 4),
    "bank_card": (6, 4),
    "mobile": (3, 4),
    "landline": (4, 2),
    "uscc": (8, 2),
    "imei": (6, 2),
    "iccid": (6, 2),
    "vin": (3, 4),
}
"""Characters at either end whose shape is shown; of any other kind one of each."""

_LONGEST: Final = 20


def mask_of(kind: str, value: str) -> str:
    """Return the shape of a value: digits as 0, letters as X, the middle as stars.

    Of a name the first character is shown, which is its family name. A stretch of shape is at
    most half as long as the value, so that no value, `00000000` neither, is part of its mask.
    """
    if kind in _SECRET:
        return HIDDEN
    if kind == "name":
        return value[:1] + "**"
    if kind == "email":
        return "x***@x***"
    length = min(len(value), _LONGEST)
    head, tail = (min(shown, length // 2) for shown in _SHOWN.get(kind, (1, 1)))
    tail = min(tail, max(0, length - head - 1))
    stars = "*" * max(1, length - head - tail)
    return _shape(value[:head]) + stars + _shape(value[len(value) - tail :])


def _shape(part: str) -> str:
    return "".join(map(_sign, part))


def _sign(char: str) -> str:
    if char.isdecimal():
        return "0"
    if char.isalpha():
        return "X" if char.isascii() else "某"
    return char if char in "-.:" else "*"
