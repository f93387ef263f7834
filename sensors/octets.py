"""Integers out of octets. Callers check the range first; the compiled code checks it again."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.compilation import compiled, integer

_HALF = np.uint64(32)


class Octets(NamedTuple):
    """The same octets seen as integers that begin at every octet.

    One load and one range check then read a field. The views are little-endian, as every
    machine that numba serves is.
    """

    octets: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.uint16]
    quads: npt.NDArray[np.uint32]


def octets_of(octets: npt.NDArray[np.uint8]) -> Octets:
    """Return the views of contiguous `octets`; they share its memory."""

    def view(kind: str, size: int) -> npt.NDArray[Any]:
        shape = (max(len(octets) - size + 1, 0),)
        return np.ndarray(shape, kind, buffer=octets, strides=(1,))

    return Octets(octets, view("<u2", 2), view("<u4", 4))


@compiled
def octet(data: Octets, at: int) -> int:
    """Return the octet at `at`."""
    return integer(data.octets[at])


@compiled
def little16(data: Octets, at: int) -> int:
    """Return 16 bits in little-endian order."""
    return integer(data.pairs[at])


@compiled
def little32(data: Octets, at: int) -> int:
    """Return 32 bits in little-endian order."""
    return integer(data.quads[at])


@compiled
def big16(data: Octets, at: int) -> int:
    """Return 16 bits in network order."""
    pair = integer(data.pairs[at])
    return ((pair & 0xFF) << 8) | (pair >> 8)


@compiled
def big32(data: Octets, at: int) -> int:
    """Return 32 bits in network order."""
    quad = integer(data.quads[at])
    outer = ((quad & 0xFF) << 24) | (quad >> 24)
    return outer | ((quad & 0xFF00) << 8) | ((quad >> 8) & 0xFF00)


@compiled
def big64(data: Octets, at: int) -> np.uint64:
    """Return 64 bits in network order, unsigned."""
    return (np.uint64(big32(data, at)) << _HALF) | np.uint64(big32(data, at + 4))


@compiled
def ordered16(data: Octets, at: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return 16 bits in the byte order of the file."""
    return big16(data, at) if big else little16(data, at)


@compiled
def ordered32(data: Octets, at: int, big: bool) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Return 32 bits in the byte order of the file."""
    return big32(data, at) if big else little32(data, at)
