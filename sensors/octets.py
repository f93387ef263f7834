"""Integers out of octets. Callers check the range first; the compiled code checks it again."""

import numpy as np
import numpy.typing as npt

from sensors.compilation import compiled

Octets = npt.NDArray[np.uint8]

_WORD = np.uint64(32)


@compiled
def octet(data: Octets, at: int) -> int:
    """Return the octet at `at`."""
    return np.int64(data[at])


@compiled
def big16(data: Octets, at: int) -> int:
    """Return 16 bits in network order."""
    return (np.int64(data[at]) << 8) | np.int64(data[at + 1])


@compiled
def big32(data: Octets, at: int) -> int:
    """Return 32 bits in network order."""
    return (big16(data, at) << 16) | big16(data, at + 2)


@compiled
def big64(data: Octets, at: int) -> np.uint64:
    """Return 64 bits in network order, unsigned."""
    return (np.uint64(big32(data, at)) << _WORD) | np.uint64(big32(data, at + 4))


@compiled
def ordered16(data: Octets, at: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return 16 bits in the byte order of the file."""
    if big:
        return big16(data, at)
    return (np.int64(data[at + 1]) << 8) | np.int64(data[at])


@compiled
def ordered32(data: Octets, at: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return 32 bits in the byte order of the file."""
    if big:
        return big32(data, at)
    return (ordered16(data, at + 2, False) << 16) | ordered16(data, at, False)  # noqa: FBT003 - same
