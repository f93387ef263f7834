"""Addresses of the console: built from parts, so that a filter can be added or taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

Parameter = str | int | Sequence[str] | Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Linker:
    """Builds addresses that stay in the drill that a page shows."""

    drill_id: str | None = None

    def to(self, path: str, parameters: Mapping[str, Parameter] | None = None) -> str:
        """Return `path` with its parameters; what is empty is left out."""
        chosen = dict(parameters or {}) | {"drill": self.drill_id}
        kept = {name: value for name, value in chosen.items() if value not in (None, "", (), [])}
        return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def local_path(asked: str) -> str:
    """Return `asked` if it is a path of this console, else the overview.

    Browsers read a backslash as a slash and drop control characters, so both are refused.
    """
    plain = asked.isprintable() and "\\" not in asked
    return asked if plain and asked.startswith("/") and not asked.startswith("//") else "/"
