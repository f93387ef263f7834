"""Reading of whole log files: from a path to batches of complete events.

A file may be packed by gzip, or be a form of its own whose records become lines of text. What
a file is, is told by its first octets, never by its name.
"""

import datetime as dt
import gzip
import pathlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

import polars as pl

from sensors.log.completion import Completed, Completion, Origin, file_identity
from sensors.log.host import evtx_file
from sensors.log.kind import LogKind, LogParser, SourceRules
from sensors.log.line import Encoding, LineReader, Lines, text_lines
from sensors.log.recognition import HEAD_LINES, recognised
from situation.faults import Malformed

BLOCK_OCTETS = 4 * 1024 * 1024
"""Octets that are parsed at once."""

_GZIP_MAGIC = b"\x1f\x8b"
_FINGERPRINT_OCTETS = 1024

DAMAGED = "gzip"
"""Reason for which a packed file was read no further."""

Progress = Callable[[int, int], None]
"""Is told the octets of the file that are behind, and all of them."""


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file that does not consist of lines."""

    magic: bytes
    """Its first octets."""
    texts: Callable[[pathlib.Path, Counter[str]], Iterator[Sequence[str]]]
    """Yields its records as lines of text in batches, and counts what is damaged by reason."""


FORMS = (FileForm(evtx_file.MAGIC, evtx_file.record_texts),)


@dataclass(slots=True)
class Tally:
    """What became of the lines that were read: lines = events + the sum of `skipped`."""

    lines: int = 0
    events: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """Events that bear a fault, by reason."""
    damaged: Counter[str] = field(default_factory=Counter)
    """Files, or parts of them, that could not be read, by reason."""

    def add(self, lines: int, completed: Completed) -> None:
        """Count one batch."""
        self.lines += lines
        self.events += completed.frame.height
        self.skipped += completed.skipped
        self.faults += completed.faults


@dataclass(frozen=True, slots=True)
class Plan:
    """How files are read: as which kind, by whom, by which rules."""

    kinds: Sequence[LogKind]
    """Kinds among which one is guessed; a single one is taken as it is."""
    observer: str
    rules: SourceRules = field(default_factory=SourceRules)
    encoding: Encoding = "auto"
    source: str = ""
    oldest_days: int | None = None


class LogFile:
    """One log file: its kind, and its events in batches."""

    def __init__(self, path: pathlib.Path, plan: Plan) -> None:
        """Open the file and find its kind; raise `Malformed` where it cannot be read or told."""
        self.path = path
        self._plan = plan
        self.tally = Tally()
        self.likeness = 1.0
        """How sure the kind is, 0 to 1."""
        head = self._head()
        self._form = next((form for form in FORMS if head.startswith(form.magic)), None)
        self.kind = self._kind_of(self._head_lines(head))
        self._identity = file_identity(head[:_FINGERPRINT_OCTETS] + path.name.encode())

    def batches(
        self, received: dt.datetime, progress: Progress = lambda _done, _total: None
    ) -> Iterator[pl.DataFrame]:
        """Yield the events of the file in its order, received at `received`."""
        parser = self.kind.parser(self._plan.rules)
        completion = Completion(self._origin())
        total = self.path.stat().st_size
        with self.path.open("rb") as raw:
            for lines in self._records(self._form) if self._form else self._lines(raw):
                completed = self._completed(parser, completion, lines, received)
                self.tally.add(lines.count, completed)
                yield completed.frame
                progress(raw.tell(), total)
        progress(total, total)

    @staticmethod
    def _completed(
        parser: LogParser, completion: Completion, lines: Lines, received: dt.datetime
    ) -> Completed:
        return completion.complete(parser.parse(lines.text, received), lines, received)

    def _origin(self) -> Origin:
        plan = self._plan
        return Origin(
            identity=self._identity,
            kind=self.kind.name,
            observer=plan.observer,
            source=plan.source,
            file=str(self.path),
            oldest_days=plan.oldest_days,
        )

    def _lines(self, raw: IO[bytes]) -> Iterator[Lines]:
        reader = LineReader(encoding=self._plan.encoding)
        for block in _blocks(raw, self.tally.damaged):
            lines = reader.feed(block)
            if lines.count:
                yield lines
        last = reader.finish()
        if last.count:
            yield last

    def _records(self, form: FileForm) -> Iterator[Lines]:
        """Yield the records of a file of that form; their offsets are their numbers."""
        first = 0
        for texts in form.texts(self.path, self.tally.damaged):
            yield text_lines(texts, range(first, first + len(texts)))
            first += len(texts)

    def _head(self) -> bytes:
        try:
            with self.path.open("rb") as raw:
                return next(_blocks(raw, Counter()), b"")
        except OSError as error:
            raise Malformed(f"cannot be read: {error.strerror}", where=str(self.path)) from error

    def _head_lines(self, head: bytes) -> list[str]:
        """Return the first lines; a file whose kind is given needs none."""
        if len(self._plan.kinds) == 1:
            return []
        if self._form is not None:
            return list(next(self._form.texts(self.path, Counter()), ()))[:HEAD_LINES]
        reader = LineReader(encoding=self._plan.encoding)
        lines = reader.feed(head).text.head(HEAD_LINES).to_list()
        return lines or reader.finish().text.to_list()

    def _kind_of(self, head: Sequence[str]) -> LogKind:
        if len(self._plan.kinds) == 1:
            return self._plan.kinds[0]
        if not any(line.strip() for line in head):
            return self._plan.kinds[0]
        guess = recognised(head, self._plan.kinds)
        if guess is None:
            raise Malformed(
                "it is like no known kind of log; name one, as `citywatch logs kinds` lists them",
                where=str(self.path),
            )
        self.likeness = guess.likeness
        return guess.kind


def _blocks(raw: IO[bytes], damaged: Counter[str]) -> Iterator[bytes]:
    """Yield the content unpacked; what cannot be unpacked ends it and is counted."""
    stream = _unpacked(raw)
    try:
        while block := stream.read(BLOCK_OCTETS):
            yield block
    except (EOFError, zlib.error, gzip.BadGzipFile):
        damaged[DAMAGED] += 1


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(len(_GZIP_MAGIC))
    raw.seek(0)
    return gzip.open(raw) if magic == _GZIP_MAGIC else raw  # type: ignore[return-value]  # IO
