"""Which format a capture has, told by its first octets."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.capture import erf, pcap, pcapng
from sensors.capture.layout import INTERFACE, MAX_INTERFACES, Records
from sensors.capture.stream import Stream
from sensors.octets import Octets
from situation.faults import Malformed

_MAGIC_OCTETS = 4
_START_OCTETS = 64

Frame = Callable[[Octets, np.void, Records], int]
"""Finds the next records of a capture: data, where the reader stands, records to fill."""

_FOREIGN = {
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"7z\xbc\xaf": "a 7-zip archive: unpack it first",
    b"Rar!": "a rar archive: unpack it first",
    b"\x04\x22\x4d\x18": "packed with lz4: unpack it first",
    b"snoo": "a snoop capture: editcap turns it into pcap",
    b"RTSS": "a Network Instruments or NetXRay capture: editcap turns it into pcap",
    b"XCP\0": "a NetXRay capture: editcap turns it into pcap",
    b"GMBU": "a Network Monitor capture: editcap turns it into pcap",
    b"5VIE": "a Visual Networks capture: editcap turns it into pcap",
    b"TRSN": "a Sniffer capture: editcap turns it into pcap",
    b"\xa1\xb2\x34\xcd": "a pcap of an unknown kind: editcap turns it into pcap",
}
"""What people take for captures that can be read, by how it begins."""


class Format(NamedTuple):
    """A format of captures."""

    recognizes: Callable[[bytes], bool]
    begin: Callable[[bytes, np.void, str], None]
    """Reads the file header (start, cursor, name of the file); raises Malformed."""
    framing: Callable[[npt.NDArray[np.int64]], Frame]
    """Makes the reader of its records, which counts by reason what it refuses."""


def _framing_pcap(refused: npt.NDArray[np.int64]) -> Frame:
    return lambda data, cursor, records: pcap.frame_pcap(data, cursor, records, refused)


def _framing_pcapng(refused: npt.NDArray[np.int64]) -> Frame:
    interfaces = np.zeros(MAX_INTERFACES, INTERFACE)
    return lambda data, cursor, records: pcapng.frame_pcapng(
        data, cursor, records, refused, interfaces
    )


def _framing_erf(refused: npt.NDArray[np.int64]) -> Frame:
    kinds = erf.kinds()
    return lambda data, cursor, records: erf.frame_erf(data, cursor, records, refused, kinds)


_MARKED = (
    Format(pcapng.recognizes, pcapng.begin, _framing_pcapng),
    Format(pcap.recognizes, pcap.begin, _framing_pcap),
)
_UNMARKED = Format(erf.recognizes, erf.begin, _framing_erf)


def begin(stream: Stream, cursor: np.void, where: str) -> Format:
    """Read the file header into `cursor` and return the format; Malformed if there is none."""
    start = _start(stream, _START_OCTETS)
    if len(start) < _MAGIC_OCTETS:
        raise Malformed(
            "the file is too short for any capture format", where=f"{where}, offset {len(start)}"
        )
    found = next((form for form in _MARKED if form.recognizes(start)), None)
    if found is None and _UNMARKED.recognizes(_start(stream, erf.RECOGNITION_OCTETS)):
        found = _UNMARKED
    if found is None:
        foreign = _FOREIGN.get(start[:_MAGIC_OCTETS])
        reason = foreign or f"it begins with {start[:_MAGIC_OCTETS].hex()}"
        raise Malformed(f"neither pcap nor pcapng nor ERF: {reason}", where=f"{where}, offset 0")
    cursor["check"] = 0
    found.begin(start, cursor, where)
    return found


def _start(stream: Stream, octets: int) -> bytes:
    stream.want(octets)
    return stream.data.octets[: min(stream.end, octets)].tobytes()
