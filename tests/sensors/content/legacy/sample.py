"""The samples, and compound files with something else in them."""

import pathlib

import olefile

from sensors.content.legacy.compound import Path
from sensors.content.legacy.wrapping import wrapped

SAMPLES = pathlib.Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """Return a sample."""
    return (SAMPLES / name).read_bytes()


def streams_of(data: bytes) -> dict[Path, bytes]:
    """Return the streams of a compound file."""
    with olefile.OleFileIO(data) as compound:
        return {tuple(path): compound.openstream(path).read() for path in compound.listdir()}


def with_streams(data: bytes, changed: dict[Path, bytes]) -> bytes:
    """Return a compound file with streams added or changed."""
    return wrapped(list((streams_of(data) | changed).items()))
