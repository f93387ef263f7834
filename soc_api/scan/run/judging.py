"""Judging one resource: opened at its source, known again by its content, or read and judged."""

import contextlib
import hashlib
import os
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from detect.classified.scanner import Scanner
from sensors.content.limits import MIB
from sensors.content.source.source import Barred, FileSource, TableSource
from situation.content.declared import Declared
from situation.content.piece import Unreadable
from situation.content.resource import Resource
from situation.content.verdict import Verdict
from situation.scan_settings import ScanSettings
from soc_api.scan.confined.reader import ConfinedReader, confined_readers
from soc_api.scan.tools import Tools

_CHUNK = 1 << 20
_TRIES = 2


Known = Callable[[str], Verdict | None]
"""Returns the verdict on the same content under the same rules, if there is one."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a resource. `reused`: its content was known, so that nothing was parsed."""

    resource: Resource
    verdict: Verdict
    content_hash: str = ""
    declared: Declared | None = None
    reused: bool = False


class Judge(Protocol):
    """Judges the resources of one source; several threads may call it at once."""

    def __call__(self, resource: Resource, declared: Declared | None) -> Judged:
        """Return what came of a resource; raise `Unavailable` where the source is away."""
        ...


class FileJudge:
    """Judges files: in a confined reader, unless their content is known."""

    def __init__(
        self,
        source: FileSource,
        readers: "queue.SimpleQueue[ConfinedReader]",
        *,
        settings: ScanSettings,
        tools: Tools,
        known: Known,
    ) -> None:
        self._source, self._readers = source, readers
        self._settings, self._tools, self._known = settings, tools, known

    def __call__(self, resource: Resource, declared: Declared | None) -> Judged:
        """Judge a file; one that changes while it is read is read once more."""
        try:
            for _ in range(_TRIES):
                judged = self._judge(resource, declared)
                now = self._source.stamp(resource)
                if now == resource.stamp:
                    return judged
                resource = replace(resource, stamp=now)
        except Barred as barred:
            lost = Unreadable(reason=barred.because, detail=barred.detail)
            return Judged(resource, self._lost(lost), declared=declared)
        changing = Unreadable(reason="changing")
        verdict = replace(judged.verdict, unreadable=(*judged.verdict.unreadable, changing))
        return replace(judged, verdict=verdict)

    def _judge(self, resource: Resource, declared: Declared | None) -> Judged:
        name = os.path.basename(resource.path)  # noqa: PTH119 - a path of a server, not of here
        if resource.size > self._settings.file_mib * MIB:
            # It is not even fetched from its server.
            return self._too_large(resource, resource.size, declared)
        with self._source.open(resource) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > self._settings.file_mib * MIB:
                return self._too_large(resource, size, declared)
            content = self._hash(stream, name, declared)
            there = self._known(content)
            if there is not None:
                return Judged(resource, there, content, declared, reused=True)
            stream.seek(0)
            return Judged(resource, self._read(stream, name, declared), content, declared)

    def _too_large(self, resource: Resource, size: int, declared: Declared | None) -> Judged:
        large = Unreadable(reason="too_large", detail=f"{size} octets")
        return Judged(resource, self._lost(large), declared=declared)

    def _read(self, stream: BinaryIO, name: str, declared: Declared | None) -> Verdict:
        reader = self._readers.get()
        try:
            return reader.judge(stream, name, declared)
        finally:
            self._readers.put(reader)

    def _hash(self, stream: BinaryIO, name: str, declared: Declared | None) -> str:
        digest = hashlib.blake2b(
            f"{name}\0{declared}".encode(), key=self._tools.key[:64], digest_size=24
        )
        while piece := stream.read(_CHUNK):
            digest.update(piece)
        return digest.hexdigest()

    def _lost(self, unreadable: Unreadable) -> Verdict:
        return Verdict(ruleset=self._tools.ruleset.fingerprint, unreadable=(unreadable,))


class TableJudge:
    """Judges tables and indices by a sample of their rows, which never leaves this process."""

    def __init__(self, source: TableSource, tools: Tools) -> None:
        self._source, self._tools = source, tools

    def __call__(self, resource: Resource, declared: Declared | None) -> Judged:
        """Judge a table; one that its server does not hand out is unreadable."""
        scanner = Scanner(self._tools.ruleset, self._tools.key, resource.path)
        try:
            for grid in self._source.grids(resource):
                scanner.take(grid)
        except Barred as barred:
            scanner.take(Unreadable(reason=barred.because, detail=barred.detail))
        return Judged(resource, scanner.verdict(declared), declared=declared)


@contextlib.contextmanager
def judging(
    source: FileSource | TableSource,
    settings: ScanSettings,
    tools: Tools,
    *,
    known: Known,
) -> Iterator[Judge]:
    """Yield who judges the resources of a source, with confined readers where it holds files."""
    if not isinstance(source, FileSource):
        yield TableJudge(source, tools)
        return
    with confined_readers(settings, tools) as readers:
        yield FileJudge(source, readers, settings=settings, tools=tools, known=known)
