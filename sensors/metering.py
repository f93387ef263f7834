"""The packet sensor: capture files in, batches of flow and DNS rows out."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.meter.counters import Counters
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings


@dataclass(frozen=True, slots=True)
class Metered:
    """One batch: `flows` has the columns of FLOW_SCHEMA, `dns` those of DNS_SCHEMA.

    `name` is deterministic: the same files, observer, drill and settings give the same batches
    under the same names.
    """

    flows: pl.DataFrame
    dns: pl.DataFrame
    name: str


class Metering:
    """Meters capture files, in the order given, as one stream of packets.

    Raises Malformed, before anything is yielded, where a file is no capture. A file that is
    damaged further on ends there, with the loss counted by reason.
    """

    def __init__(
        self,
        files: Sequence[pathlib.Path],
        *,
        observer: str,
        drill_id: str | None = None,
        settings: MeterSettings = DEFAULT_SETTINGS,
    ) -> None:
        self.counters = Counters()
        self.fingerprint = ""
        self._files = tuple(files)
        self._observer = observer
        self._drill_id = drill_id
        self._settings = settings

    def batches(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Metered]:
        """Yield the batches; `progress` is told octets done and octets in all."""
        raise NotImplementedError
