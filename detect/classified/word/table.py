"""Tables of words that stand beside the code as TOML."""

import tomllib
from importlib.resources import files
from typing import Final

HAN: Final = r"\u3007\u3400-\u9fff"
"""Han characters, for use within brackets of a pattern."""

HAN_WAKE: Final = r"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]"
"""A Han character in a `wakes` pattern, as its three octets."""


def table(name: str) -> dict[str, object]:
    """Return a table of this folder's `data` by its name."""
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


def text(name: str) -> str:
    """Return a list of words of this folder's `data` as it is written."""
    return files(__package__).joinpath("data", f"{name}.txt").read_text("utf-8")


def words(rows: object) -> tuple[str, ...]:
    """Return a list of words of a table."""
    if not isinstance(rows, list):
        raise TypeError(f"a list of words is wanted, not {type(rows).__name__}")
    return tuple(str(row) for row in rows)


def characters(row: object) -> frozenset[str]:
    """Return the characters of a table's text."""
    return frozenset(str(row)) - frozenset(" \n")


def either(options: tuple[str, ...]) -> str:
    """Return a pattern that matches one of the options, the longest first."""
    return "(?:" + "|".join(sorted(options, key=lambda word: (-len(word), word))) + ")"


def waking(options: tuple[str, ...]) -> str:
    """Return a pattern that matches wherever one of the options ends, with as few words as can be.

    联系人 says all that 紧急联系人 does.
    """
    short = [word for word in options if not _ends_in_another(word, options)]
    return "(?:" + "|".join(sorted(short)) + ")"


def _ends_in_another(word: str, options: tuple[str, ...]) -> bool:
    return any(word != other and word.endswith(other) for other in options)
