"""Origins: what the messages say of their records, as arrays by position of the message."""

import functools
import hashlib
import ipaddress
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.frame.column import Integers
from sensors.netflow.wire.message import Message

DIGITS = 24
"""Hexadecimal digits that identify a message."""
_UNKNOWN = -1


class Origins(NamedTuple):
    """Columns over messages. Times are nanoseconds since 1970, uptimes milliseconds."""

    exported: Integers
    uptime: Integers
    """-1 where the message tells none."""
    received: Integers
    begun: Integers
    """When the exporter began to count its uptime, -1 if it did not say."""
    sampling_interval: Integers
    domain: Integers
    """Position of the observation domain among those of the batch."""
    exporter: pl.Series
    """Address of the exporter, null if unknown."""
    identity: npt.NDArray[np.uint8]
    """Hexadecimal digits of the hash of exporter and message, a row each."""

    def of(self, message: Integers) -> "Origins":
        """Return the origins of records, by the positions of their messages."""
        return Origins(
            exported=self.exported[message],
            uptime=self.uptime[message],
            received=self.received[message],
            begun=self.begun[message],
            sampling_interval=self.sampling_interval[message],
            domain=self.domain[message],
            exporter=self.exporter.gather(message),
            identity=self.identity[message],
        )


@dataclass(slots=True)
class Ledger:
    """Messages of a batch as they are read."""

    rows: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    exporters: list[str | None] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)

    def add(
        self, message: Message, exporter: str, identity: str, *, received: int, domain: int
    ) -> int:
        """Write down a message; return its position."""
        self.rows.append(
            (
                message.exported,
                message.uptime,
                received,
                _UNKNOWN,
                message.sampling_interval,
                domain,
            )
        )
        self.exporters.append(_address(exporter))
        self.identities.append(identity)
        return len(self.rows) - 1

    def origins(self, begun: Integers) -> Origins:
        """Return the arrays; `begun` holds the start of the system by domain."""
        columns = np.array(self.rows, np.int64).reshape(-1, 6).T
        digits = np.frombuffer("".join(self.identities).encode(), np.uint8)
        return Origins(
            exported=columns[0],
            uptime=columns[1],
            received=columns[2],
            begun=begun[columns[5]] if len(begun) else columns[3],
            sampling_interval=columns[4],
            domain=columns[5],
            exporter=pl.Series(self.exporters, dtype=pl.String),
            identity=digits.reshape(-1, DIGITS),
        )


@functools.lru_cache(maxsize=4096)
def _address(exporter: str) -> str | None:
    """Return the address of an exporter as it is stored, without the zone of a local one.

    A socket for both versions tells IPv4 within IPv6. What is no address is null.
    """
    try:
        address = ipaddress.ip_address(exporter.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def identity_of(exporter: str, payload: bytes) -> str:
    """Return what identifies a message: exporter, domain, time and sequence stand in its octets."""
    digest = hashlib.blake2b(payload, digest_size=DIGITS // 2, key=exporter.encode()[:64])
    return digest.hexdigest()
