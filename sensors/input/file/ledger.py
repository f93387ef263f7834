"""The slots of an input: one for each file that it knows, used again when a file is forgotten."""

from collections.abc import Iterable

from sensors.input.file.place import Place, place_of
from sensors.record import Outlet

_FREE = "null"
"""Text of a slot that nobody has; an empty text would make the outlet forget it."""


class Ledger:
    """Where the places of an input's files stand in its outlet."""

    def __init__(self, source: str, outlet: Outlet) -> None:
        self._source = source
        self._outlet = outlet
        self._free: list[int] = []
        self._count = 0

    def read(self) -> dict[int, Place]:
        """Return all places that are durable, by slot."""
        places: dict[int, Place] = {}
        self._count, self._free = 0, []
        while (text := self._outlet.place(self._name(self._count))) is not None:
            place = None if text == _FREE else place_of(text)
            if place is None:
                self._free.append(self._count)
            else:
                places[self._count] = place
            self._count += 1
        return places

    def take(self) -> int:
        """Return a slot for a file that was not known."""
        if self._free:
            return self._free.pop()
        self._count += 1
        return self._count - 1

    def release(self, slot: int) -> None:
        """Let another file have a slot."""
        self._free.append(slot)

    def written(self, places: Iterable[tuple[int, Place | None]]) -> dict[str, str]:
        """Return the places as a record carries them; None frees a slot."""
        return {self._name(slot): place.text if place else _FREE for slot, place in places}

    def _name(self, slot: int) -> str:
        return f"{self._source}/{slot}"
