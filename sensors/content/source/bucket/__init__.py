"""A bucket of an object store that speaks the S3 API as a source of files."""

from sensors.content.source.bucket.client import Place
from sensors.content.source.bucket.source import BucketSource

__all__ = ["BucketSource", "Place"]
