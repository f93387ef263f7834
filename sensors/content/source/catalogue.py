"""The list of sources: which scheme of a URL is opened by what."""

import pathlib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import sqlalchemy as sa

from sensors.content.source.address import secret_of
from sensors.content.source.database import DatabaseSource
from sensors.content.source.folder import FolderSource
from sensors.content.source.opening import open_bucket, open_index, open_mailbox, open_sftp
from sensors.content.source.selection import Selection
from sensors.content.source.source import FileSource, TableSource
from situation.content.resource import Exposure
from situation.faults import Misconfigured
from situation.scan_settings import ScanTargetSettings

Opener = Callable[[ScanTargetSettings], FileSource | TableSource]


def _open_folder(target: ScanTargetSettings) -> FileSource:
    return FolderSource(
        pathlib.Path(target.url.removeprefix("file://").removeprefix("file:")),
        selection=Selection(target.include, target.exclude),
        exposure=Exposure(zone=target.zone),
    )


def _open_database(target: ScanTargetSettings) -> TableSource:
    url = _url(target)
    if target.user:
        url = url.set(username=target.user)
    secret = secret_of(target)
    if secret:
        url = url.set(password=secret)
    return DatabaseSource(
        url,
        selection=Selection(target.include, target.exclude),
        exposure=Exposure(zone=target.zone),
        sample_rows=target.sample_rows,
        statement_seconds=target.statement_seconds,
    )


def _url(target: ScanTargetSettings) -> sa.URL:
    try:
        url = sa.make_url(target.url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise Misconfigured("is no URL", where="url") from error
    if url.get_backend_name() == "sqlite":
        file = pathlib.Path(url.database or "")
        if not file.is_file():
            raise Misconfigured("there is no such file", where=str(file) if url.database else "url")
    return url


SOURCES: Mapping[str, Opener] = {
    "": _open_folder,
    "file": _open_folder,
    "sqlite": _open_database,
    "postgresql": _open_database,
    "mysql": _open_database,
    "mariadb": _open_database,
    "sftp": open_sftp,
    "s3": open_bucket,
    "elasticsearch": open_index,
    "elasticsearchs": open_index,
    "imaps": open_mailbox,
}
"""By the scheme of the URL; a path has none."""


def open_source(target: ScanTargetSettings) -> FileSource | TableSource:
    """Open the source of a target.

    Nothing is asked of a server yet. Raises `Misconfigured` where nothing is opened
    by such a URL, or what it names is not there.
    """
    return SOURCES[check_scheme(target.url)](target)


def check_scheme(url: str) -> str:
    """Return the scheme of a URL; raise `Misconfigured` where nothing is opened by it."""
    scheme = scheme_of(url)
    if scheme not in SOURCES:
        known = ", ".join(sorted(name for name in SOURCES if name))
        raise Misconfigured(f"nothing opens {scheme}:; known are paths and {known}", where="url")
    return scheme


def scheme_of(url: str) -> str:
    """Return the scheme of a URL without its driver, empty for a path."""
    scheme = urlsplit(url).scheme if ":" in url.split("/", 1)[0] else ""
    return scheme.split("+", 1)[0].lower()
