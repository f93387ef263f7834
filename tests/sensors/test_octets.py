from collections.abc import Callable

import numba
import numpy as np
import pytest

from sensors import octets
from sensors.octets import Octets, octets_of

DATA = octets_of(np.arange(1, 13, dtype=np.uint8))

Read = Callable[..., object]


def staged(read: Read) -> Read:
    """Return a function that Python can call, as a stage is one."""

    def call(data: Octets, *rest: int) -> object:
        return read(data, *rest)

    compiled: Read = numba.njit(boundscheck=True)(call)
    return compiled


octet, big16, big32, big64, ordered16, ordered32 = (
    staged(read)
    for read in (
        octets.octet, octets.big16, octets.big32, octets.big64, octets.ordered16, octets.ordered32
    )
)  # fmt: skip


def test_integers_are_read_at_any_offset() -> None:
    assert octet(DATA, 3) == 4
    assert big16(DATA, 3) == 0x0405
    assert big32(DATA, 3) == 0x04050607
    assert big64(DATA, 3) == 0x0405060708090A0B


def test_both_byte_orders_are_read() -> None:
    assert (ordered16(DATA, 1, True), ordered16(DATA, 1, False)) == (0x0203, 0x0302)  # noqa: FBT003 - compiled code has no keywords
    assert (ordered32(DATA, 1, True), ordered32(DATA, 1, False)) == (0x02030405, 0x05040302)  # noqa: FBT003 - same


@pytest.mark.parametrize(("read", "size"), [(octet, 1), (big16, 2), (big32, 4), (big64, 8)])
def test_a_read_beyond_the_octets_is_refused_by_the_machine_code(read: object, size: int) -> None:
    assert callable(read)
    read(DATA, 12 - size)
    for at in (13 - size, 12, 1 << 40):
        with pytest.raises(IndexError):
            read(DATA, at)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_few_octets_have_no_wide_integers(length: int) -> None:
    short = octets_of(np.zeros(length, np.uint8))
    with pytest.raises(IndexError):
        big32(short, 0)
