"""What a running sensor has to tell a person: each trouble once, when it lasts and when it ends."""

from collections.abc import Mapping

from situation.sensor_status import InputStatus, SensorStatus
from soc_api.sensing.line import CAPTURES, PACKET

STORE, DISK = "store", "disk of the spool"

_STATES: Mapping[str, str] = {
    "away": "events wait in the spool and go on by themselves",
    "stopped": "somebody has to mend it, events wait in the spool",
}
_BEYOND = 2**63


class Bulletin:
    """Compares looks at one sensor and says what is new."""

    def __init__(self) -> None:
        self._seen: Mapping[str, str] = {}
        self._told: dict[str, str] = {}
        self._lost: dict[str, int] | None = None

    def look(self, status: SensorStatus) -> list[str]:
        """Return the sentences that `status` brings.

        A trouble is told when the next look finds it again, for a busy store refuses now and then.
        A loss is told once for its reason; those of before the first look are not.
        """
        return [*self._troubles(troubles(status)), *self._losses(losses(status))]

    def _troubles(self, now: Mapping[str, str]) -> list[str]:
        lasting = {name: text for name, text in now.items() if name in self._seen}
        came = [f"{name}: {text}" for name, text in lasting.items() if self._told.get(name) != text]
        ended = [f"{name}: in order again" for name in self._told if name not in now]
        told = self._told | lasting
        self._told = {name: text for name, text in told.items() if name in now}
        self._seen = now
        return came + ended

    def _losses(self, now: dict[str, int]) -> list[str]:
        lost = self._lost
        self._lost = now if lost is None else lost
        grown = [] if lost is None else [one for one in now if now[one] > lost.get(one, 0)]
        # Beyond any count: none of them is told again.
        self._lost |= dict.fromkeys(grown, _BEYOND)
        return grown


def troubles(status: SensorStatus) -> dict[str, str]:
    """Return what is wrong at present, by the place of it."""
    spool = status.spool
    found = {}
    if spool.store in _STATES:
        found[STORE] = f"{spool.store_reason or spool.store}; {_STATES[spool.store]}"
    if spool.disk_trouble:
        found[DISK] = spool.disk_trouble
    for one in status.inputs:
        if reason := _trouble(one, status):
            found[f"inputs.{one.name}"] = reason
    return found


def _trouble(one: InputStatus, status: SensorStatus) -> str:
    if not one.trouble and one.is_silent(status.reported_at, status.started_at):
        return f"nothing came for {one.silent_minutes} minutes"
    return one.trouble


def _thing(one: InputStatus) -> str:
    return "packets" if one.type in (PACKET, CAPTURES) else "lines"


def losses(status: SensorStatus) -> dict[str, int]:
    """Return how many events were lost or refused, by a sentence that says why."""
    spool = status.spool
    found = {
        f"the store refuses events ({reason}); see `citywatch spool dead`": count
        for reason, count in spool.dead_letters.items()
    }
    found |= {
        f"the spool is too full for {priority}, which is left out": count
        for priority, count in spool.shed.items()
    }
    found |= {
        f"inputs.{one.name}: {_thing(one)} are lost ({reason})": count
        for one in status.inputs
        for reason, count in one.shed.items()
    }
    found |= {
        f"inputs.{one.name}: the kernel drops packets, more come than are read": one.kernel_drops
        for one in status.inputs
    }
    return found | {"damage to the spool cost events": spool.damaged}
