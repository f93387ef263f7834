"""YAML 1.2 as plain values with the lines that they stand in; what a form does not need is refused.

Aliases, anchors, tags, directives and keys that stand twice are refused, so are too large and too
deep texts: a small text never becomes a large value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from situation.faults import Malformed

LARGEST = 200_000
"""Characters of a form."""
DEEPEST = 60
"""Levels of lists and maps inside one another."""
MOST = 20_000
"""Words and values of a form."""
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})([eE][-+]?[0-9]{1,2})?")
"""Decimal numbers alone; what else looks like a number is a text."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value, and the line of each part by its path; lines count from 1."""

    value: object
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of the deepest part of `path`; parts that are not there are skipped."""
        here: tuple[str | int, ...] = ()
        for part in path:
            here = (*here, part) if (*here, part) in self.lines else here
        return self.lines.get(here, 1)


def read_yaml(text: str, where: str) -> Read:
    """Return what stands in a text; raise `Malformed` with the line of what is wrong."""
    if len(text) > LARGEST:
        raise Malformed(f"has more than {LARGEST} characters", where=where)
    building = _Building(where)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            building.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if isinstance(mark, StringMark) else 1
        raise _fault(str(error.problem or error.context), line, where) from error
    except YAMLError as error:
        raise Malformed(" ".join(str(error).split()), where=where) from error
    return building.read()


@dataclass(slots=True)
class _Open:
    """A list or a map that is being read. `key` is the name that waits for its value."""

    value: list[object] | dict[str, object]
    path: tuple[str | int, ...]
    key: str | None = None


class _Building:
    """Builds the value from the events of a parser, without a recursion."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._open: list[_Open] = []
        self._roots: list[object] = []
        self._lines: dict[tuple[str | int, ...], int] = {}
        self._taken = 0

    def take(self, event: Event) -> None:
        """Take the next event; raise `Malformed` for one that no form has."""
        line = event.start_mark.line + 1
        self._taken += 1
        self._refuse(event, line)
        if isinstance(event, ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._begin({} if isinstance(event, MappingStartEvent) else [], line)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()

    def read(self) -> Read:
        """Return the whole; raise `Malformed` if it is nothing or several documents."""
        if len(self._roots) != 1:
            raise Malformed("is not one document", where=self._where)
        return Read(self._roots[0], self._lines)

    def _refuse(self, event: Event, line: int) -> None:
        if self._taken > MOST:
            raise _fault(f"has more than {MOST} words and values", line, self._where)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _fault("anchors and aliases are not used in a form", line, self._where)
        if getattr(event, "tag", None):
            raise _fault("tags are not used in a form", line, self._where)
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            raise _fault("directives are not used in a form", line, self._where)

    def _scalar(self, event: ScalarEvent, line: int) -> None:
        here = self._open[-1] if self._open else None
        if here is not None and isinstance(here.value, dict) and here.key is None:
            if event.value in here.value:
                raise _fault(f"{event.value!r} stands twice", line, self._where)
            here.key = event.value
            self._lines[*here.path, event.value] = line
            return
        plain = event.style in (None, "")
        self._put(_plain(event.value) if plain else event.value, line)

    def _begin(self, value: list[object] | dict[str, object], line: int) -> None:
        if len(self._open) >= DEEPEST:
            raise _fault(f"is deeper than {DEEPEST} levels", line, self._where)
        self._open.append(_Open(value, self._put(value, line)))

    def _put(self, value: object, line: int) -> tuple[str | int, ...]:
        if not self._open:
            self._roots.append(value)
            return ()
        here = self._open[-1]
        if isinstance(here.value, list):
            here.value.append(value)
            path = (*here.path, len(here.value) - 1)
            self._lines[path] = line
            return path
        if here.key is None:
            raise _fault("a key is a plain word", line, self._where)
        name, here.key = here.key, None
        here.value[name] = value
        return (*here.path, name)


def _plain(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _fault(reason: str, line: int, where: str) -> Malformed:
    return Malformed(reason, where=f"{where}, line {line}")
