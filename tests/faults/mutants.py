"""Packets of the public captures, damaged at random: a source for the meter without an end."""

import pathlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import RECORD
from sensors.capture.reading import Block, Reading
from sensors.octets import octets_of
from sensors.refusal import REFUSALS
from situation.faults import Malformed
from tests.testdata import testdata

FOLDERS = (
    ("captures", "ndpi", "pcap"), ("captures", "arkime"), ("captures", "zeek", "pcap"),
    ("captures", "ics"), ("captures", "hostile"), ("vectors", "ja4", "pcap"),
    ("vectors", "ipfixprobe", "inputs"),
)  # fmt: skip
BLOCK_PACKETS = 2048
MOST_OF_A_FILE = 400
"""Packets that one capture gives, so that a large one does not speak for all."""
FRAME_LIMIT = 2048
HEAD_OCTETS = 160
"""Where the headers are."""
DAMAGES = (HEAD_OCTETS, HEAD_OCTETS, FRAME_LIMIT, FRAME_LIMIT)
"""Where each damage may fall; half of the frames suffer each."""
RARE = 0.05
SECOND, YEAR = 1_000_000_000, 31_536_000_000_000_000
GREATEST_TIME = 9_000_000_000 * SECOND


class Seeds:
    """Frames that were captured, end to end in one array, with link type and length on the wire."""

    def __init__(self, files: list[pathlib.Path]) -> None:
        frames: list[bytes] = []
        rows: list[tuple[int, int]] = []
        for path in files:
            for frame, link, wire in _frames(path):
                frames.append(frame)
                rows.append((link, wire))
        self.octets = np.frombuffer(b"".join(frames), np.uint8)
        lengths = np.array([len(frame) for frame in frames], np.int64)
        self.lengths = lengths
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.links, self.wires = np.array(rows, np.int64).T


def seeds(folders: tuple[tuple[str, ...], ...] = FOLDERS) -> Seeds:
    """Return the frames of public captures."""
    files = [
        path
        for parts in folders
        for path in sorted(testdata(*parts).rglob("*"))
        if path.suffix in (".pcap", ".pcapng", ".cap", ".trace")
    ]
    return Seeds(files)


def _frames(path: pathlib.Path) -> Iterator[tuple[bytes, int, int]]:
    reading = Reading([path], block_packets=BLOCK_PACKETS)
    left = MOST_OF_A_FILE
    try:
        for block in reading.blocks():
            for record in block.records[: min(block.packets, left)]:
                at, captured = int(record["at"]), min(int(record["captured"]), FRAME_LIMIT)
                frame = block.data.octets[at : at + captured].tobytes()
                yield frame, int(record["link"]), int(record["wire"])
            left -= block.packets
            if left <= 0:
                return
    except Malformed:
        return


class Mutants:
    """A source (see `sensors.metering`) of `count` damaged packets."""

    def __init__(self, grown: Seeds, count: int, seed: int) -> None:
        self._seeds = grown
        self._count = count
        self._random = np.random.default_rng(seed)
        self._time = 1_700_000_000 * SECOND
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.packets = 0
        self.octets = 0
        self.first: int | None = None
        self.last: int | None = None

    def noted(self) -> dict[str, int]:
        """Return nothing: all is in the frames."""
        return {}

    def blocks(self) -> Iterator[Block]:
        """Yield the packets block by block."""
        while self.packets < self._count:
            block = self._block(min(BLOCK_PACKETS, self._count - self.packets))
            self.packets += block.packets
            yield block

    def _block(self, count: int) -> Block:
        chosen = self._random.integers(0, len(self._seeds.lengths), count)
        lengths = self._seeds.lengths[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        within = np.arange(lengths.sum()) - np.repeat(starts, lengths)
        octets = self._seeds.octets[np.repeat(self._seeds.starts[chosen], lengths) + within]
        self._damage(octets, starts, lengths)
        records = np.zeros(count, RECORD)
        records["at"] = starts
        records["captured"] = self._cut(lengths)
        records["wire"] = np.maximum(self._seeds.wires[chosen], records["captured"])
        records["link"] = self._swapped(self._seeds.links[chosen])
        records["time"] = self._times(count)
        tagged = self._random.random(count) < RARE
        records["tag"] = self._random.integers(0, 1 << 32, count) * tagged
        self.octets += int(records["wire"].sum())
        return Block(octets_of(octets), records, count)

    def _damage(
        self,
        octets: npt.NDArray[np.uint8],
        starts: npt.NDArray[np.int64],
        lengths: npt.NDArray[np.int64],
    ) -> None:
        """Overwrite some octets of each frame, mostly near its front; some stay whole."""
        for limit in DAMAGES:
            hit = (self._random.random(len(starts)) < 0.5) & (lengths > 0)
            span = np.minimum(lengths[hit], limit)
            places = starts[hit] + (self._random.random(len(span)) * span).astype(np.int64)
            octets[places] = self._random.integers(0, 256, len(span), np.uint8)

    def _cut(self, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        drawn = self._random.random((2, len(lengths)))
        share = np.where(drawn[0] < RARE, drawn[1], 1)
        return (lengths * share).astype(np.int64)

    def _swapped(self, links: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give one in twenty frames the link type of another."""
        other = self._random.permutation(links)
        return np.where(self._random.random(len(links)) < RARE, other, links)

    def _times(self, count: int) -> npt.NDArray[np.int64]:
        """Return times that mostly go on by milliseconds, and now and then by years, either way."""
        steps = self._random.integers(0, 2_000_000, count)
        jumps = self._random.integers(-30, 30, count) * YEAR * (self._random.random(count) < 0.001)
        gone = self._time + np.cumsum(steps + jumps)
        times: npt.NDArray[np.int64] = np.clip(gone, 0, GREATEST_TIME)
        self._time = int(times[-1])
        return times
