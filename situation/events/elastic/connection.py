"""The connection: the official client, its nodes, and the version of the server."""

import contextlib
import logging
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from situation.events.elastic.sentence import fault
from situation.faults import Misconfigured

REQUEST_SECONDS = 40.0
"""Longest wait for one answer; whatever the server took later shows as a duplicate.

A server whose disks are full waits some 35 s for the shard of a new index before it answers.
"""

OLDEST_VERSION = (8, 19)
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the store logs in, and by what it knows the server."""

    api_key: str = ""
    username: str = ""
    password: str = ""
    ca_certs: str = ""
    """File with the certificate authority of the server."""
    fingerprint: str = ""
    """SHA-256 of the server's own certificate in hexadecimal, colons allowed."""


def connect(urls: str, credentials: Credentials) -> Elasticsearch:
    """Return a client for the nodes at `urls`, separated by commas; nothing is asked yet.

    A node that fails is left out for a second, then longer, up to half a minute. A question is
    asked of another node at once; a bulk request is repeated by the loop that sends it.
    """
    # What it would tell with a traceback is told by our faults.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    nodes = nodes_of(urls)
    try:
        return Elasticsearch(
            nodes,
            max_retries=len(nodes) - 1,
            retry_on_status=(),
            request_timeout=REQUEST_SECONDS,
            **_options(credentials),  # type: ignore[arg-type]  # the client's own options, chosen below
        )
    except (ValueError, OSError) as error:
        raise Misconfigured(str(error), where=urls) from error


def nodes_of(urls: str) -> list[str]:
    """Return the URL of each node; raise `Misconfigured` where one is none."""
    nodes = [url.strip() for url in urls.split(",") if url.strip()]
    wrong = [url for url in nodes if not _is_node(url)]
    if wrong or not nodes:
        raise Misconfigured("a node is http(s)://host:port", where=", ".join(wrong) or urls)
    return nodes


def _is_node(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname and parts.port)
    except ValueError:
        return False


def _options(credentials: Credentials) -> dict[str, object]:
    options: dict[str, object] = {}
    if credentials.api_key:
        options["api_key"] = credentials.api_key
    elif credentials.username:
        options["basic_auth"] = (credentials.username, credentials.password)
    if credentials.fingerprint:
        options["ssl_assert_fingerprint"] = credentials.fingerprint.replace(":", "").lower()
    elif credentials.ca_certs:
        options["ca_certs"] = credentials.ca_certs
    return options


@contextlib.contextmanager
def faults_of(where: str) -> Iterator[None]:
    """Turn the client's errors into faults at `where`."""
    try:
        yield
    except (ApiError, TransportError, UnsupportedProductError) as error:
        raise fault(error, where) from error


def server_version(client: Elasticsearch) -> str | None:
    """Return the server's version, None where our rights do not reach so far."""
    try:
        return str(client.info()["version"]["number"])
    except ApiError:
        # A server without the root page, or a key that may only write.
        pass
    try:
        nodes = client.nodes.info(node_id="_local", filter_path="nodes.*.version")["nodes"]
    except ApiError as error:
        if error.status_code == _FORBIDDEN:
            return None
        raise
    return str(next(iter(nodes.values()))["version"])


def check_version(version: str | None, where: str) -> None:
    """Refuse a server that is too old; an unknown version passes."""
    if version is None:
        return
    major, minor = (int(part) for part in version.split(".")[:2])
    if (major, minor) < OLDEST_VERSION:
        raise Misconfigured(f"Elasticsearch {version} is older than 8.19", where=where)
