"""One document, line by line: its sightings of marks, and what they come to at its end."""

import dataclasses
import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from detect.classified.mark.grammar import Form, bare, starred
from detect.classified.mark.house import house_mark
from detect.classified.mark.judging import judged
from detect.classified.mark.line import BEFORE, Line, Sighting, is_alone
from detect.classified.mark.scoring import RAISED
from detect.classified.normal import folded
from situation.content.verdict import Mark

_TITLE_LINES: Final = 10
_MOST: Final = 200
"""Sightings of one document; whoever has more is a list, and more say nothing new."""
_SHARD: Final = 8
"""Characters of a line that may be a piece of a mark which was set over several lines."""
_CLOSE: Final = 6
"""Lines between marks that stand close to one another."""
_KEPT: Final = 200
_HINTS: Final = ("密", "★", "内部", "外传", "保密", "保存", "公开", "传阅", "后")


class Document:
    """A file, a member of an archive or a mail, while it is read.

    Lines are fed in the order of reading. `raised` tells that a state secret is sure: the lines
    behind its mark were read and do not say otherwise.
    """

    def __init__(self, name: str) -> None:
        self.raised = False
        self._name = _stem(name)
        self._title: list[str] = []
        self._recent: deque[str] = deque(maxlen=BEFORE)
        self._shards: deque[Line] = deque(maxlen=6)
        self._seen: list[Sighting] = []
        self._open: list[Sighting] = []
        self._house: dict[str, Mark] = {}
        self._count = 0

    def feed(self, line: Line) -> None:
        """Take one line that is not blank; its text may still be as it was written."""
        self._count += 1
        if self._open:
            self._follow(line.text)
        if any(hint in line.text for hint in _HINTS):
            self._look(dataclasses.replace(line, text=folded(line.text)))
        if len(line.text) <= _SHARD:
            self._join(line)
        else:
            self._shards.clear()
        self._remember(line)

    def overhear(self, texts: Iterable[str]) -> None:
        """Take what follows without looking for marks in it."""
        for text in texts:
            if self._open and text.strip():
                self._follow(text)

    def pause(self) -> None:
        """Forget what stood in front: the next line does not follow the last one."""
        self._recent.clear()
        self._shards.clear()
        self._settle(self._open)
        self._open = []

    def open_with(self, lines: Iterable[str]) -> None:
        """Take the first lines of a document of which only stretches are fed."""
        self._title = self._title or [folded(line)[:_KEPT] for line in lines][:_TITLE_LINES]

    def marks(self) -> tuple[Mark, ...]:
        """Return all marks, judged by the whole document."""
        levels = len({one.form.level for one in self._seen if one.form.star == "star"} - {""})
        found: list[Mark] = []
        for one in self._seen:
            one.levels = levels
            if (mark := judged(one)) is not None:
                found.append(mark)
        return (*found, *self._house.values())

    def _follow(self, text: str) -> None:
        kept = folded(text[:_KEPT])
        for one in self._open:
            one.after.append(kept)
        done = [one for one in self._open if one.settled]
        if done:
            self._settle(done)
            self._open = [one for one in self._open if not one.settled]

    def _settle(self, done: Iterable[Sighting]) -> None:
        for one in done:
            mark = judged(one)
            if mark is not None and mark.classed == "secret" and mark.score >= RAISED:
                self.raised = True

    def _remember(self, line: Line) -> None:
        if line.place.role == "name":
            return
        text = line.text
        kept = text if len(text) <= 2 * _KEPT else text[:_KEPT] + text[-_KEPT:]
        self._recent.append(kept)
        if len(self._title) < _TITLE_LINES:
            self._title.append(kept)

    def _look(self, line: Line) -> None:
        forms = list(starred(line.text)) if "密" in line.text or "★" in line.text else []
        if not forms and "密" in line.text:
            forms = [form for form in bare(line.text) if self._fills(form, line)]
        for form in forms:
            self._sight(form, line, [other for other in forms if other is not form])
        if not forms and (mark := house_mark(line)) is not None:
            self._house.setdefault(mark.text, mark)

    def _fills(self, form: Form, line: Line) -> bool:
        return is_alone(Sighting(form=form, line=line, before=()))

    def _sight(self, form: Form, line: Line, beside: Sequence[Form]) -> None:
        if len(self._seen) >= _MOST:
            return
        seen = Sighting(
            form=form,
            line=line,
            before=[folded(text) for text in self._recent],
            at=self._count,
            beside=beside,
            document=self._name,
            title=self._title,
        )
        for other in self._seen[-_CLOSE:]:
            if seen.at - other.at <= _CLOSE and other.line.place.role == line.place.role:
                seen.near.append(other.form)
                other.near.append(form)
        self._seen.append(seen)
        self._open.append(seen)

    def _join(self, line: Line) -> None:
        """Look whether the short lines so far make up a mark together."""
        if self._shards and self._shards[-1].place.role != line.place.role:
            self._shards.clear()
        self._shards.append(line)
        for first in range(len(self._shards) - 1):
            shards = [folded(one.text.strip()) for one in list(self._shards)[first:]]
            whole = "".join(shards)
            for form in starred(whole):
                if form.start < len(shards[0]) and form.end > len(whole) - len(shards[-1]):
                    joined = dataclasses.replace(self._shards[first], text=whole)
                    self._replace(joined, form, len(shards))
                    return

    def _replace(self, line: Line, form: Form, pieces: int) -> None:
        """Let a mark that was put together stand for the pieces of it that were seen."""
        for one in [one for one in self._seen if one.at > self._count - pieces]:
            self._seen.remove(one)
            if one in self._open:
                self._open.remove(one)
        self._sight(form._replace(split=True), line, ())


def _stem(name: str) -> str:
    return re.sub(r"\.[0-9A-Za-z]{1,8}$", "", re.split(r"[/\\!]", folded(name))[-1])
