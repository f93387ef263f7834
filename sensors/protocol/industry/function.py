"""Functions of industrial protocols: what a code is called, and what it does to a controller."""

from collections.abc import Mapping
from typing import TypeVar

from sensors.protocol.parser import Fields

READ, WRITE, START, STOP = "read", "write", "start", "stop"
RESTART, DOWNLOAD, UPLOAD, OTHER = "restart", "download", "upload", "other"
"""Values of `citywatch.ics.act`. A download brings a program or file into the device, an upload
fetches one from it; a write changes values, outputs or settings, also where it only prepares to."""

FUNCTION_FIELDS = ("event.action", "citywatch.ics.function", "citywatch.ics.act")

Code = TypeVar("Code")


def function(protocol: str, name: str, act: str) -> Fields:
    """Return the fields that tell of a function."""
    return dict(zip(FUNCTION_FIELDS, (f"{protocol}_{name.lower()}", name, act), strict=True))


def functions(protocol: str, rows: Mapping[Code, tuple[str, str]]) -> dict[Code, Fields]:
    """Return for each code the fields that tell of its function; `rows` has name and act."""
    return {code: function(protocol, name, act) for code, (name, act) in rows.items()}
