"""One place for how the sensor's inner loops are compiled."""

import hashlib
import os
import pathlib
import shutil
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

Compiled = TypeVar("Compiled", bound=Callable[..., object])

_OPTIONS: dict[str, Any] = {
    "boundscheck": True,  # no packet can make the sensor read or write beyond its arrays
    "nogil": True,
    "_nrt": False,  # nothing is allocated; counting references to arrays took 3/4 of the time
}
_INNER: dict[str, Any] = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Without the way in from Python, which takes a quarter of the time of compilation."""
_FOLDER_PREFIX = "machine-code-"
_ROOMS = (
    "", "capture", "decode", "decode/link", "decode/tunnel", "dns", "frame", "meter",
    "netflow/flow", "netflow/wire",
)  # fmt: skip
"""Folders of the package with compiled functions."""


def _machine_code_folder() -> pathlib.Path:
    """Return where the machine code of these sources is kept.

    Numba compares the file of the outermost function alone; a change in any other file has to
    count as well, so the folder is named by the content of all that are compiled.
    """
    package = pathlib.Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for source in sorted(file for room in _ROOMS for file in (package / room).glob("*.py")):
        digest.update(source.read_bytes())
    parent = pathlib.Path(os.environ.get("NUMBA_CACHE_DIR") or package / "__pycache__")
    folder = parent / (_FOLDER_PREFIX + digest.hexdigest())
    if not folder.exists():
        for old in set(parent.glob(_FOLDER_PREFIX + "*")) - {folder}:
            shutil.rmtree(old, ignore_errors=True)
    return folder


numba.config.CACHE_DIR = str(_machine_code_folder())  # type: ignore[attr-defined] # numba sets its configuration by name


def needs_compilation() -> bool:
    """Tell whether the next metering compiles first, which takes some 40 seconds, once."""
    return not any(pathlib.Path(numba.config.CACHE_DIR).rglob("*.nbc"))  # type: ignore[attr-defined] # same


def stage(function: Compiled) -> Compiled:
    """Compile a function that Python calls, on its first call, and keep the machine code on disk.

    It may not allocate. NUMBA_DISABLE_JIT=1 runs the same functions in Python.
    """
    return cast("Compiled", numba.njit(cache=True, **_OPTIONS)(function))


def compiled(function: Compiled) -> Compiled:
    """Compile a function that only stages call; it becomes part of each of them."""
    return cast("Compiled", numba.njit(forceinline=True, **_INNER)(function))


def called(function: Compiled) -> Compiled:
    """Compile a function that stages call seldom; it stands in the machine code but once."""
    return cast("Compiled", numba.njit(**_INNER)(function))


@compiled
def integer(value: float | np.generic) -> int:
    """Return a number of any width as the signed integer that the compiled code counts with."""
    return np.int64(value)  # type: ignore[return-value,arg-type,unused-ignore] # acts as an int
