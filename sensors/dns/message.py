"""DNS messages out of slices until a batch takes them, and what the flows say of them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.decode.layout import Rows
from sensors.dns.frame import dns_frame
from sensors.dns.layout import MESSAGE, REFUSALS, Book
from sensors.dns.parse import parse
from sensors.dns.port import KIND_OF_PORT, is_tcp
from sensors.dns.stream import Streams
from sensors.dns.vocabulary import type_texts
from sensors.frame.identity import Identity
from sensors.meter.layout import ACTIVE
from sensors.octets import octets_of
from situation.fields import DNS_SCHEMA

_MESSAGES = 80_000
_NAME_OCTETS, _DATA_OCTETS, _DETAIL_OCTETS = (size * 1024 * 1024 for size in (4, 8, 16))
"""Room for the messages of a batch; where it is not enough, a frame is made before."""

_QUESTION_COLUMNS = (
    "dns.question.name",
    "dns.question.type",
    "dns.response_code",
    "citywatch.dns.answers_count",
    "network.protocol",
)

_QUESTION_SCHEMA = {"serial": pl.Int64} | {name: DNS_SCHEMA[name] for name in _QUESTION_COLUMNS}


def _book() -> Book:
    return Book(
        messages=np.zeros(_MESSAGES, MESSAGE),
        names=np.zeros(_NAME_OCTETS, np.uint8),
        data=np.zeros(_DATA_OCTETS, np.uint8),
        details=np.zeros(_DETAIL_OCTETS, np.uint8),
        refused=np.zeros(len(REFUSALS), np.int64),
        kinds=KIND_OF_PORT,
        types=type_texts(),
    )


class Messages:
    """Parses slices and keeps the messages until a batch takes them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._book = _book()
        self._streams = Streams()
        self._frames: list[pl.DataFrame] = []
        self._questions: list[pl.DataFrame] = []
        self._parsed = 0
        """Messages that are in no frame yet."""
        self.waiting = 0
        """Messages that no batch has taken yet."""
        self.count = 0
        """Messages in all."""

    def read(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Parse the slices, which point into `ring`; what lies in streams is put together."""
        streamed = is_tcp(slices)
        if not streamed.any():
            self._parse(slices, ring)
            return
        self._parse(slices[~streamed], ring)
        self._parse(*self._streams.joined(slices[streamed], ring))

    def _parse(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        data = octets_of(ring)
        number, before = 0, self._parsed
        while number < len(slices):
            number, self._parsed = parse(data, slices, number, self._parsed, self._book)
            if number < len(slices):
                before -= self._parsed
                self._make()
        self.waiting += self._parsed - before
        self.count += self._parsed - before

    def _make(self) -> None:
        """Make a frame of the messages that were parsed."""
        if self._parsed:
            messages = self._book.messages[: self._parsed]
            frame = dns_frame(messages, self._book, self._identity)
            self._frames.append(frame.drop("serial"))
            self._questions.append(frame.select("serial", *_QUESTION_COLUMNS))
        self._parsed = 0

    def take(self) -> pl.DataFrame:
        """Hand over the messages that wait."""
        self._make()
        frame = pl.concat([pl.DataFrame(schema=DNS_SCHEMA), *self._frames])
        self._frames.clear()
        self.waiting = 0
        return frame

    def questions(self, flows: Rows) -> pl.DataFrame:
        """Return first question, first answer and protocol by `serial`.

        Those of `flows` that ended go; what came of a message that they did not end is read first.
        """
        ended = flows["serial"][flows["reason"] != ACTIVE]
        self._parse(*self._streams.left_of(ended))
        self._make()
        none = pl.DataFrame(schema=_QUESTION_SCHEMA)
        first = (
            pl.concat([none, *self._questions])
            .group_by("serial", maintain_order=True)
            .agg(pl.col(name).drop_nulls().first() for name in _QUESTION_COLUMNS)
        )
        gone = pl.DataFrame({"serial": ended})
        self._questions = [first.join(gone, on="serial", how="anti", maintain_order="left")]
        return first

    def refused(self) -> dict[str, int]:
        """Return why payloads on ports of DNS gave no message."""
        return {
            name: int(count)
            for name, count in zip(REFUSALS, self._book.refused, strict=True)
            if count
        }
