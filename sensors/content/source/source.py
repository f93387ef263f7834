"""What a source is: it lists resources in the order of their paths and opens them one by one."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Protocol, runtime_checkable

from situation.content.piece import Grid, UnreadableReason
from situation.content.resource import Resource
from situation.faults import Malformed


class Barred(Malformed):
    """A resource that its source lists but does not hand out, and why."""

    def __init__(self, because: UnreadableReason, detail: str = "") -> None:
        super().__init__(detail or because)
        self.because: UnreadableReason = because
        self.detail = detail


class Source(Protocol):
    """Anything that lists resources. Raises `Unavailable` where it is away as a whole."""

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the resources whose paths come behind `after`, in the order of code points."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class FileSource(Source, Protocol):
    """A source of files, objects and mails: streams of octets."""

    @property
    def passed_over(self) -> Mapping[str, int]:
        """What is no resource, counted by kind: links, devices."""
        ...

    def open(self, resource: Resource) -> BinaryIO:
        """Return a stream with a file descriptor of its own, at its beginning.

        What is not local is fetched into a temporary file without a name. Raises `Barred` where
        the resource is not handed out, `Unavailable` where the source is away.
        """
        ...

    def stamp(self, resource: Resource) -> str:
        """Return the stamp that the resource has now; raise `Barred` where it is gone."""
        ...


class TableSource(Source, Protocol):
    """A source of tables and indices: rows."""

    def grids(self, resource: Resource) -> Iterator[Grid]:
        """Yield a sample of the rows; read only, under a time limit of the server.

        Raises `Barred` or `Unavailable` as `FileSource.open` does.
        """
        ...
