"""The connection: the official client without its own retries, and what its errors mean."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    BadRequestError,
    Elasticsearch,
    TransportError,
    UnsupportedProductError,
)

from situation.faults import Fault, Malformed, Misconfigured, Unavailable

REQUEST_SECONDS = 30.0
"""Longest wait for one answer; whatever the server took later shows as a duplicate."""

OLDEST_VERSION = (8, 19)
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the store logs in; an API key, or a user with a password, or neither."""

    api_key: str = ""
    username: str = ""
    password: str = ""
    ca_certs: str = ""
    """File with the certificate authority of the server."""


def connect(url: str, credentials: Credentials) -> Elasticsearch:
    """Return a client; nothing is asked yet."""
    options: dict[str, object] = {}
    if credentials.api_key:
        options["api_key"] = credentials.api_key
    elif credentials.username:
        options["basic_auth"] = (credentials.username, credentials.password)
    if credentials.ca_certs:
        options["ca_certs"] = credentials.ca_certs
    try:
        return Elasticsearch(url, max_retries=0, request_timeout=REQUEST_SECONDS, **options)  # type: ignore[arg-type]  # the client's own options, chosen above
    except (ValueError, OSError) as error:
        raise Misconfigured(str(error), where=url) from error


def fault(error: ApiError | TransportError | UnsupportedProductError, where: str) -> Fault:
    """Return the fault that an error of the client stands for."""
    if isinstance(error, UnsupportedProductError):
        return Misconfigured("the server is no Elasticsearch", where=where)
    if isinstance(error, AuthenticationException):
        return Unavailable("the server does not accept our credentials", where=where)
    if isinstance(error, AuthorizationException):
        return Unavailable(f"the server forbids it: {reason(error)}", where=where)
    if isinstance(error, ApiError):
        words = reason(error)
        if isinstance(error, BadRequestError) or "too_many_buckets" in words:
            return Malformed(words, where=where)
        return Unavailable(f"the server answered {error.status_code}: {words}", where=where)
    return Unavailable(f"the server cannot be reached: {error.message}", where=where)


@contextlib.contextmanager
def faults_of(where: str) -> Iterator[None]:
    """Turn the client's errors into faults at `where`."""
    try:
        yield
    except (ApiError, TransportError, UnsupportedProductError) as error:
        raise fault(error, where) from error


def reason(error: ApiError) -> str:
    """Return the server's own words for an error, as far as it sent any."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        causes = [*body["error"].get("root_cause", []), body["error"]]
        return " ".join(str(causes[0].get(key, "")) for key in ("type", "reason")).strip()
    return str(error.message)


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
