"""Patterns of paths as in a shell: `*` within a folder, `**` over folders, `?` one sign."""

import functools
import re

_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path fits a pattern as a whole; leading slashes make no difference."""
    return _compiled(pattern.lstrip("/")).fullmatch(path.lstrip("/")) is not None


def weight(pattern: str) -> tuple[int, int]:
    """Return how exact a pattern is: signs before its first wild one, then signs in all."""
    wild = _WILD.search(pattern)
    return (wild.start() if wild else len(pattern), len(_WILD.sub("", pattern)))


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts, end = [], 0
    for wild in _WILD.finditer(pattern):
        parts += [re.escape(pattern[end : wild.start()]), _MEANS[wild.group()]]
        end = wild.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]), re.DOTALL)
