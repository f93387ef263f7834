"""One place for how the sensor's inner loops are compiled."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """Compile `function` by numba on first use and keep the machine code on disk.

    Every index is checked (`boundscheck`), so that no packet can make the sensor read beyond
    its arrays. NUMBA_DISABLE_JIT=1 runs the same functions in Python.
    """
    return cast("Compiled", numba.njit(cache=True, boundscheck=True, nogil=True)(function))
