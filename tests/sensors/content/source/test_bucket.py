"""A bucket as a source of files: a real server with the S3 API."""

import os
import socket
import uuid
from collections.abc import Iterator
from typing import Protocol

import boto3
import pytest
from botocore.config import Config

from sensors.content.source.bucket import BucketSource, Place, client
from sensors.content.source.bucket.client import place_of
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred, FileSource
from situation.content.resource import Resource
from situation.faults import Misconfigured, Unavailable
from tests import s3proxy
from tests.relay import relay
from tests.s3proxy import S3Proxy


@pytest.fixture(scope="module")
def server() -> Iterator[S3Proxy]:
    with s3proxy.serving() as running:
        yield running


class Owner(Protocol):
    """What the owner of a bucket does to it."""

    def create_bucket(self, **words: object) -> object: ...

    def put_object(self, **words: object) -> object: ...

    def put_object_acl(self, **words: object) -> object: ...

    def delete_object(self, **words: object) -> object: ...


@pytest.fixture(scope="module")
def owner(server: S3Proxy) -> Iterator[Owner]:
    client = boto3.client(
        "s3",
        endpoint_url=server.url,
        aws_access_key_id=s3proxy.KEY,
        aws_secret_access_key=s3proxy.SECRET,
        region_name="us-east-1",
        config=Config(
            s3={"addressing_style": "path"}, request_checksum_calculation="when_required"
        ),
    )
    yield client
    client.close()


class Bucket:
    """A bucket as its owner fills it."""

    def __init__(self, server: S3Proxy, owner: Owner) -> None:
        self.name, self.url, self._client = f"b{uuid.uuid4().hex[:16]}", server.url, owner
        owner.create_bucket(Bucket=self.name)

    def put(self, *keys: str, content: bytes = b"x") -> None:
        for key in keys:
            self._client.put_object(Bucket=self.name, Key=key, Body=content)

    def publish(self, *keys: str) -> None:
        for key in keys:
            self._client.put_object_acl(Bucket=self.name, Key=key, ACL="public-read")

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.name, Key=key)

    def place(self, **more: object) -> Place:
        said: dict[str, object] = {
            "bucket": self.name,
            "endpoint": self.url,
            "key": s3proxy.KEY,
            "secret": s3proxy.SECRET,
        }
        return Place(**{**said, **more})  # type: ignore[arg-type]

    def opened(self, selection: Selection | None = None, **more: object) -> BucketSource:
        return BucketSource(self.place(**more), selection=selection)


@pytest.fixture
def bucket(server: S3Proxy, owner: Owner) -> Bucket:
    return Bucket(server, owner)


def keys(source: BucketSource, bucket: Bucket, after: str = "") -> list[str]:
    behind = after and f"s3://{bucket.name}/{after}"
    return [one.path.removeprefix(f"s3://{bucket.name}/") for one in source.walk(behind)]


def test_the_walk_is_in_the_order_of_keys_and_goes_on_behind_any_of_them(bucket: Bucket) -> None:
    wanted = ["a", "a b+%", "a-b", "a/b", "a/b/c", "a0", "z", "数/名单.txt", "ｚ"]
    bucket.put(*reversed(wanted), "folder/")
    source = bucket.opened()
    assert keys(source, bucket) == wanted == sorted(wanted)
    for index, key in enumerate(wanted):
        assert keys(source, bucket, key) == wanted[index + 1 :]
    assert [one.path for one in source.walk("s3")] == [one.path for one in source.walk()]
    assert list(source.walk("t")) == []
    source.close()


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_an_object_is_fetched_whole_into_a_file_without_a_name(bucket: Bucket, size: int) -> None:
    content = os.urandom(size)
    bucket.put("a.bin", content=content)
    source = bucket.opened()
    (found,) = source.walk()
    with source.open(found) as stream:
        assert stream.read() == content
        assert os.fstat(stream.fileno()).st_nlink == 0
    assert (found.kind, found.size) == ("object", size)
    assert source.stamp(found) == found.stamp
    source.close()


def test_the_stamp_changes_with_the_content(bucket: Bucket) -> None:
    bucket.put("a", content=b"one")
    source = bucket.opened()
    (before,) = source.walk()
    bucket.put("a", content=b"two")
    (after,) = source.walk()
    assert before.stamp != after.stamp == source.stamp(before)
    source.close()


def test_what_strangers_are_handed_out_is_told_folder_by_folder(bucket: Bucket) -> None:
    bucket.put("open/a.txt", "open/b.txt", "own.txt", "closed/c.txt")
    bucket.publish("open/a.txt", "open/b.txt")
    source = bucket.opened()
    told = {one.path.rsplit("/", 1)[1]: one.exposure for one in source.walk()}
    assert {name: one.anonymous for name, one in told.items()} == {
        "a.txt": True,
        "b.txt": True,
        "c.txt": False,
        "own.txt": False,
    }
    assert told["a.txt"].encrypted_transport is False
    assert told["a.txt"].owner
    source.close()


