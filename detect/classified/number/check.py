"""Check characters, as the standards define them: pure functions of one value or of many."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]

_ZERO: Final = ord("0")
_X: Final = 10

ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS: Final = "10X98765432"
USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS: Final = tuple(3**place % 31 for place in range(17))
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_USCC_VALUES: Final = {char: value for value, char in enumerate(USCC_ALPHABET)}
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_DOUBLING: Final = bytes.maketrans(b"0123456789", b"0246813579")


def mod_11_2(value: str) -> bool:
    """Tell whether 17 digits and a check character agree (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(value, ID_WEIGHTS, strict=False))
    return ID_CHECKS[total % 11] == value[17].upper()


def digits_of(values: Sequence[str], length: int) -> Octets:
    """Return values of one length, ASCII, as rows of octets less that of "0"."""
    flat = np.frombuffer("".join(values).encode("ascii"), dtype=np.uint8)
    return (flat - np.uint8(_ZERO)).reshape(-1, length)


def mod_11_2_all(digits: Octets) -> NDArray[np.bool_]:
    """Tell the same of rows of 18, where "X" is 40 as `digits_of` makes it, "x" 72."""
    totals = digits[:, :17].astype(np.int16) @ np.array(ID_WEIGHTS, np.int16)
    wanted = (12 - totals % 11) % 11
    found = np.minimum(digits[:, 17], _X)
    return np.asarray(wanted == found)


def luhn(value: str) -> bool:
    """Tell whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B)."""
    signs = value.encode("ascii")
    total = sum(signs[-1::-2]) + sum(signs[-2::-2].translate(_DOUBLING))
    return (total - _ZERO * len(signs)) % 10 == 0


def luhn_all(digits: Octets) -> NDArray[np.bool_]:
    """Tell the same of rows of digits."""
    doubled = np.array(_DOUBLED, np.uint8)[digits[:, -2::-2]]
    totals = digits[:, -1::-2].sum(axis=1, dtype=np.int32) + doubled.sum(axis=1, dtype=np.int32)
    return np.asarray(totals % 10 == 0)


def mod_31(value: str) -> bool:
    """Tell whether 18 characters are a unified social credit code (GB 32100-2015)."""
    values = [_USCC_VALUES.get(char, -1) for char in value]
    if min(values) < 0:
        return False
    total = sum(map(int.__mul__, values[:17], USCC_WEIGHTS))
    return (31 - total % 31) % 31 == values[17]


def organisation(value: str) -> bool:
    """Tell whether 8 characters and a check character agree (GB 11714-1997)."""
    total = sum(
        int(char, 36) * weight for char, weight in zip(value, ORGANISATION_WEIGHTS, strict=False)
    )
    return "0X987654321"[total % 11] == value[8]


def mod_11_10(value: str) -> bool:
    """Tell whether the last digit closes the chain (GS 15-2006, ISO 7064 MOD 11,10)."""
    product = 10
    for digit in value[:-1]:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (product + int(value[-1])) % 10 == 1


_HONG_KONG: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ "
"""Signs by their values; the blank before a single letter is 36."""


def hong_kong(value: str) -> bool:
    """Tell whether one or two letters, six digits and a check character agree (mod 11)."""
    letters, digits = value[:-7], value[-7:]
    values = [_HONG_KONG.index(char) for char in letters.rjust(2)]
    values += [10 if char == "A" else int(char) for char in digits]
    return sum(map(int.__mul__, values, range(9, 0, -1))) % 11 == 0


_TAIWAN: Final = {letter: 10 + place for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}


def taiwan(value: str) -> bool:
    """Tell whether a letter and nine digits agree (weights 1 9 8 7 6 5 4 3 2 1 1, mod 10)."""
    tens, ones = divmod(_TAIWAN[value[0]], 10)
    values = (tens, ones, *map(int, value[1:]))
    return sum(map(int.__mul__, values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


_VIN_VALUES: Final = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
        strict=True,
    )
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vehicle(value: str) -> bool:
    """Tell whether place 9 of 17 is the check character of the rest (GB 16735-2019)."""
    total = sum(
        _VIN_VALUES[char] * weight for char, weight in zip(value, _VIN_WEIGHTS, strict=True)
    )
    return "0123456789X"[total % 11] == value[8]
