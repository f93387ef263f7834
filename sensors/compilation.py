"""One place for how the sensor's inner loops are compiled."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

Compiled = TypeVar("Compiled", bound=Callable[..., object])

_OPTIONS: dict[str, Any] = {
    "cache": True,  # the machine code is kept on disk
    "boundscheck": True,  # no packet can make the sensor read or write beyond its arrays
    "nogil": True,
    "forceinline": True,  # the stages are many short functions and one loop of machine code
    "_nrt": False,  # nothing is allocated; counting references to arrays took 3/4 of the time
}


def compiled(function: Compiled) -> Compiled:
    """Compile `function` by numba on first use; it may not allocate.

    NUMBA_DISABLE_JIT=1 runs the same functions in Python.
    """
    return cast("Compiled", numba.njit(**_OPTIONS)(function))


@compiled
def integer(value: float | np.generic) -> int:
    """Return a number of any width as the signed integer that the compiled code counts with."""
    return np.int64(value)  # type: ignore[return-value,arg-type,unused-ignore] # acts as an int