def test_an_object_that_vanishes_or_grows_meanwhile_says_so(bucket: Bucket) -> None:
    bucket.put("gone", "grown")
    source = bucket.opened()
    gone, grown = source.walk()
    bucket.delete("gone")
    bucket.put("grown", content=b"x" * 3_000_000)
    for ask in (source.open, source.stamp):
        with pytest.raises(Barred) as barred:
            ask(gone)
        assert barred.value.because == "vanished"
    with pytest.raises(Barred) as barred:
        source.open(grown)
    assert barred.value.because == "changing"
    source.close()


def test_without_a_key_only_what_is_public_is_read(bucket: Bucket) -> None:
    bucket.put("open.txt", "own.txt")
    bucket.publish("open.txt")
    source = bucket.opened(key="", secret="")
    with source.open(Resource(path=f"s3://{bucket.name}/open.txt", size=1)) as stream:
        assert stream.read() == b"x"
    with pytest.raises(Barred) as barred:
        source.open(Resource(path=f"s3://{bucket.name}/own.txt", size=1))
    assert barred.value.because == "denied"
    with pytest.raises(Unavailable, match="AccessDenied"):
        list(source.walk())
    source.close()


def test_patterns_are_relative_to_the_prefix(bucket: Bucket) -> None:
    bucket.put("share/docs/a.txt", "share/docs/b.tmp", "share/c.txt", "share-2/docs/d.txt")
    source = bucket.opened(Selection(("docs/**",), ("*.tmp",)), prefix="share")
    assert keys(source, bucket) == ["share/docs/a.txt"]
    source.close()
    source = bucket.opened(prefix="share/c.txt")
    assert keys(source, bucket) == ["share/c.txt"]
    source.close()


def test_another_order_than_that_of_the_octets_is_refused(bucket: Bucket) -> None:
    # This server orders by UTF-16, in which a rare character comes before a full-width one.
    bucket.put("\U00020000", "\uff5a")
    source = bucket.opened()
    with pytest.raises(Misconfigured, match="order"):
        list(source.walk())
    source.close()


def test_a_bucket_that_is_not_there_is_refused_and_a_key_that_is_not_taken_unavailable(
    bucket: Bucket,
) -> None:
    source = bucket.opened(bucket="not-there-at-all")
    with pytest.raises(Misconfigured, match="no such bucket"):
        list(source.walk())
    source.close()
    source = bucket.opened(secret="another-secret")
    with pytest.raises(Unavailable, match="SignatureDoesNotMatch") as refused:
        list(source.walk())
    assert "another-secret" not in str(refused.value)
    with pytest.raises(Unavailable):
        source.open(Resource(path=f"s3://{bucket.name}/a", size=1))
    source.close()


def test_a_long_listing_comes_page_by_page_until_its_server_goes_away(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES", 1)
    wanted = [f"{number:05}" for number in range(1001)]
    bucket.put(*wanted)
    with relay(int(bucket.url.rsplit(":", 1)[1])) as between:
        url = f"http://127.0.0.1:{between.port}"
        source = bucket.opened(endpoint=url)
        assert keys(source, bucket) == wanted
        assert keys(source, bucket, "00099") == wanted[100:]
        walk = source.walk()
        first = next(walk)
        between.cut()
        with pytest.raises(Unavailable, match="EndpointConnectionError"):
            list(walk)
        with pytest.raises(Unavailable, match=url):
            source.open(first)
        source.close()


def test_nothing_of_the_environment_is_used(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        nobody = f"http://127.0.0.1:{one.getsockname()[1]}"
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ENDPOINT_URL", nobody)
    monkeypatch.setenv("HTTP_PROXY", nobody)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    bucket.put("a")
    source = bucket.opened()
    assert keys(source, bucket) == ["a"]
    source.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://people", Place(bucket="people")),
        ("s3://people/", Place(bucket="people")),
        ("s3://people/a/b/", Place(bucket="people", prefix="a/b")),
        (
            "s3://people/%E6%95%B0?region=cn-north-1&style=virtual",
            Place(bucket="people", prefix="数", region="cn-north-1", is_path_style=False),
        ),
    ],
)
def test_a_url_names_bucket_prefix_and_region(url: str, expected: Place) -> None:
    assert place_of(url) == expected


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///a", "s3://u:p@b/", "s3://b/?x=1", "s3://bb/?style=a"]
)
def test_a_url_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        place_of(url)


def test_it_is_a_source_of_files(bucket: Bucket) -> None:
    source = bucket.opened()
    assert isinstance(source, FileSource)
    source.close()
