"""Texts as pdfium hands them out: the length first, then UTF-16 into a buffer of that length."""

import ctypes
from collections.abc import Callable

_MOST_OCTETS = 64 * 1024 * 1024
_ZERO_OCTETS = 2
"""Octets of the zero at the end."""


def wide(function: Callable[..., int], *arguments: object) -> str:
    """Return the text that `function` writes, without the zero at its end.

    It takes `arguments`, a buffer and the octets of it, and returns how many octets there are.
    """
    octets = function(*arguments, None, 0)
    if not _ZERO_OCTETS < octets <= _MOST_OCTETS:
        return ""
    buffer = (ctypes.c_ushort * (octets // 2 + 1))()
    function(*arguments, buffer, octets)
    return bytes(buffer)[:octets].decode("utf-16-le", errors="replace").partition("\0")[0]
