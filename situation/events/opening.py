"""Opening an event store by its URL."""

import pathlib
import urllib.parse

from situation.clock import Clock, SystemClock
from situation.events.parquet.store import ParquetStore
from situation.events.store import EventStore
from situation.faults import Misconfigured


def open_event_store(url: str, *, clock: Clock | None = None) -> EventStore:
    """Return the store at `url`: `http(s)://...`, `file:...` or a plain folder."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme in {"", "file"}:
        folder = urllib.parse.unquote(parts.path) if parts.scheme else url
        if not folder or parts.netloc:
            raise Misconfigured("names no folder of this machine", where=url or "event store")
        return ParquetStore(pathlib.Path(folder), clock or SystemClock())
    raise Misconfigured("an event store is a folder, file: or http(s):", where=url)
