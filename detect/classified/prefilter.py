"""Prefilter: which groups of recognisers have anything to do in a stretch of octets."""

import re
import threading
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from detect.classified.normal import INVISIBLE, folded
from detect.classified.recogniser import Recogniser

STRETCH: Final = 64 * 1024
"""Octets that are asked about at once."""

GROUPS: Final = (1 << 62) - 1
"""The bits of groups, which are kept with a resource."""

FIRST_RULE: Final = 64

ODD: Final = 1 << 62
"""Bit of text that reads differently once it is normalised: full-width digits, invisible signs."""

_ODD_PATTERN: Final = "|".join(
    (
        r"\xef\xbc[\x90-\x99\xa1-\xba]",
        r"\xef\xbd[\x81-\x9a]",
        r"\xf0\x9d[\x90-\x9f]",
        *("".join(rf"\x{octet:02x}" for octet in sign.encode()) for sign in sorted(INVISIBLE)),
    )
)
"""Full-width digits and letters, mathematical ones, and all that `folded` drops."""

Wake = tuple[int, bytes]
"""A mask and a pattern over octets that sets it."""


class _Engine(Protocol):
    @property
    def kept(self) -> bytes: ...

    def awake(self, data: bytes) -> int: ...


_REPEATED: Final = re.compile(r"([^\x00-\x7f])(?=[?*+{])")


def octets_of(pattern: str) -> bytes:
    """Return a pattern as octets: what is not ASCII as UTF-8, and as one where it is repeated."""
    return _REPEATED.sub(r"(?:\1)", pattern).encode()


class Prefilter:
    """Tells by a mask which groups may find something in a stretch.

    The mask is the same whichever engine makes it. `pure` takes that of the standard library
    even where Vectorscan is at hand. `kept` is what another one of the same wakes has compiled:
    that takes seconds, and reading it again none.
    """

    def __init__(
        self,
        wakes: Iterable[tuple[int, Sequence[str]]],
        *,
        pure: bool = False,
        kept: bytes = b"",
    ) -> None:
        rows = [
            (1 << group | 1 << (FIRST_RULE + place), octets_of(wake))
            for place, (group, each) in enumerate(wakes)
            for wake in each
        ]
        rows.append((ODD, octets_of(_ODD_PATTERN)))
        self._engine: _Engine = _Pure(rows)
        if HAS_VECTORSCAN and not pure:
            self._engine = _Vectorscan(rows, kept)

    @property
    def kept(self) -> bytes:
        """What was compiled, for a prefilter of the same wakes in another process."""
        return self._engine.kept

    def awake(self, data: bytes) -> int:
        """Return the mask for UTF-8; text that reads otherwise is folded first.

        Bits up to 61 are groups; from `FIRST_RULE` on each is one recogniser, in their order.
        """
        mask = self._engine.awake(data)
        if mask & ODD:
            text = folded(data.decode("utf-8", "replace"))
            return self._engine.awake(text.encode()) & ~ODD
        return mask


def wakes_of(recognisers: Iterable[Recogniser]) -> list[tuple[int, Sequence[str]]]:
    """Return group and patterns of recognisers."""
    return [(each.group, each.wakes) for each in recognisers]


class _Pure:
    """Each pattern by itself: one alternation of all is slower by far."""

    @property
    def kept(self) -> bytes:
        return b""

    def __init__(self, rows: Sequence[Wake]) -> None:
        self._rows = [(mask, re.compile(pattern)) for mask, pattern in rows]

    def awake(self, data: bytes) -> int:
        mask = 0
        for bit, pattern in self._rows:
            if mask & bit != bit and pattern.search(data):
                mask |= bit
        return mask


try:
    import hyperscan
except ImportError:  # there is no wheel of it for this machine
    HAS_VECTORSCAN = False
else:
    HAS_VECTORSCAN = True


class _Vectorscan:
    """All patterns in one pass; each speaks once a stretch."""

    def __init__(self, rows: Sequence[Wake], kept: bytes) -> None:
        self._masks = [mask for mask, _ in rows]
        self._database = _read(kept) if kept else _compile(rows)
        self._found = 0
        # Its scratch space serves one scan at a time.
        self._turn = threading.Lock()

    @property
    def kept(self) -> bytes:
        return hyperscan.dumpb(self._database)

    def awake(self, data: bytes) -> int:
        with self._turn:
            self._found = 0
            self._database.scan(data, match_event_handler=self._saw)
            return self._found

    def _saw(self, number: int, *_: object) -> None:
        self._found |= self._masks[number]


def _compile(rows: Sequence[Wake]) -> "hyperscan.Database":
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[pattern for _, pattern in rows],
        ids=list(range(len(rows))),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(rows),
    )
    return database


def _read(kept: bytes) -> "hyperscan.Database":
    database = hyperscan.loadb(kept, mode=hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database
