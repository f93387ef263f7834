"""The one line that a running sensor shows on a terminal: what comes in, what was lost."""

import datetime as dt
from collections.abc import Mapping

from situation.sensor_status import InputStatus, SensorStatus

PACKET, CAPTURES = "packet", "captures"
"""Inputs of packets: from an interface, and from files."""


class LiveLine:
    """Says how a sensor is; it remembers the look before, for packets a second."""

    def __init__(self) -> None:
        self._at: dt.datetime | None = None
        self._received: Mapping[str, int] = {}

    def of(self, status: SensorStatus) -> str:
        """Return the line: packets, flows and drops of each interface, then all of it together."""
        packets = "".join(
            f"{self._interface(one, status.reported_at)}; "
            for one in status.inputs
            if one.type in (PACKET, CAPTURES)
        )
        self._at = status.reported_at
        self._received = {one.name: one.received for one in status.inputs}
        return packets + _whole(status)

    def _interface(self, one: InputStatus, now: dt.datetime) -> str:
        seconds = (now - self._at).total_seconds() if self._at else 0.0
        more = one.received - self._received.get(one.name, 0)
        rate = f" ({more / seconds:,.0f}/s)" if seconds > 0 else ""
        return (
            f"{one.name}: {one.received:,} packets{rate}, {one.flows:,} flows, "
            f"{one.kernel_drops:,} drops"
        )


def _whole(status: SensorStatus) -> str:
    spool = status.spool
    received = sum(one.received for one in status.inputs)
    shed = sum(sum(one.shed.values()) + one.kernel_drops for one in status.inputs)
    shed += sum(spool.shed.values())
    said = f"{received:,} received, {spool.stored:,} stored, {spool.waiting:,} wait"
    kept = f"{sum(spool.dead_letters.values()):,} refused, {shed + spool.damaged:,} lost"
    store = f"; store {spool.store}: {spool.store_reason}" if spool.store != "up" else ""
    troubles = "".join(f"; {one.name}: {one.trouble}" for one in status.inputs if one.trouble)
    return f"{said}, {kept}{store}{troubles}"
