"""What a worker is started with. Nothing heavy is imported: capture must not wait for it."""

import json
from dataclasses import asdict, dataclass

from sensors.meter.settings import MeterSettings
from sensors.wire.packet_socket import RingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """All that a worker has to know."""

    ring: RingSettings
    observer: str
    worker: int = 0
    began: int = 0
    """Nanoseconds since 1970. With sensor, interface and worker it identifies the rows."""
    meter: MeterSettings
    where: str
    """Place of the settings that a fault names."""
    deep: bool = True
    """Whether application protocols are read, beside DNS."""
    segments: str = ""
    """Folder for the first packets of each flow; empty: they are not kept."""
    segments_mib: int = 0

    def line(self) -> bytes:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"


def start_of(line: bytes) -> Start:
    """Read what `Start.line` wrote."""
    values = json.loads(line)
    ring, meter = RingSettings(**values.pop("ring")), MeterSettings(**values.pop("meter"))
    return Start(ring=ring, meter=meter, **values)
