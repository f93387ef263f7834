"""Bars of marks over the corpus: 300 layouts by 10 marks, decoys, 20 million characters of law."""

from collections.abc import Iterator

from corpus import law
from corpus.mark import decoy, layout
from corpus.mark.page import Page
from detect.classified.mark import Marks
from situation.content.piece import Block, Passage
from situation.content.place import Box, Place
from situation.content.verdict import Mark
from tests.detect.classified.mark.pages import is_raised

_CHARACTERS = 20_000_000
_STRETCH = 60_000


def _boxed(page: Page) -> list[Mark]:
    marks = Marks(page.name)
    marks.take(Passage(text=page.name, place=Place(role="name")))
    for ordinal, line in enumerate(page.lines, 1):
        marks.take(
            Passage(
                text=line.text,
                place=Place(role=line.role, page=1),  # type: ignore[arg-type]
                ordinal=ordinal,
                box=Box(left=line.left, top=line.top, right=line.right, bottom=line.bottom),
                points=line.points,
            )
        )
    return list(marks.marks())


def _plain(page: Page) -> list[Mark]:
    marks = Marks(page.name)
    marks.take(Block(data=page.text.encode()))
    return list(marks.marks())


def test_the_mark_of_every_layout_is_raised_with_its_level_and_term() -> None:
    pages = list(layout.marked())
    assert len(pages) >= 3000
    missed = [
        page
        for page in pages
        if not (_is_found(page, _boxed(page)) and _is_found(page, _plain(page)))
    ]
    assert len(missed) <= len(pages) / 1000


def _is_found(page: Page, marks: list[Mark]) -> bool:
    told = {(mark.level, mark.term) for mark in marks if mark.score >= 60}
    wanted = {(truth.level, truth.term.replace(" ", "")) for truth in page.marks if truth.raised}
    return wanted <= told


def test_every_doubtful_mark_is_laid_before_a_person() -> None:
    for page in layout.doubtful():
        assert any(mark.classed == "secret" and mark.score >= 40 for mark in _boxed(page))


def test_at_most_one_decoy_in_a_hundred_is_raised_and_all_are_taken_for_what_they_are() -> None:
    pages = list(decoy.decoys(1000))
    for read in (_boxed, _plain):
        found = [(page, read(page)) for page in pages]
        assert sum(is_raised(marks) for _, marks in found) <= len(pages) / 100
        for page, marks in found:
            assert {truth.classed for truth in page.marks} <= {mark.classed for mark in marks}


def test_twenty_million_characters_of_law_raise_nothing() -> None:
    marks = Marks("法规汇编.txt")
    line, characters = 1, 0
    for stretch in _stretches():
        characters += len(stretch)
        data = stretch.encode()
        marks.take(Block(data=data, place=Place(line=line)))
        line += data.count(b"\n")
    assert characters >= _CHARACTERS
    assert not is_raised(list(marks.marks()))


def _stretches() -> Iterator[str]:
    waiting: list[str] = []
    size = 0
    for piece in law.characters(_CHARACTERS):
        waiting.append(piece)
        size += len(piece)
        if size >= _STRETCH and piece.endswith("\n"):
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)
