"""Sessions of Arkime (README of `captures/arkime`)."""

import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from sensors.frame.vocabulary import transport_names
from tests.sensors.reference.ladder import Endpoint, Key, Sums, rung


def sessions(expected: pathlib.Path) -> Iterator[Mapping[str, Any]]:
    """Yield the sessions of a capture that carry IP."""
    for session in json.loads(expected.read_text(encoding="utf-8"))["sessions3"]:
        if session["body"]["ipProtocol"] != 0:
            yield session["body"]


def records(expected: pathlib.Path) -> Iterator[tuple[Key, Sums]]:
    """Yield what each session says, octets on the link."""
    names = transport_names()
    for body in sessions(expected):
        source, destination = body["source"], body["destination"]
        sums = (source["packets"], source["bytes"], destination["packets"], destination["bytes"])
        yield rung(names[body["ipProtocol"]], _endpoint(source), _endpoint(destination), sums)


def _endpoint(side: Mapping[str, Any]) -> Endpoint:
    return side["ip"], side.get("port", 0)
