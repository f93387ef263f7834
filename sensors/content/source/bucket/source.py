"""The objects of a bucket in the order of their keys, each fetched when it is opened."""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from sensors.content.limits import MIB
from sensors.content.source.bucket.client import Client, Place, clients_of
from sensors.content.source.fetching import fetched
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.resource import Exposure, Resource
from situation.faults import Fault, Misconfigured, Unavailable

PROBES = 10_000
"""Folders of a bucket that are tried without a login, at most."""

_ANSWERED_LATER = frozenset({408, 429})
_FROM_SERVER_ERROR = 500
_FORBIDDEN = frozenset({401, 403})
_NOT_FOUND = 404
_REFUSED_KEYS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "RequestTimeTooSkewed"}
)


class _Body(Protocol):
    def iter_chunks(self, chunk_size: int) -> Iterator[bytes]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    size: int
    stamp: str
    owner: str


class BucketSource:
    """Objects of one bucket below a prefix; a key that ends with a slash is a folder, no object.

    Whether objects are handed out without a login is tried once for each folder, by its first
    object. Keys come in the order of their octets, as the API promises; a store that keeps another
    order is refused, since a scan could not go on behind a path there.
    """

    def __init__(
        self,
        place: Place,
        *,
        selection: Selection | None = None,
        exposure: Exposure | None = None,
    ) -> None:
        self._place = place
        self._location = f"s3://{place.bucket}/"
        self._top = f"{place.prefix}/" if place.prefix else ""
        self._selection = selection or Selection()
        is_encrypted = not place.endpoint.startswith("http:")
        self._exposure = replace(exposure or Exposure(), encrypted_transport=is_encrypted)
        self._client, self._stranger = clients_of(place)
        self.passed_over: Mapping[str, int] = {}

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the objects whose paths come behind `after`."""
        probe = _Probe(self._stranger, self._place.bucket)
        for one in self._objects(self._begin(after)):
            if one.key.endswith("/") or not self._selection.takes(self._relative(one.key)):
                continue
            exposure = replace(self._exposure, anonymous=probe.of(one.key), owner=one.owner)
            path = f"{self._location}{one.key}"
            yield Resource(
                path=path, kind="object", size=one.size, stamp=one.stamp, exposure=exposure
            )

    def _begin(self, after: str) -> str | None:
        """Return the key behind which a walk begins, None where nothing can be behind it."""
        if after.startswith(self._location):
            return after[len(self._location) :]
        return "" if after < self._location else None

    def _relative(self, key: str) -> str:
        return key[len(self._top) :] if key.startswith(self._top) else key.rpartition("/")[2]

    def _objects(self, last: str | None) -> Iterator[_Object]:
        is_more = last is not None
        while is_more:
            page = self._page(last or "")
            for found in _listed(page):
                if found.key <= (last or ""):
                    raise Misconfigured("lists its keys in no order", where=self._location)
                last = found.key
                if found.key == self._place.prefix or found.key.startswith(self._top):
                    yield found
            is_more = bool(page.get("IsTruncated")) and bool(page.get("Contents"))

    def _page(self, last: str) -> Mapping[str, object]:
        # What goes on behind a key needs no token, which a scan that rests would find expired.
        behind = {"StartAfter": last} if last else {}
        try:
            return self._client.list_objects_v2(
                Bucket=self._place.bucket, Prefix=self._place.prefix, FetchOwner=True, **behind
            )
        except ClientError as error:
            if _status(error) == _NOT_FOUND:
                raise Misconfigured("there is no such bucket", where=self._location) from error
            told = f"it does not let us list: {_code(error)}"
            raise Unavailable(told, where=self._location) from error
        except BotoCoreError as error:
            raise self._away(error) from error

    def open(self, resource: Resource) -> BinaryIO:
        """Fetch an object; raise `Barred` where it is gone or not handed out."""
        with self._faults():
            answer = self._client.get_object(Bucket=self._place.bucket, Key=self._key(resource))
            body = cast("_Body", answer["Body"])
            with contextlib.closing(body):
                return fetched(body.iter_chunks(MIB), resource.size)

    def stamp(self, resource: Resource) -> str:
        """Return the stamp that an object has now."""
        with self._faults():
            answer = self._client.head_object(Bucket=self._place.bucket, Key=self._key(resource))
        return _stamp(answer, _whole(answer["ContentLength"]))

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
        self._stranger.close()

    def _key(self, resource: Resource) -> str:
        return resource.path.removeprefix(self._location)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._refused(error) from error
        except BotoCoreError as error:
            raise self._away(error) from error

    def _refused(self, error: ClientError) -> Fault:
        status, code = _status(error), _code(error)
        is_later = status >= _FROM_SERVER_ERROR or status in _ANSWERED_LATER
        if is_later or code in _REFUSED_KEYS:
            return Unavailable(f"the store answered {code}", where=self._location)
        return Barred("vanished" if status == _NOT_FOUND else "denied", code)

    def _away(self, error: BotoCoreError) -> Unavailable:
        is_late = isinstance(error, ConnectTimeoutError | ReadTimeoutError)
        told = "it does not answer in time" if is_late else type(error).__name__
        at = self._place.endpoint or self._place.region
        return Unavailable(f"the store at {at}: {told}", where=self._location)


class _Probe:
    """Tries whether a stranger is handed out objects: the first one of each folder."""

    def __init__(self, stranger: Client, bucket: str) -> None:
        self._stranger, self._bucket = stranger, bucket
        self._last: tuple[str, bool | None] = ("", None)
        self._left = PROBES

    def of(self, key: str) -> bool | None:
        """Return whether an object is handed out without a login; None where it was not seen."""
        folder = "/" + key.rpartition("/")[0]
        if self._last[0] != folder:
            self._last = (folder, self._ask(key))
        return self._last[1]

    def _ask(self, key: str) -> bool | None:
        self._left -= 1
        if self._left < 0:
            return None
        try:
            self._stranger.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            return False if _status(error) in _FORBIDDEN else None
        except BotoCoreError:
            return None
        return True


def _listed(page: Mapping[str, object]) -> Iterator[_Object]:
    for found in cast("list[dict[str, object]]", page.get("Contents") or []):
        size = _whole(found["Size"])
        owner = cast("Mapping[str, str]", found.get("Owner") or {})
        shown = owner.get("DisplayName") or owner.get("ID") or ""
        yield _Object(str(found["Key"]), size, _stamp(found, size), shown)


def _stamp(found: Mapping[str, object], size: int) -> str:
    # A listing tells fractions of a second, an answer about one object does not.
    changed = int(cast("dt.datetime", found["LastModified"]).timestamp())
    tag = hashlib.blake2b(str(found.get("ETag")).encode(), digest_size=12).hexdigest()
    return f"{tag}-{size:x}-{changed:x}"


def _whole(value: object) -> int:
    return int(str(value))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", _status(error)))
