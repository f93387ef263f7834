"""Selection: which paths of a source are scanned, by patterns as in a shell."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """Paths that fit one of `include` and none of `exclude`; relative to the source's root."""

    include: Sequence[str] = ("**",)
    exclude: Sequence[str] = ()

    def takes(self, path: str) -> bool:
        """Tell whether a path is scanned."""
        return any(fits(path, one) for one in self.include) and not any(
            fits(path, one) for one in self.exclude
        )


def fits(path: str, pattern: str) -> bool:
    """Tell whether a path fits a pattern: `*` within a step, `**` over steps, `?` one character.

    A pattern without a slash fits the last step at any depth: `*.bak`.
    """
    return _compiled(pattern).fullmatch(path.strip("/")) is not None


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    wanted = pattern.strip("/")
    if "/" not in wanted and wanted != "**":
        wanted = f"**/{wanted}"
    return re.compile(
        "".join(_part(part) for part in re.split(r"(\*\*/|\*\*|\*|\?)", wanted)), re.DOTALL
    )


def _part(part: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return known.get(part) or re.escape(part)
