"""The client of an object store: given all that it needs, it asks no host but the endpoint.

Without that the library looks for keys in the environment, in files, and at the address at which
clouds tell their machines who they are.
"""

import os
import pathlib
import re
import urllib.parse
from dataclasses import dataclass
from typing import Protocol

import botocore.session
from boto3.session import Session
from botocore import UNSIGNED
from botocore.config import Config

from situation.faults import Misconfigured

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
TRIES = 3
DEFAULT_REGION = "us-east-1"
"""What stores that know no regions take."""

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}[a-zA-Z0-9]")
_NOTHING_OF_HERE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
_POOL = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which bucket of which store, and by which key. Without one, nothing is signed."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    """URL of the store; empty: that of the provider for the region."""
    region: str = DEFAULT_REGION
    key: str = ""
    secret: str = ""
    ca_certs: pathlib.Path | None = None
    is_path_style: bool = True
    """Whether the bucket stands in the path of a URL, and not before the name of the host."""


def place_of(url: str) -> Place:
    """Return what a URL names: `s3://BUCKET/PREFIX?region=R&style=virtual`, the query optional.

    Raises `Misconfigured` where it names no bucket, or its query says something else.
    """
    parts = urllib.parse.urlsplit(url)
    said = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    if not _NAME.fullmatch(parts.netloc):
        raise Misconfigured("a bucket is s3://BUCKET or s3://BUCKET/PREFIX", where="url")
    if said.keys() - {"region", "style"} or said.get("style", "path") not in {"path", "virtual"}:
        raise Misconfigured("its query is region=..., style=path or style=virtual", where="url")
    return Place(
        bucket=parts.netloc,
        prefix=urllib.parse.unquote(parts.path).strip("/"),
        region=said.get("region") or DEFAULT_REGION,
        is_path_style=said.get("style", "path") == "path",
    )


class Client(Protocol):
    """What is asked of a store."""

    def list_objects_v2(self, **words: object) -> dict[str, object]:
        """Return a page of keys behind `StartAfter`."""
        ...

    def head_object(self, **words: object) -> dict[str, object]:
        """Return what is known about an object."""
        ...

    def get_object(self, **words: object) -> dict[str, object]:
        """Return an object; its `Body` is still to be read."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def clients_of(place: Place) -> tuple[Client, Client]:
    """Return a client for the store of a place, and one that shows no key; nothing is asked yet."""
    session = Session(botocore_session=botocore.session.Session(session_vars=_NOTHING_OF_HERE))
    keys = {"aws_access_key_id": place.key, "aws_secret_access_key": place.secret}
    signed, stranger = (_client(session, place, shown) for shown in (keys if place.key else {}, {}))
    return signed, stranger


def _client(session: Session, place: Place, keys: dict[str, str]) -> Client:
    try:
        client: Client = session.client(
            "s3",
            region_name=place.region,
            endpoint_url=place.endpoint or None,
            verify=str(place.ca_certs) if place.ca_certs is not None else True,
            config=_config(place, signed=bool(keys)),
            **keys,
        )
    except ValueError as error:
        raise Misconfigured(str(error), where="endpoint") from error
    return client


def _config(place: Place, *, signed: bool) -> Config:
    return Config(
        signature_version="s3v4" if signed else UNSIGNED,
        s3={"addressing_style": "path" if place.is_path_style else "virtual"},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        max_pool_connections=_POOL,
        proxies={},
        ignore_configured_endpoint_urls=True,
        # Stores beside the first one know no checksums of their own.
        response_checksum_validation="when_required",
        request_checksum_calculation="when_required",
    )
