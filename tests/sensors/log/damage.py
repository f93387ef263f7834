"""Lines as damage leaves them: cut anywhere, octets flipped anywhere."""

import random
from collections.abc import Iterator, Sequence

from sensors.log.conformity import conformed
from sensors.log.kind import LogKind, Parsed, SourceRules
from tests.sensors.log.yielded import assert_declared, parsed

_FLIPS = 40
"""Flips that are tried for each line."""


def damaged(lines: Sequence[str]) -> list[str]:
    """Return every beginning of each line, and the line with one octet changed, at random."""
    dice = random.Random(4)  # noqa: S311 - the same damage again
    return [one for line in lines for one in (*_beginnings(line), *_flipped(line, dice))]


def _beginnings(line: str) -> Iterator[str]:
    step = max(1, len(line) // 100)
    return (line[:end] for end in range(0, len(line), step))


def _flipped(line: str, dice: random.Random) -> Iterator[str]:
    octets = line.encode()
    for _ in range(_FLIPS if octets else 0):
        changed = bytearray(octets)
        changed[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)
        yield changed.decode(errors="replace").replace("\n", " ")


def assert_survives(
    kind: LogKind, lines: Sequence[str], rules: SourceRules | None = None
) -> Parsed:
    """Fail unless each line is a row or counted, and every value fits the registry."""
    found = parsed(kind, lines, rules)
    assert found.frame.height + found.skipped.total() == len(lines)
    assert_declared(conformed(found.frame))
    return found
