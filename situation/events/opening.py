"""Opening an event store by its URL."""

import pathlib
import urllib.parse

from situation.clock import Clock, SystemClock
from situation.events.store import EventStore
from situation.faults import Misconfigured


def open_event_store(
    url: str,
    *,
    clock: Clock | None = None,
    api_key: str = "",
    username: str = "",
    password: str = "",
    ca_certs: str = "",
    fingerprint: str = "",
    prefix: str = "citywatch",
    replicas: int | None = None,
) -> EventStore:
    """Return the store at `url`: `http(s)://...`, `file:...` or a plain folder.

    Nothing is asked or made yet. Everything but the clock is for Elasticsearch, whose nodes are
    separated by commas: an API key or a user with a password, the file of the certificate
    authority or the SHA-256 of the server's own certificate, the prefix of the indices, and how
    many replicas new indices have (None for the server's default).
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme in {"http", "https"}:
        # The client takes long to load, and a site with a folder never needs it.
        from situation.events.elastic.connection import Credentials  # noqa: PLC0415 - as said
        from situation.events.elastic.store import ElasticStore  # noqa: PLC0415 - as said

        credentials = Credentials(
            api_key=api_key,
            username=username,
            password=password,
            ca_certs=ca_certs,
            fingerprint=fingerprint,
        )
        return ElasticStore(
            url,
            clock or SystemClock(),
            credentials=credentials,
            prefix=prefix,
            replicas=replicas,
        )
    if parts.scheme not in {"", "file"}:
        raise Misconfigured("an event store is a folder, file: or http(s):", where=url)
    folder = urllib.parse.unquote(parts.path) if parts.scheme else url
    if not folder or parts.netloc:
        raise Misconfigured("names no folder of this machine", where=url or "event store")
    from situation.events.parquet.store import ParquetStore  # noqa: PLC0415 - as above

    return ParquetStore(pathlib.Path(folder), clock or SystemClock())
