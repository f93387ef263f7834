"""Documents as the lines of a bulk request, made column by column.

Every document is two lines: `create` with its index and id, and its declared fields under their
dotted names, without those that it does not have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from situation.events.document import with_written_dates
from situation.events.instant import SECOND, iso_text
from situation.events.intake import INGESTED, day_expression

# A quote within a JSON text is escaped, so neither this nor the end of a line occurs in a value.
_ABSENT = r',"[A-Za-z0-9_.@]+":null'

_FRESH_NANOSECONDS = 2 * SECOND
"""Age up to which the time that a document bears is that of its sending."""
_LEAST_OCTETS = 256 * 2**10
"""Octets below which a part costs more as a request of its own than it saves."""

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Documents as lines; `starts` says where each begins in `text`, and where the last ends.

    They bear the time `made`, which holds for what is sent until `fresh_until`.
    """

    text: memoryview
    starts: Offsets
    ids: pl.Series
    made: str
    fresh_until: str

    @property
    def documents(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def octets(self) -> int:
        """Octets of all lines."""
        return len(self.text)

    def body(self, sent: str) -> bytes:
        """Return the body of a request that is sent at the time `sent`, ISO with nine digits."""
        text = bytes(self.text)
        return text if sent <= self.fresh_until else text.replace(_end(self.made), _end(sent))

    def between(self, first: int, beyond: int) -> "Lines":
        """Return some neighbouring documents."""
        starts = self.starts[first : beyond + 1]
        text = self.text[starts[0] : starts[-1]]
        return replace(self, text=text, starts=starts - starts[0], ids=self.ids[first:beyond])

    def chosen(self, rows: Sequence[int]) -> "Lines":
        """Return the documents of the given numbers."""
        if len(rows) == self.documents:
            return self
        parts = [self.text[self.starts[row] : self.starts[row + 1]] for row in rows]
        starts = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
        text = memoryview(b"".join(parts))
        return replace(self, text=text, starts=starts, ids=self.ids.gather(list(rows)))

    def halves(self) -> tuple["Lines", "Lines"]:
        """Return the first and the second half of at least two documents."""
        middle = self.documents // 2
        return self.between(0, middle), self.between(middle, self.documents)

    def cut(self, octets: int) -> Iterator["Lines"]:
        """Yield parts of about `octets`, each of at least one document."""
        first = 0
        while first < self.documents:
            beyond = self._beyond(first, octets)
            yield self.between(first, beyond)
            first = beyond

    def tapered(self, octets: int, ways: int) -> Iterator["Lines"]:
        """Yield parts that grow smaller, so that `ways` requests at once end at about one time."""
        first = 0
        while first < self.documents:
            left = int(self.starts[-1] - self.starts[first])
            beyond = self._beyond(first, min(octets, max(left // ways, _LEAST_OCTETS)))
            yield self.between(first, beyond)
            first = beyond

    def _beyond(self, first: int, octets: int) -> int:
        end = self.starts[first] + octets
        beyond = int(np.searchsorted(self.starts, end, side="right")) - 1
        return min(max(beyond, first + 1), self.documents)


def lines_of(frame: pl.DataFrame, indices: Mapping[int, str], now: int) -> Lines:
    """Return the rows of a checked frame as lines, made at `now` in nanoseconds since 1970.

    `indices` has the index of each day number.
    """
    made = iso_text(now)
    held = frame.select(column.name for column in frame if column.null_count() < frame.height)
    gaps = any(column.null_count() for column in held)
    sources = pl.struct(pl.all(), pl.lit(made).alias(INGESTED)).struct.json_encode()
    # The time comes first and is never absent, so that every gap has a comma before it.
    written = with_written_dates(held.select("@timestamp", pl.exclude("@timestamp")))
    text = written.select(
        pl.concat_str(
            pl.lit('{"create":{"_index":"'),
            _index(frame, indices),
            pl.lit('",'),
            pl.struct(_id="event.id").struct.json_encode().str.strip_prefix("{"),
            pl.lit("}\n"),
            sources.str.replace_all(_ABSENT, "") if gaps else sources,
            pl.lit("\n"),
        )
    ).to_series()
    return Lines(*_octets(text), frame["event.id"], made, iso_text(now + _FRESH_NANOSECONDS))


def _end(time: str) -> bytes:
    return f',"{INGESTED}":"{time}"}}\n'.encode()


def _index(frame: pl.DataFrame, indices: Mapping[int, str]) -> pl.Expr | pl.Series:
    if len(indices) == 1:
        return pl.lit(next(iter(indices.values())))
    days = frame.select(day_expression()).to_series()
    return days.replace_strict(list(indices), list(indices.values()), return_dtype=pl.String)


def _octets(text: pl.Series) -> tuple[memoryview, Offsets]:
    # As one large text of Arrow the rows lie behind one another already.
    array = text.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, content = array.buffers()
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return memoryview(content)[starts[0] : starts[-1]], starts - starts[0]
