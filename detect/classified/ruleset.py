"""The ruleset: recognisers, words and own patterns, and the fingerprint that names them."""

import datetime as dt
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from detect.classified.catalogue import PRIORITY, recognisers
from detect.classified.context import CONTEXT, Words
from detect.classified.finds import encoded
from detect.classified.mark.waking import MARK_WAKES
from detect.classified.own import OwnPattern, read_patterns
from detect.classified.prefilter import FIRST_RULE, Prefilter, wakes_of
from detect.classified.recogniser import Recogniser
from detect.classified.settling import Settling, ranks_of
from situation.content.kind import KINDS, Kind
from situation.scan_settings import ScanSettings

MARK_GROUP: Final = 32
ENCODED_GROUP: Final = 46
COLUMN_GROUP: Final = 61
"""Bit of a resource with tables: headings are judged whether or not anything else was awake."""

_OTHER_WAKES: Final = ((MARK_GROUP, MARK_WAKES), (ENCODED_GROUP, encoded.WAKES))


@dataclass(frozen=True)
class Ruleset:
    """All that decides what is found.

    `fingerprint` changes with any rule, word, table or line of code. `group_fingerprints` has
    by bit that of its patterns and that of its rules: see `to_scan_again`.
    """

    recognisers: tuple[Recogniser, ...]
    own: tuple[OwnPattern, ...]
    kinds: Mapping[str, Kind]
    prefilter: Prefilter
    settling: Settling
    fingerprint: str
    group_fingerprints: Mapping[int, tuple[str, str]]
    today: dt.date
    _named: dict[str, int] = field(default_factory=dict)

    def named_by(self, header: str) -> int:
        """Return the mask of the groups whose kind the heading of a column names."""
        known = self._named.get(header)
        if known is None:
            heads = self.settling.heads
            known = 0
            for place, rule in enumerate(self.recognisers):
                if heads(rule.kind, header) > 0:
                    known |= 1 << rule.group | 1 << (FIRST_RULE + place)
            self._named[header] = known
        return known

    def awake(self, mask: int) -> Iterator[Recogniser]:
        """Yield the recognisers that are awake in a mask of the prefilter."""
        rules = mask >> FIRST_RULE
        return (each for place, each in enumerate(self.recognisers) if rules >> place & 1)


def open_ruleset(
    scan: ScanSettings, today: dt.date, *, pure: bool = False, kept: bytes = b""
) -> Ruleset:
    """Make the ruleset of the settings.

    `pure` does without Vectorscan; `kept` is what the prefilter of another process has compiled.

    Raises `Misconfigured` with every fault of the file of own patterns.
    """
    own = read_patterns(scan.patterns) if scan.patterns else ()
    rules = (*recognisers(today), *own)
    words = {**CONTEXT, **{pattern.kind: pattern.words for pattern in own}}
    groups = _group_fingerprints(rules, words)
    return Ruleset(
        recognisers=rules,
        own=own,
        kinds={**KINDS, **{pattern.kind: pattern.described for pattern in own}},
        prefilter=Prefilter((*wakes_of(rules), *_OTHER_WAKES), pure=pure, kept=kept),
        settling=Settling(words, ranks_of((*PRIORITY, *(pattern.kind for pattern in own)))),
        fingerprint=_digest((_code(), *(part for both in groups.values() for part in both))),
        group_fingerprints=groups,
        today=today,
    )


def to_scan_again(
    before: Mapping[int, tuple[str, str]], after: Mapping[int, tuple[str, str]]
) -> int:
    """Return which bits of a file's mask a change of rules touches; -1 means every file.

    Where the patterns that wake a group have changed, it may now find something in files in
    which it was asleep.
    """
    mask = 0
    for bit in before.keys() | after.keys():
        old, new = before.get(bit, ("", "")), after.get(bit, ("", ""))
        if old[0] != new[0] and new[0]:
            return -1
        mask |= (old != new) << bit
    return mask


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.new("sm3")
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _group_fingerprints(
    rules: Sequence[Recogniser], words: Mapping[str, Words]
) -> dict[int, tuple[str, str]]:
    groups: dict[int, list[Recogniser]] = {}
    for rule in rules:
        groups.setdefault(rule.group, []).append(rule)
    made = {
        bit: (_digest(_patterns(each)), _digest(_bodies(each, words)))
        for bit, each in sorted(groups.items())
    }
    made[MARK_GROUP] = (_digest(MARK_WAKES), _room("detect.classified.mark"))
    made[ENCODED_GROUP] = (_digest(encoded.WAKES), "")
    made[COLUMN_GROUP] = ("", _room("detect.classified.column"))
    return made


def _patterns(group: Sequence[Recogniser]) -> list[str]:
    return sorted(wake for rule in group for wake in rule.wakes)


def _bodies(group: Sequence[Recogniser], words: Mapping[str, Words]) -> list[str]:
    own = [rule.body for rule in group if isinstance(rule, OwnPattern)]
    said = [f"{rule.kind} {words.get(rule.kind)!r}" for rule in group]
    rooms = {rule.__class__.__module__.rpartition(".")[0] for rule in group}
    return sorted((*own, *said, *map(_room, rooms)))


@lru_cache
def _room(package: str) -> str:
    """Return the digest of the code and the tables of a package."""
    return _digest(_texts(files(package)))


def _texts(folder: Traversable) -> Iterator[str]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith("__"):
            yield from _texts(entry)
        elif entry.name.endswith((".py", ".toml", ".csv")):
            yield f"{entry.name}\n{entry.read_text('utf-8')}"


@lru_cache
def _code() -> str:
    """Return the digest of everything in this package, and of the Python that runs it."""
    return _digest((*_texts(files("detect.classified")), sys.version))
